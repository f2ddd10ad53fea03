"""Rows of the sheet that were posted without a key, by tag."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.mysql import VARBINARY

revision = "0006"
down_revision = "0001"

SCHEMA = "sheetbridge"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "tagged_row",
        sa.Column("mapping_id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("tag", sa.String(40), primary_key=True),
        sa.Column("seen_at", sa.BigInteger, nullable=False),
        sa.Column("row_key", VARBINARY(2000), nullable=True),
        sa.Column("lacks", sa.Text, nullable=True),
        sa.Column("finished", sa.BigInteger, nullable=True),
        sa.Index("tagged_row_finished", "mapping_id", "finished"),
        schema=SCHEMA,
    )


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("tagged_row", schema=SCHEMA)
