"""How a mapped table was declared when its rows were last taken over."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.mysql import LONGTEXT

revision = "0007"
down_revision = "0005"

SCHEMA = "sheetbridge"


def upgrade() -> None:
    """Add the column; what is not known is taken to be as the table is now."""
    op.add_column("mapping", sa.Column("declared", LONGTEXT, nullable=True), schema=SCHEMA)


def downgrade() -> None:
    """Drop it."""
    op.drop_column("mapping", "declared", schema=SCHEMA)
