"""One row and what can happen to it, for tests of single rungs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sink.core.belief import Belief
from sink.core.change_event import (
    CellEdit,
    ChangeEvent,
    DatabaseChange,
    Image,
    Op,
    Position,
    SheetEdit,
)
from sink.core.decision import Decision, Loss
from sink.core.policies import Rules
from sink.core.resolver import resolve
from sink.core.row_key import RowKey
from sink.core.row_state import RowState
from sink.core.values.codec import Value
from sink.core.version import ABSENT, EVER, Absent, Origin, Version
from sink.state.records import FirstSync

KEY = RowKey.from_values(("id",), (1,))
ROW: Image = {"a": "A", "b": "A"}
READ = 90
"""Google's time when events are merged."""

RULES = Rules()


def standing(first: FirstSync | None = None) -> RowState:
    """The row on both sides, as the first sync left it."""
    return (first or FirstSync(0, 0)).row(KEY, ROW)


def change(
    time: int,
    before: Mapping[str, Value] | None,
    after: Mapping[str, Value] | None,
    *,
    own: int | None = None,
    found: bool = False,
    held: bool = False,
    denied: frozenset[str] = frozenset(),
    op: Op | None = None,
    ours_until: int = 0,
) -> DatabaseChange:
    """A change event of the row, read at ``READ``."""
    meant = Op.DELETE if after is None else Op.CREATE if before is None else Op.UPDATE
    return DatabaseChange(
        f"binlog:{time}",
        KEY,
        op or meant,
        None if before is None else dict(before),
        None if after is None else dict(after),
        time,
        READ,
        own,
        Position("binlog.000001", time, 0, 0, time),
        found=found,
        held=held,
        denied=denied,
        ours_until=ours_until,
    )


def of_database(value: Value, time: int | None, *, shown: int | None = None) -> Version:
    """A version that was made in the database, and told of at ``READ``."""
    return Version(value, time, Origin.DATABASE, in_db=EVER, seen_from=READ, shown=shown)


def of_sheet(value: Value, time: int, *, author: str | None = None) -> Version:
    """A version that was made in the sheet."""
    return Version(value, time, Origin.SHEET, seen_from=time, shown=time, author=author)


def merged(state: RowState, events: Iterable[ChangeEvent], rules: Rules = RULES) -> Decision:
    """The state after all events, and everything that was logged."""
    losses: list[Loss] = []
    decision = Decision(state)
    for event in events:
        decision = resolve(event, decision.state, rules)
        losses += decision.losses
    return Decision(decision.state, losses, decision.echo)


def edit(
    time: int,
    *,
    old: Value | Absent = ABSENT,
    key_edited: bool = False,
    typed: bool = False,
    found: bool = False,
    shown: bool = True,
    refused: dict[str, str] | None = None,
    unfit: dict[str, str] | None = None,
    denied: frozenset[str] = frozenset(),
    **cells: Value,
) -> SheetEdit:
    """An edit of the row by one person, read at ``READ``."""
    return SheetEdit(
        f"post:{time}",
        KEY,
        {column: CellEdit(value, old) for column, value in cells.items()},
        time,
        READ,
        key_edited=key_edited,
        typed=typed,
        found=found,
        author="ann",
        refused=refused or {},
        shown=shown,
        unfit=unfit or {},
        denied=denied,
    )


def ours(value: Value, time: int) -> Version:
    """The version that ``edit`` makes."""
    return of_sheet(value, time, author="ann")


def written(
    value: Value = "W", *, at: tuple[int, int] = (10, 12), over: tuple[int, Value] | None = None
) -> RowState:
    """The row after a call of ours has written cell a, which the database had changed."""
    state = standing()
    state.cells["a"] = of_database(value, 8, shown=at[1])
    state.beliefs["a"] = Belief(value, *at, written=True, wrote=at, over=over)
    return state
