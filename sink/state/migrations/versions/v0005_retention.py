"""Since when edit ids are known, how long rows have been gone, and when conflicts were logged.

What was stored before counts as of today: nothing is forgotten early.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.mysql import TIMESTAMP

revision = "0005"
down_revision = "0003"

SCHEMA = "sheetbridge"


def upgrade() -> None:
    """Add the columns, and the indexes by which the old is found."""
    op.add_column(
        "mapping",
        sa.Column("edit_ids_since", sa.BigInteger, nullable=False, server_default="0"),
        schema=SCHEMA,
    )
    op.create_index("edit_id_seen", "edit_id", ["mapping_id", "seen_at"], schema=SCHEMA)
    op.add_column("row_state", sa.Column("gone_since", sa.BigInteger, nullable=True), schema=SCHEMA)
    op.create_index("row_state_gone", "row_state", ["mapping_id", "gone_since"], schema=SCHEMA)
    op.add_column(
        "conflict",
        sa.Column(
            "noted",
            TIMESTAMP(fsp=6),
            nullable=False,
            server_default=sa.text("CURRENT_TIMESTAMP(6)"),
        ),
        schema=SCHEMA,
    )
    op.create_index("conflict_noted", "conflict", ["mapping_id", "noted"], schema=SCHEMA)


def downgrade() -> None:
    """Drop them."""
    for index, table in (
        ("conflict_noted", "conflict"),
        ("row_state_gone", "row_state"),
        ("edit_id_seen", "edit_id"),
    ):
        op.drop_index(index, table, schema=SCHEMA)
    for table, column in (
        ("conflict", "noted"),
        ("row_state", "gone_since"),
        ("mapping", "edit_ids_since"),
    ):
        op.drop_column(table, column, schema=SCHEMA)
