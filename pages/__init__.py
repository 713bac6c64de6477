"""One short file a screen; ``router.py`` is the script that app.py serves."""
