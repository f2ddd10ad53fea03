"""How far a first sync is that fills a tab."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

SCHEMA = "sheetbridge"


def upgrade() -> None:
    """Add the rows that are there, and those that there will be; none while nothing is filled."""
    for name in ("filled", "to_fill"):
        op.add_column("mapping", sa.Column(name, sa.BigInteger, nullable=True), schema=SCHEMA)


def downgrade() -> None:
    """Drop them."""
    for name in ("to_fill", "filled"):
        op.drop_column("mapping", name, schema=SCHEMA)
