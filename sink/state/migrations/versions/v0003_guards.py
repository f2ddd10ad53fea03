"""What the guards count and hold, the commands that answer them, and what offsets belong to."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.mysql import LONGTEXT

revision = "0003"
down_revision = "0006"

SCHEMA = "sheetbridge"
COLUMNS = ("tally", "held_batch", "answer", "outcomes", "lineage")


def upgrade() -> None:
    """Add the columns."""
    for name in COLUMNS:
        op.add_column("mapping", sa.Column(name, LONGTEXT, nullable=True), schema=SCHEMA)


def downgrade() -> None:
    """Drop them."""
    for name in COLUMNS:
        op.drop_column("mapping", name, schema=SCHEMA)
