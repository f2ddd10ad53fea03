"""One contract for both clients of a spreadsheet: Google's library over HTTP, and the simulation's.

Both reach the emulator's document, one through its server, the other in simulated time; a tab must
see the same through either, whatever becomes of a call.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from random import Random
from typing import Protocol

import pytest

from deploy.local.service_account import key_file, private_key
from deploy.sheets_emulator.document import Document
from deploy.sheets_emulator.emulator import Emulator
from deploy.sheets_emulator.settings import Settings
from sink.core.change_event import Image
from sink.core.clock import GoogleClock
from sink.core.configuration import CredentialsKind, GoogleSettings
from sink.core.mapping import Policy, Rule
from sink.core.quota import Pace
from sink.google_access import sheets_service
from sink.writers.sheets.call import RowWrite, SheetCall, hidden_title, plan_call
from sink.writers.sheets.client import Quota, SheetsClient, monotonic_us
from sink.writers.sheets.errors import (
    FenceError,
    ProtectedRangeError,
    QuotaError,
    SheetRefusedError,
    UnknownFateError,
)
from sink.writers.sheets.layout import TabLayout
from sink.writers.sheets.tab import Tab
from tests.contract.sheets_emulator.serving import serving
from tests.simulation.acts import row_key
from tests.simulation.agenda import SECOND, Agenda
from tests.simulation.google import SimulatedClient
from tests.simulation.setting import START, TAB, Setting, mapped_table
from tests.simulation.sheet import new_document

PATIENCE_SECONDS = 20.0
ROWS: dict[int, Image] = {number: dict.fromkeys("abu", f"A{number}") for number in (1, 2, 3)}


class Desk(Protocol):
    """A client, its document, and what becomes of its next write."""

    client: SheetsClient
    document: Document

    def next_write(self, fate: str) -> None:
        """``quota``, ``lost``, ``unheard`` (applied, not answered) or ``late``."""

    def late_calls_over(self) -> None:
        """Wait until what was late has come."""


class Simulated:
    """The simulation's client."""

    def __init__(self) -> None:
        self.document = new_document(ROWS)
        self._agenda = Agenda(START)
        client = SimulatedClient(
            self.document,
            Setting.quiet(Rule(Policy.LAST_WRITE_WINS)),
            self._agenda,
            Random(0),
            lambda: True,
            lambda _: None,
        )
        self._fates = client.fates
        self.client: SheetsClient = client

    def next_write(self, fate: str) -> None:
        self._fates.append(fate)

    def late_calls_over(self) -> None:
        self._agenda.advance(10 * SECOND)


class Served:
    """Google's library, over HTTP."""

    def __init__(self, emulator: Emulator, url: str, directory: Path, key: str) -> None:
        self._emulator = emulator
        emulator.settings.change(asdict(Settings()))
        emulator.stats.reset()
        self.document = new_document(ROWS, emulator)
        account = directory / "account.json"
        account.write_text(key_file("contract", sheets_url=url, key=key))
        settings = GoogleSettings(CredentialsKind.SERVICE_ACCOUNT, str(account), url)
        clock = GoogleClock.starting_from(time.time_ns() // 1_000, monotonic_us())
        quota = Quota(Pace(100_000), Pace(100_000), clock)
        self.service = sheets_service(settings)
        self.client = SheetsClient(self.service, self.document.state.spreadsheet_id, quota)

    def next_write(self, fate: str) -> None:
        failure = {"status": 429 if fate == "quota" else 503, "calls": "write"}
        self._emulator.settings.change(
            {"late_calls": {"delay_ms": 50}}
            if fate == "late"
            else {"fail_next": {**failure, "apply": fate == "unheard"}}
        )

    def late_calls_over(self) -> None:
        ends = time.monotonic() + PATIENCE_SECONDS
        while self._emulator.stats.to_json()["late_calls_pending"]:
            assert time.monotonic() < ends, "the late call never comes"
            time.sleep(0.01)


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[Emulator, str, str]]:
    emulator = Emulator()
    with serving(emulator) as url:
        yield emulator, url, private_key()


