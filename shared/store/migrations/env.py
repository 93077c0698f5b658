"""Runs the migrations on the connection that shared.store.migrate hands over; nothing else runs them."""

from alembic import context

from shared.store.base import Base

context.configure(connection=context.config.attributes["connection"], target_metadata=Base.metadata)
with context.begin_transaction():
    context.run_migrations()
