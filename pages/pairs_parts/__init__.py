"""Parts of the Pairs page that call a service each."""
