"""Alembic's entry: runs on the connection that ``core.store.migrate`` gives, in its transaction."""

from alembic import context

from core.store.schema import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
