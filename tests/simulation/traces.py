"""Where a value may be found again: in the conflict log, or in a post that was set aside."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import orjson

from sink.core.cell import CellContent
from sink.core.errors import TooOldEditError
from sink.core.row_key import RowKey
from sink.ports import DeadLetter
from tests.doubles.memory_server import MemoryServer
from tests.simulation.acts import row_key
from tests.simulation.agenda import MILLISECOND


def shown(value: CellContent) -> CellContent:
    """A value as a cell shows it: NULL and an empty text look alike."""
    return None if value == "" else value


def too_old(letters: Sequence[DeadLetter]) -> list[DeadLetter]:
    """The posts that came later than edit ids are kept."""
    return [letter for letter in letters if letter.error == TooOldEditError.__name__]


def in_time(letters: Sequence[DeadLetter]) -> list[DeadLetter]:
    """All others."""
    return [letter for letter in letters if letter.error != TooOldEditError.__name__]


def refuse_young(letters: Sequence[DeadLetter], since: int) -> None:
    """No post is too old that was made after ``since`` (µs): its id is still known."""
    for letter in too_old(letters):
        made = orjson.loads(letter.value or b"{}")["time_ms"] * MILLISECOND
        assert made < since, f"a post is set aside {made - since} µs too early"


class Traces:
    """The cells and rows of which a log tells; ``too_old``: posts were set aside for their age."""

    def __init__(self, server: MemoryServer, letters: Sequence[DeadLetter]) -> None:
        self._cells = {
            (key, loss.column, shown(loss.loser.value)) for key, loss in server.data.conflicts
        }
        old = too_old(letters)
        self.too_old = bool(old)
        for letter in old:
            self._cells.update(_told(letter))
        for letter in letters:
            if letter.wish is not None:
                self._cells.update(_wished(letter.wish))

    def hold(self, key: int, column: str | None, value: CellContent) -> bool:
        """Whether the value of a cell (or the creation or deletion of a row) was logged."""
        return (row_key(key), column, shown(value)) in self._cells


def _told(letter: DeadLetter) -> Iterator[tuple[RowKey, str | None, CellContent]]:
    for row in orjson.loads(letter.value or b"{}").get("rows", ()):
        if row.get("old_key"):
            yield row_key(row["old_key"]["id"]), None, False
        number = row["key"]["id"]
        if not isinstance(number, int):
            continue
        if row.get("key_edited"):
            yield row_key(number), None, True
        for column, cell in row["cells"].items():
            yield row_key(number), column, shown(cell["value"])


def _wished(wish: bytes) -> Iterator[tuple[RowKey, str | None, CellContent]]:
    """What can be tried again of what was refused."""
    asked = orjson.loads(wish)
    key = row_key(int(asked["key"]["id"]))
    if asked["exists"] is not None:
        yield key, None, asked["exists"]
    for column, value in {**asked["values"], **asked["contents"]}.items():
        yield key, column, shown(value)
