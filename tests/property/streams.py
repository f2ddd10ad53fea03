"""What happens to one row on its two sides before anything of it is read: two streams of events.

Both sides start as the first sync left them, with ``A`` in every cell. Each side knows nothing of
the other, so its events fit each other: a before image is what the last change left, the old value
of a typed cell is what the cell showed.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import strategies as st

from sink.core.change_event import (
    CellEdit,
    ChangeEvent,
    DatabaseChange,
    Image,
    Op,
    Position,
    SheetDelete,
    SheetEdit,
)
from sink.core.mapping import Policy
from sink.core.policies import Crossing, Decide, Rules, database_wins, last_write_wins, sheet_wins
from sink.core.row_key import RowKey
from sink.core.row_state import RowState
from sink.core.values.codec import Value
from sink.core.version import ABSENT, Origin, value_order
from sink.state.records import FirstSync

KEY = RowKey.from_values(("id",), (1,))
COLUMNS = ("a", "b", "c")
VALUES: tuple[Value, ...] = ("A", "B", "C", "D", 7, None)
READ = 1_000
"""When the streams are read: after all that is in them has happened."""


def greater_wins(crossing: Crossing) -> Origin:
    """A user's own rule: the greater value, whenever it was written."""
    challenger, holder = crossing.challenger, crossing.holder
    if value_order(challenger.value) == value_order(holder.value):
        return last_write_wins(crossing)
    greater = value_order(challenger.value) > value_order(holder.value)
    return challenger.origin if greater else holder.origin


POLICIES: dict[str, Decide] = {
    Policy.LAST_WRITE_WINS: last_write_wins,
    Policy.DATABASE_WINS: database_wins,
    Policy.SHEET_WINS: sheet_wins,
}
RULES: dict[str, Decide] = {**POLICIES, "greater_wins": greater_wins}


@dataclass(frozen=True, slots=True)
class Streams:
    """The row's two streams, each in the order of its topic, and what the sides show at the end.

    An image None: the side has no such row.
    """

    database: list[DatabaseChange] = field(default_factory=list)
    sheet: list[SheetEdit | SheetDelete] = field(default_factory=list)
    table: Image | None = None
    tab: Image | None = None

    def events(self) -> list[ChangeEvent]:
        return [*self.database, *self.sheet]

    def merged(self, order: str) -> list[ChangeEvent]:
        """The events in the order that ``order`` (d for the database's, s for the sheet's) says."""
        rest = {"d": iter(self.database), "s": iter(self.sheet)}
        return [next(rest[name]) for name in order]


def start() -> RowState:
    """The row as the first sync left it."""
    return FirstSync(0, 0).row(KEY, dict.fromkeys(COLUMNS, "A"))


def rules(*, named: dict[str, Decide] = RULES, one_way: bool = False) -> st.SearchStrategy[Rules]:
    """Rules of a mapping, of single columns too; ``one_way``: now and then a side is mute."""
    some = st.sampled_from([(str(name), decide) for name, decide in named.items()])
    mute = st.sampled_from([None, None, *Origin]) if one_way else st.none()
    by_column = st.dictionaries(st.sampled_from(COLUMNS), some, max_size=2)
    return st.builds(Rules, some, by_column, st.just(frozenset()), mute)


@st.composite
def database_changes(draw: st.DrawFn, *, most: int, rows: bool) -> list[DatabaseChange]:
    """Up to ``most`` commits on the row; with ``rows`` it is deleted and made again as well."""
    image: Image | None = dict.fromkeys(COLUMNS, "A")
    time = 0
    events = []
    for number in range(draw(st.integers(0, most))):
        time += draw(st.integers(0, 4))
        before = image
        if before is not None and rows and draw(st.integers(0, 3)) == 0:
            image = None
        elif before is None:
            image = {column: draw(st.sampled_from(VALUES)) for column in COLUMNS}
        else:
            image = {**before, **draw(_some_cells())}
            if image == before:
                continue  # a change that changes nothing writes no event
        op = Op.DELETE if image is None else Op.CREATE if before is None else Op.UPDATE
        place = Position("binlog.000001", number, 0, 0, time)
        name = f"binlog:{number}"
        events.append(
            DatabaseChange(name, KEY, op, before, image, time, READ, None, position=place)
        )
    return events


@st.composite
def sheet_edits(draw: st.DrawFn, *, most: int, rows: bool) -> list[SheetEdit | SheetDelete]:
    """Up to ``most`` edits of the row; triggers may start late, so that times may be swapped."""
    image: Image | None = dict.fromkeys(COLUMNS, "A")
    time = 0
    events: list[SheetEdit | SheetDelete] = []
    for number in range(draw(st.integers(0, most))):
        time += draw(st.integers(1, 4))
        name = f"post:{number}"
        if image is not None and rows and draw(st.integers(0, 3)) == 0:
            events.append(SheetDelete(name, KEY, time, READ, time))
            image = None
            continue
        created = image is None
        before = image or dict.fromkeys(COLUMNS)
        cells = draw(st.fixed_dictionaries(_FULL) if created else _some_cells())
        typed = len(cells) == 1 and draw(st.booleans())
        edits = {
            column: CellEdit(value, before[column] if typed else ABSENT)
            for column, value in cells.items()
        }
        image = {**before, **cells}
        events.append(
            SheetEdit(name, KEY, edits, time, READ, key_edited=created, typed=typed, author="ann")
        )
    return events


_FULL = {column: st.sampled_from(VALUES[:-1]) for column in COLUMNS}


def _some_cells() -> st.SearchStrategy[dict[str, Value]]:
    return st.dictionaries(st.sampled_from(COLUMNS), st.sampled_from(VALUES), min_size=1)


@st.composite
def streams(draw: st.DrawFn, *, most: int = 4, rows: bool = True) -> Streams:
    """The two streams of a row, each of up to ``most`` events."""
    database = draw(database_changes(most=most, rows=rows))
    sheet = draw(sheet_edits(most=most, rows=rows))
    return Streams(database, sheet, _after(database), _shown(sheet))


def _after(events: list[DatabaseChange]) -> Image | None:
    return events[-1].after if events else dict.fromkeys(COLUMNS, "A")


def _shown(events: list[SheetEdit | SheetDelete]) -> Image | None:
    image: Image | None = dict.fromkeys(COLUMNS, "A")
    for event in events:
        if isinstance(event, SheetDelete):
            image = None
        else:
            image = {**(image or {}), **{column: cell.new for column, cell in event.cells.items()}}
    return image
