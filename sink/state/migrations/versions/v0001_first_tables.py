"""The first tables: mappings, offsets, row states, edit ids, conflict log."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.mysql import LONGTEXT, VARBINARY

revision = "0001"
down_revision = None

SCHEMA = "sheetbridge"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "mapping",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("name", sa.String(64), nullable=False, unique=True),
        sa.Column("source_uuid", sa.String(36), nullable=False),
        sa.Column("transactions", sa.BigInteger, nullable=False),
        sa.Column("phase", sa.String(16), nullable=False),
        sa.Column("reason", sa.Text, nullable=True),
        sa.Column("paused", sa.SmallInteger, nullable=False),
        sa.Column("first_gtids", LONGTEXT, nullable=True),
        sa.Column("first_read", sa.BigInteger, nullable=False),
        sa.Column("first_shown", sa.BigInteger, nullable=False),
        sa.Column("position", sa.String(200), nullable=True),
        sa.Column("call_number", sa.BigInteger, nullable=False),
        sa.Column("fence", sa.String(64), nullable=True),
        sa.Column("open_call", LONGTEXT, nullable=True),
        sa.Column("repairs", LONGTEXT, nullable=True),
        sa.Column("heartbeat", sa.BigInteger, nullable=False),
        sa.Column("merged_at", sa.BigInteger, nullable=False),
        schema=SCHEMA,
    )
    op.create_table(
        "topic_offset",
        sa.Column("mapping_id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("topic", sa.String(249), primary_key=True),
        sa.Column("next_offset", sa.BigInteger, nullable=False),
        schema=SCHEMA,
    )
    op.create_table(
        "row_state",
        sa.Column("mapping_id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("row_key", VARBINARY(2000), primary_key=True),
        sa.Column("agreed", LONGTEXT, nullable=False),
        sa.Column("record", LONGTEXT, nullable=True),
        sa.Column("attention", sa.SmallInteger, nullable=False),
        sa.Index("row_state_attention", "mapping_id", "attention"),
        schema=SCHEMA,
    )
    op.create_table(
        "edit_id",
        sa.Column("mapping_id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("seen_at", sa.BigInteger, nullable=False),
        schema=SCHEMA,
    )
    op.create_table(
        "conflict",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=True),
        sa.Column("mapping_id", sa.Integer, nullable=False),
        sa.Column("row_key", VARBINARY(2000), nullable=False),
        sa.Column("column_name", sa.String(64), nullable=True),
        sa.Column("loser", LONGTEXT, nullable=False),
        sa.Column("winner", LONGTEXT, nullable=False),
        sa.Column("rule", sa.String(128), nullable=False),
        sa.Column("logged_at", sa.BigInteger, nullable=False),
        schema=SCHEMA,
    )


def downgrade() -> None:
    """Drop the tables."""
    for table in ("conflict", "edit_id", "row_state", "topic_offset", "mapping"):
        op.drop_table(table, schema=SCHEMA)
