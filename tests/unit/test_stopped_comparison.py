"""A comparison of a large table ends soon where its worker is to end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from types import SimpleNamespace
from typing import cast

import pytest

from sink.core.mapping import Rule
from sink.core.scanned_rows import ScannedRows
from sink.parts import Parts
from sink.reconciliation import Reconciliation
from sink.stopping import StoppedError
from sink.writers.sheets.layout import TabLayout
from sink.writers.sheets.reading import Gathering
from sink.writers.sheets.tab import Tab
from tests.simulation.setting import mapped_table

TABLE = mapped_table(Rule())
PARTS_READ = 3


class StoppedWhileReading:
    """What a comparison asks for; the worker is told to stop as the table is read."""

    def __init__(self) -> None:
        self.parts_read = 0
        self.quota = SimpleNamespace(grant_comparison=lambda *_, **__: object())
        self.reconcile_every = 60.0
        self.table = TABLE
        self.store = SimpleNamespace(
            count_known=lambda: 0,
            each_known_key=lambda: (),
            scan=self._scan,
            states=lambda _: {},
            as_left=lambda _: {},
        )

    def _scan(self) -> Iterator[ScannedRows]:
        for _ in range(100):
            self.parts_read += 1
            yield ScannedRows("", TABLE.key, [[self.parts_read] for _ in TABLE.key], {})

    def go_on(self) -> None:
        if self.parts_read == PARTS_READ:
            raise StoppedError("told to stop")


def test_a_table_is_not_read_to_its_end_for_a_worker_that_is_to_end() -> None:
    parts = StoppedWhileReading()
    comparing = Reconciliation(cast(Parts, parts), due=0.0)
    columns = {column: place for place, column in enumerate(TABLE.columns_by_header.values())}
    layout = TabLayout("tab", 0, 1, 10, len(columns), 10, columns)
    empty = Gathering(tuple(columns)).reading(layout)
    tab = SimpleNamespace(
        client=SimpleNamespace(comparing=lambda _: nullcontext()), read=lambda **_: empty
    )
    reading = comparing.next_reading(1.0, 0, layout)
    assert reading is not None
    with pytest.raises(StoppedError):
        reading(cast(Tab, tab))
    assert parts.parts_read == PARTS_READ
