"""Records of rows write the stamps that cells share once.

No table changes, and records that are there are read as they are (``sink.state.earlier_records``).
The version tells an earlier program, which cannot read the new ones, to keep off.
"""

from __future__ import annotations

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Nothing is to be done."""


def downgrade() -> None:
    """There is no way back once a row has changed: the earlier program cannot read its record."""
