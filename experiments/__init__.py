"""The field's experiments, runnable and resumable: ``python -m experiments list``. Not shipped with the library."""
