"""Brings the state schema up to this version, once, whichever process comes first."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, text

from sink.state.database_errors import translated
from sink.state.schema import SCHEMA

LOCK = "sheetbridge.migrate"
LOCK_SECONDS = 60


def migrate(engine: Engine) -> None:
    """Create or upgrade the schema. Processes that start together wait for one another."""
    with translated(), engine.connect() as connection:
        connection.execute(
            text("SELECT GET_LOCK(:name, :wait)"), {"name": LOCK, "wait": LOCK_SECONDS}
        )
        try:
            connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}"))
            config = Config()
            config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            connection.commit()
        finally:
            connection.execute(text("SELECT RELEASE_LOCK(:name)"), {"name": LOCK})
