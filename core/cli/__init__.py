"""The ``gridlens`` command. Heavy imports happen inside commands, so that ``gridlens --help`` is quick."""
