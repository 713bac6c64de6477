"""Parts of the Inspect page that call a service each."""
