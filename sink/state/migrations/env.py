"""Alembic's entry: runs the versions on the connection that ``sink.state.migrate`` hands over."""

from __future__ import annotations

from alembic import context

from sink.state.schema import SCHEMA, metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table="schema_version",
    version_table_schema=SCHEMA,
)
with context.begin_transaction():
    context.run_migrations()
