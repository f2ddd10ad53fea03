"""What one call takes along: as many rows as Google recommends bytes for, wherever they stand."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from random import Random
from typing import cast

import pytest

from sink.core.mapping import Policy, Rule
from sink.core.row_key import RowKey
from sink.core.row_state import RowState
from sink.core.version import EVER, Origin, Version
from sink.ports import Transaction
from sink.sheet_writing import due_writes
from sink.state.records import FirstSync
from sink.writers.sheets.call import plan_call
from sink.writers.sheets.tab import Tab
from tests.simulation.acts import row_key
from tests.simulation.agenda import Agenda
from tests.simulation.google import SimulatedClient
from tests.simulation.setting import START, Setting, mapped_table
from tests.simulation.sheet import new_document

RECOMMENDED_BYTES = 2_000_000
"""https://developers.google.com/workspace/sheets/api/limits"""

STANDING = 12_000
COLUMNS = ("a", "b", "u")
LAST_WRITE_WINS = Rule(Policy.LAST_WRITE_WINS)
TABLE = mapped_table(LAST_WRITE_WINS)


class Stored:
    """States that the table has changed since the sheet showed them."""

    def __init__(self, text: str) -> None:
        self._text = text

    def states(self, keys: Sequence[RowKey]) -> dict[RowKey, RowState]:
        return {key: self._owed(key) for key in keys}

    def _owed(self, key: RowKey) -> RowState:
        state = FirstSync(1, 2).row(key, dict.fromkeys(COLUMNS, "shown"))
        new = Version(f"{self._text} {key.display}", 3, Origin.DATABASE, EVER)
        state.cells = dict.fromkeys(COLUMNS, new)
        return state


@pytest.fixture(scope="module")
def tab() -> Tab:
    document = new_document({n: dict.fromkeys(COLUMNS, "shown") for n in range(1, STANDING + 1)})
    setting = Setting.quiet(LAST_WRITE_WINS)
    client = SimulatedClient(
        document, setting, Agenda(START), Random(0), lambda: True, lambda _: None
    )
    return Tab(client, TABLE)


def planned(
    tab: Tab, numbers: Iterable[int], text: str = "A text of a usual length, for"
) -> tuple[int, int]:
    """How many of the rows a call takes along, and the bytes of its body."""
    layout = tab.read_layout()
    keys = [row_key(number) for number in numbers]
    due = due_writes(cast(Transaction, Stored(text)), keys, layout, {})
    call = plan_call(1, "before", "after", due.writes, (), {}, (), layout, TABLE)
    return len(due.writes), len(json.dumps(call.body(layout)).encode())


def test_neighbouring_rows_go_by_the_thousand(tab: Tab) -> None:
    rows, size = planned(tab, range(1, STANDING + 1))
    assert rows == 5_000
    assert size < RECOMMENDED_BYTES


@pytest.mark.parametrize("apart", [2, 3])
def test_rows_that_stand_apart_still_fit_one_body(tab: Tab, apart: int) -> None:
    rows, size = planned(tab, range(1, STANDING + 1, apart))
    assert rows > 1_000
    assert RECOMMENDED_BYTES / 4 < size < RECOMMENDED_BYTES


@pytest.mark.parametrize("text", ["Привет, мир! " * 10, 'she said "so"\n' * 10, "日本語 😀" * 10])
def test_texts_count_as_they_are_sent(tab: Tab, text: str) -> None:
    rows, size = planned(tab, range(1, STANDING + 1), text)
    assert 500 < rows < 5_000
    assert RECOMMENDED_BYTES / 2 < size < RECOMMENDED_BYTES
