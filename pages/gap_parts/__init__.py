"""Parts of the Gap page that call a service each."""
