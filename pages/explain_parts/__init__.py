"""Parts of the Explain page that call a service each."""
