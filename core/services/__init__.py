"""One use case a file; what pages, API and CLI call. Start with ``core.services.context.open_context``."""
