"""Parts of the Render lab page."""
