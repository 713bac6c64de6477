"""Parts of the Training page that call a service each."""
