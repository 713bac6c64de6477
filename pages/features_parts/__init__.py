"""Parts of the Feature maps page that call a service each."""
