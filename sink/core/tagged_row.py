"""New rows of the sheet that are not in the table yet, and what they still lack.

A row typed without its full key is known by the tag that the script put on it (developer metadata);
where the database gives the key, tag and key belong together from the insert on, so that whatever
is posted under the tag later reaches that row. A row with its key is known by it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sink.core.cell import CellContent
from sink.core.mapping import in_quotes
from sink.core.marks import Marks
from sink.core.row_key import RowKey
from sink.core.row_state import WHOLE_ROW, RowState

NOT_STORED = "this row is not in the database yet: "


@dataclass(frozen=True, slots=True)
class TaggedRow:
    """What is remembered of a row that was posted without its full key.

    ``time`` is that of its newest post, ``finished`` that from which the key surely stands in the
    sheet, or the row was gone or had another key (None: not yet); both in microseconds on Google's
    clock. ``key`` is the one that the database gave; None: the row is not in the table, and
    ``lacks`` says by header what it needs (``""``: why the database refused it). ``marks`` are what
    we say of that at its cells, ``shown`` what its cells showed when that was last looked at: by
    them it is known again where a sort has moved it away from its tag.
    """

    tag: str
    time: int = 0
    key: RowKey | None = None
    lacks: Mapping[str, str] = field(default_factory=dict)
    finished: int | None = None
    marks: Marks = field(default_factory=dict)
    shown: Mapping[str, CellContent] = field(default_factory=dict)

    @property
    def owes_marks(self) -> bool:
        """Whether its cells may say anything but what they should."""
        return any(mark.owed for mark in self.marks.values())

    @property
    def reason(self) -> str | None:
        """What the row lacks, in words for the person who types it; None: nothing."""
        return lacking(self.lacks) if self.key is None and self.lacks else None


MISSING = "is missing"


def lacking(lacks: Mapping[str, str]) -> str:
    """``lacks`` (reasons by header) as one sentence."""
    missing = [in_quotes(header) for header, reason in lacks.items() if reason == MISSING]
    told = {header: reason for header, reason in lacks.items() if reason != MISSING}
    said = [
        f"{in_quotes(header)} {reason}" for header, reason in told.items() if header != WHOLE_ROW
    ]
    if missing:
        said.insert(0, f"{_listed(missing)} {'is' if len(missing) == 1 else 'are'} missing")
    if WHOLE_ROW in lacks:
        said.append(lacks[WHOLE_ROW])
    return NOT_STORED + "; ".join(said)


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def note_missing(state: RowState, required: Mapping[str, str]) -> None:
    """Keep in sight what a row with its key still lacks before it can be stored.

    ``required`` gives the headers of the columns without which the database takes no new row.
    Changes ``state.refused`` of rows that neither side agreed on; another reason that stands there
    is left alone.
    """
    said = state.refused.get(WHOLE_ROW, "")
    new = state.life is None or (not state.alive and said.startswith(NOT_STORED))
    waits = new and state.present.possible()[-1] is True
    missing = [
        header
        for column, header in required.items()
        if waits and column not in state.refused and not _shown(state, column)
    ]
    if missing and (not said or said.startswith(NOT_STORED)):
        state.refused[WHOLE_ROW] = lacking(dict.fromkeys(missing, MISSING))
    elif said and (said.startswith(NOT_STORED) or not (waits or state.life)):
        del state.refused[WHOLE_ROW]


def _shown(state: RowState, column: str) -> bool:
    belief = state.beliefs.get(column)
    return belief is not None and belief.possible()[-1] is not None
