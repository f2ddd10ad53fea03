"""Which dead letters are settled: a row's state tells whether it refuses their values still.

Only of a value that still stood in its cell when it was set aside can the state tell that; any
other letter stays open until an operator decides.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.engine import Connection

from deploy.cli.dead_letter_topic import StoredLetter
from sink.core.mapping import in_quotes
from sink.core.operator_record import Wish
from sink.core.row_key import RowKey
from sink.core.row_state import WHOLE_ROW, RowState
from sink.core.still_refused import is_still_refused
from sink.core.values.codec import Value
from sink.state import schema
from sink.state.records import HAS_REFUSED, FirstSync, decode

Row = tuple[str, bytes]
"""A mapping's name, and a row's key as it is stored."""

_AT_A_TIME = 500
_NO_STAMPS = FirstSync(0, 0)
"""What a row holds is asked here, and not when it came there."""


@dataclass(frozen=True, slots=True)
class RefusedCell:
    """A cell that the database refuses now; ``column`` ``""`` is the row as a whole."""

    mapping: str
    key: bytes
    column: str
    reason: str


def row_of(letter: StoredLetter) -> Row | None:
    """The row that a letter tells of; None where it tells of none with a key."""
    wish = wish_of(letter)
    return None if wish is None or not wish.key else (letter.mapping, _key(wish).canonical)


def wish_of(letter: StoredLetter) -> Wish | None:
    """What is asked of the row that a letter tells of."""
    return None if letter.wish is None else Wish(**json.loads(letter.wish))


def asks_for_delete(letter: StoredLetter) -> bool:
    """Whether the letter tells of a delete that the database refused."""
    wish = wish_of(letter)
    return wish is not None and wish.exists is False


def cells_of(letter: StoredLetter) -> Iterator[tuple[str, bytes, str]]:
    """The cells (``""``: the row) that a letter tells of, as ``RefusedCell`` names them."""
    row, wish = row_of(letter), wish_of(letter)
    if row is None or wish is None:
        return
    if letter.stands is not None:
        yield (*row, letter.stands)
    for column in [*wish.values, *wish.contents] or [WHOLE_ROW]:
        yield (*row, column)


def read_states(connection: Connection, letters: Iterable[StoredLetter]) -> dict[Row, RowState]:
    """The stored states of the rows that ``letters`` tell of, as far as there are any."""
    keys: dict[str, dict[bytes, RowKey]] = defaultdict(dict)
    for letter in letters:
        wish = wish_of(letter)
        if wish is not None and wish.key:
            key = _key(wish)
            keys[letter.mapping][key.canonical] = key
    states, known = schema.row_state, schema.mapping
    found: dict[Row, RowState] = {}
    for mapping, wanted in keys.items():
        canonical = list(wanted)
        for start in range(0, len(canonical), _AT_A_TIME):
            rows = connection.execute(
                select(states.c.row_key, states.c.agreed, states.c.record)
                .join_from(states, known, states.c.mapping_id == known.c.id)
                .where(known.c.name == mapping)
                .where(states.c.row_key.in_(canonical[start : start + _AT_A_TIME]))
            )
            for row in rows:
                key = wanted[bytes(row.row_key)]
                found[mapping, key.canonical] = decode(key, row.agreed, row.record, _NO_STAMPS)
    return found


def judged(letters: Sequence[StoredLetter], states: Mapping[Row, RowState]) -> list[StoredLetter]:
    """The letters, with what settled those that no operator decided over."""
    return [replace(letter, since=_settled_by(letter, states)) for letter in letters]


def _settled_by(letter: StoredLetter, states: Mapping[Row, RowState]) -> str | None:
    wish, row = wish_of(letter), row_of(letter)
    if letter.settled is not None or letter.stands is None or wish is None or row is None:
        return None
    state = states.get(row)
    if state is None:
        return "nothing is known of the row any more"  # its tombstone was forgotten
    if is_still_refused(wish, letter.stands, state) or not _knows(letter.stands, state):
        return None
    return _what_stands(letter.stands, state)


def _knows(column: str, state: RowState) -> bool:
    """Whether the row has such a column still; it may have been renamed since."""
    return column == WHOLE_ROW or column in {*state.cells, *state.beliefs, *state.refused}


def edited_since(letter: StoredLetter, states: Mapping[Row, RowState]) -> str | None:
    """What stands where a letter's value stood, if that was edited after the letter was written.

    It serves letters of which the state cannot tell more. The clocks that are met here differ by
    little, and who knows better may insist.
    """
    row, wish = row_of(letter), wish_of(letter)
    state = None if row is None else states.get(row)
    if state is None or wish is None or letter.stands is not None:
        return None
    at = int(letter.at.timestamp() * 1_000_000)
    for column in [*wish.values, *wish.contents]:
        version = state.cells.get(column)
        times = (state.newest.get(column, 0), (version and version.time) or 0)
        if max(times) > at:
            return _what_stands(column, state)
    return None


def refused_cells(connection: Connection, mapping: str | None = None) -> Iterator[RefusedCell]:
    """All cells that are refused now, of one mapping or of all, row by row."""
    states, known = schema.row_state, schema.mapping
    query = (
        select(known.c.name, states.c.row_key, states.c.record)
        .join_from(states, known, states.c.mapping_id == known.c.id)
        .where(states.c.attention > 0)
        .where(states.c.attention.bitwise_and(HAS_REFUSED) != 0)
        .order_by(known.c.name, states.c.row_key)
    )
    if mapping is not None:
        query = query.where(known.c.name == mapping)
    for row in connection.execution_options(yield_per=_AT_A_TIME).execute(query):
        for column, reason in json.loads(row.record).get("refused", {}).items():
            yield RefusedCell(row.name, bytes(row.row_key), column, reason)


def _key(wish: Wish) -> RowKey:
    return RowKey(tuple(wish.key), tuple(map(_value, wish.key.values())))


def _value(part: object) -> Value:
    return part if isinstance(part, bool | int | float | str) else str(part)


def _what_stands(column: str, state: RowState) -> str:
    if not state.alive:
        return "the row was edited since" if state.life is None else "the row was deleted since"
    if column == WHOLE_ROW:
        return "the row was edited since, and is in the database"
    if column in state.refused:
        return f"the cell holds {_shown(_refused(column, state))} since, which is refused too"
    version = state.cells.get(column)
    return f"the cell holds {_shown(None if version is None else version.value)} since"


def _refused(column: str, state: RowState) -> Value:
    belief = state.beliefs.get(column)
    return state.unfit.get(column, None if belief is None else belief.possible()[-1])


def _shown(value: Value) -> str:
    return "nothing" if value in (None, "") else in_quotes(str(value)[:60])
