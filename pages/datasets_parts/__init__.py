"""Parts of the Datasets page that call a service each."""
