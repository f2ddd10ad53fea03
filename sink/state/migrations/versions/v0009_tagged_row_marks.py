"""What is said at the cells of rows that were posted without a key."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.mysql import LONGTEXT

revision = "0009"
down_revision = "0008"

SCHEMA = "sheetbridge"


def upgrade() -> None:
    """Add the column; of rows that are known already nothing is said yet."""
    op.add_column("tagged_row", sa.Column("marks", LONGTEXT, nullable=True), schema=SCHEMA)


def downgrade() -> None:
    """Drop it."""
    op.drop_column("tagged_row", "marks", schema=SCHEMA)
