"""Parts of the Drift page."""