@pytest.fixture(params=["served", "simulated"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    if request.param == "simulated":
        yield Simulated()
        return
    emulator, url, key = request.getfixturevalue("served")
    made = Served(emulator, url, tmp_path, key)
    yield made
    made.service.close()


def _tab(desk: Desk) -> tuple[Tab, TabLayout]:
    """The tab with its first fence up."""
    tab = Tab(desk.client, mapped_table(Rule(Policy.LAST_WRITE_WINS)))
    layout = tab.read_layout()
    tab.move_fence([], "fence0", layout)
    return tab, layout


def _call(layout: TabLayout, number: int, *writes: RowWrite) -> SheetCall:
    table = mapped_table(Rule(Policy.LAST_WRITE_WINS))
    last, fence = f"fence{number - 1}", f"fence{number}"
    return plan_call(number, last, fence, writes, (), {}, (), layout, table)


def _cells(desk: Desk) -> list[list[object]]:
    rows: list[list[object]] = desk.document.values_get(f"{TAB}!A2:E", "UNFORMATTED_VALUE")
    return rows


def update(number: int, **cells: str | None) -> RowWrite:
    return RowWrite("update", row_key(number), {**cells})


def test_a_tab_is_read_alike(desk: Desk) -> None:
    tab, layout = _tab(desk)
    assert [key.values[0] for key in layout.index.rows if key is not None] == [1, 2, 3]
    assert layout.columns == {"id": 0, "a": 1, "b": 3, "u": 4}
    reading = tab.read()
    assert {key.values[0]: dict(row) for key, row in reading.rows.items()} == {
        number: {"id": number, **image} for number, image in ROWS.items()
    }
    assert reading.lo <= reading.hi


def test_a_call_writes_and_tells_what_it_replaced(desk: Desk) -> None:
    tab, layout = _tab(desk)
    writes = (
        update(1, a="new", b=None),
        RowWrite("delete", row_key(2), {}),
        RowWrite("insert", row_key(4), {"a": "=1+1", "b": "B", "u": None}),
    )
    answer, answered = tab.send(_call(layout, 1, *writes), layout)
    assert _cells(desk) == [
        [1, "new", "", "", "A1"],
        [3, "A3", "", "A3", "A3"],
        [4, "=1+1", "", "B"],
    ]
    assert {
        reached.placed.write.op: reached.before.get("a", "nothing") for reached in answer.reached
    } == {"update": "A1", "delete": "A2", "insert": "nothing"}
    assert answer.hits == []
    assert answered.lo <= answered.hi
    assert tab.fences() == {"fence1"}


def test_a_call_that_meets_other_rows_tells_which(desk: Desk) -> None:
    tab, layout = _tab(desk)
    moved = {"sheetId": 1, "dimension": "ROWS", "startIndex": 3, "endIndex": 4}
    desk.document.batch_update([{"moveDimension": {"source": moved, "destinationIndex": 1}}])
    answer, _ = tab.send(_call(layout, 1, update(1, a="new")), layout)
    assert answer.reached == []
    assert [(hit.key, hit.before["a"]) for hit in answer.hits] == [(row_key(3), "A3")]


def test_a_call_without_its_fence_does_nothing(desk: Desk) -> None:
    tab, layout = _tab(desk)
    before = _cells(desk)
    with pytest.raises(FenceError):
        tab.send(_call(layout, 2, update(1, a="new")), layout)
    assert _cells(desk) == before
    assert tab.fences() == {"fence0"}


def test_a_call_that_cannot_be_is_refused_whole(desk: Desk) -> None:
    tab, layout = _tab(desk)
    before = _cells(desk)
    call = _call(layout, 1, update(1, a="new"))
    bad = {"deleteSheet": {"sheetId": 99}}
    with pytest.raises(SheetRefusedError):
        desk.client.batch_update({"requests": [*call.requests, bad]})
    assert _cells(desk) == before
    assert tab.fences() == {"fence0"}


def _protect(desk: Desk, column: int) -> None:
    """Somebody lets nobody else edit a column."""
    place = {"sheetId": 1, "startColumnIndex": column, "endColumnIndex": column + 1}
    protected = {"range": place, "editors": {"users": ["ann@example.com"]}}
    desk.document.batch_update([{"addProtectedRange": {"protectedRange": protected}}])


def test_a_call_into_somebody_else_s_protected_range_is_refused_whole(desk: Desk) -> None:
    tab, layout = _tab(desk)
    _protect(desk, 1)
    before = _cells(desk)
    with pytest.raises(ProtectedRangeError, match="a protected range keeps Sheetbridge"):
        tab.send(_call(layout, 1, update(1, a="new", b="new"), update(2, b="new")), layout)
    assert _cells(desk) == before
    assert tab.fences() == {"fence0"}
    tab.send(_call(layout, 1, update(2, b="new")), layout)
    assert _cells(desk)[1][3] == "new", "what lies beside the range is written"


@pytest.mark.parametrize(
    ("fate", "error", "applied"),
    [
        ("quota", QuotaError, False),
        ("lost", UnknownFateError, False),
        ("unheard", UnknownFateError, True),
    ],
)
def test_a_call_that_fails_is_applied_or_not_by_its_fate(
    desk: Desk, fate: str, error: type[Exception], applied: bool
) -> None:
    tab, layout = _tab(desk)
    call = _call(layout, 1, update(1, a="new"))
    desk.next_write(fate)
    with pytest.raises(error):
        tab.send(call, layout)
    assert _cells(desk)[0][1] == ("new" if applied else "A1")
    assert tab.fences() == {"fence1" if applied else "fence0"}
    if applied:
        answer, _ = tab.recover(call, layout)
        assert [reached.before["a"] for reached in answer.reached] == ["A1"]


@pytest.mark.parametrize("fenced_off", [True, False])
def test_a_late_call_comes_unless_the_fence_was_moved(desk: Desk, fenced_off: bool) -> None:
    tab, layout = _tab(desk)
    desk.next_write("late")
    with pytest.raises(UnknownFateError):
        tab.send(_call(layout, 1, update(1, a="late")), layout)
    if fenced_off:
        tab.move_fence(["fence0"], "bar", layout)
    desk.late_calls_over()
    assert _cells(desk)[0][1] == ("A1" if fenced_off else "late")
    assert tab.fences() == {"bar" if fenced_off else "fence1"}


def _hidden_rows(desk: Desk) -> int:
    fields = "sheets.properties(title,gridProperties(rowCount))"
    sheets = desk.client.read_spreadsheet(fields).json["sheets"]
    (rows,) = [
        sheet["properties"]["gridProperties"]["rowCount"]
        for sheet in sheets
        if sheet["properties"]["title"] == hidden_title(TAB)
    ]
    assert isinstance(rows, int)
    return rows


def test_the_hidden_tab_shrinks_again_after_a_large_call(desk: Desk) -> None:
    many = range(4, 2_504)
    desk.document.batch_update(
        [
            {"appendDimension": {"sheetId": 1, "dimension": "ROWS", "length": len(many)}},
            {
                "updateCells": {
                    "start": {"sheetId": 1, "rowIndex": 4, "columnIndex": 0},
                    "rows": [
                        {"values": [{"userEnteredValue": {"numberValue": number}}]}
                        for number in many
                    ],
                    "fields": "userEnteredValue",
                }
            },
        ]
    )
    tab, layout = _tab(desk)
    tab.send(_call(layout, 1, *(update(number, a="new") for number in many)), layout)
    assert _hidden_rows(desk) == layout.hidden_rows == len(many) + 1  # the header is copied too
    answer, _ = tab.send(_call(layout, 2, update(1, a="newer")), layout)
    assert _hidden_rows(desk) == layout.hidden_rows == 1_000
    assert [reached.before["a"] for reached in answer.reached] == ["A1"]
    tab.send(_call(layout, 3, update(1, a="newest")), layout)
    assert _hidden_rows(desk) == 1_000


def test_the_hidden_tab_keeps_its_size_where_a_call_was_not_taken(desk: Desk) -> None:
    tab, layout = _tab(desk)
    layout.hidden_rows = 5_000
    with pytest.raises(FenceError):
        tab.send(_call(layout, 2, update(1, a="new")), layout)
    assert layout.hidden_rows == 5_000


def test_the_steady_clock_goes_on_while_the_machine_sleeps(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = {time.CLOCK_BOOTTIME: 3_600_000_007_000, time.CLOCK_MONOTONIC: 7_000}
    monkeypatch.setattr(time, "clock_gettime_ns", shown.__getitem__)
    assert monotonic_us() == 3_600_000_007
