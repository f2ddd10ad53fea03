"""A tab as it is filled, at the Sheets API: how it looks, and what a late call can do; on the
emulator.

Requests and answers go through Google's own client, as the sink sends them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import orjson
import pytest

from deploy.local.service_account import key_file, private_key
from deploy.sheets_emulator.document import Document
from deploy.sheets_emulator.emulator import Emulator
from sink.core.clock import GoogleClock
from sink.core.columns import Column, Table
from sink.core.configuration import CredentialsKind, GoogleSettings
from sink.core.mapped_table import MappedTable
from sink.core.mapping import Mapping
from sink.core.quota import Pace
from sink.core.row_key import RowKey
from sink.google_access import sheets_service
from sink.retry import Backoff
from sink.writers.sheets.call import RowWrite, plan_call
from sink.writers.sheets.client import Quota, SheetsClient
from sink.writers.sheets.errors import SheetRefusedError, TabChangedError
from sink.writers.sheets.formats import KEY_WARNING
from sink.writers.sheets.layout import TabLayout, UnfitTabError
from sink.writers.sheets.tab import Tab
from sink.writers.sheets.tab_fill import Block, TabFill
from tests.contract.sheets_emulator.serving import serving

PLENTY = 1_000_000
COLUMNS = {
    "id": Column("id", "bigint", "bigint", nullable=False, precision=19),
    "big": Column("big", "bigint", "bigint unsigned", unsigned=True, precision=20),
    "name": Column("name", "varchar", "varchar(20)", length=20),
    "day": Column("day", "date", "date"),
    "size": Column("size", "enum", "enum('S','M','1/2')", members=("S", "M", "1/2")),
    "done": Column("done", "tinyint", "tinyint(1)", nullable=False, precision=3),
    "maybe": Column("maybe", "tinyint", "tinyint(1)", precision=3),
    "sum": Column("sum", "enum", "enum('=A1','b')", members=("=A1", "b")),
}
TABLE = MappedTable.of(
    Mapping("orders", "shop.orders", "spreadsheet", "orders", ("id",)),
    Table("shop.orders", COLUMNS, ("id",)),
)
NAMES = list(COLUMNS)
BIG = "18446744073709551615"
ROWS: list[list[Any]] = [
    [1, BIG, "=1+1", 41_000, "S", True, "", "b"],
    [2, 5, "007", 41_001, "1/2", False, True, ""],
]


def block(rows: list[list[Any]]) -> Block:
    return Block(len(rows), orjson.dumps(rows))


def key(number: int) -> RowKey:
    return RowKey.from_values(("id",), (number,))


@dataclass
class Desk:
    """The tab, as the fill and a person have it."""

    document: Document
    tab: Tab
    fill: TabFill

    def layout(self) -> TabLayout:
        """As a fill begins with it: the columns are known before they stand there."""
        layout = self.tab.geometry()
        layout.columns = {name: at for at, name in enumerate(TABLE.columns)}
        return layout

    def filled(self) -> TabLayout:
        layout = self.layout()
        self.fill.prepare(layout)
        self.fill.append([block(ROWS)], layout, 1)
        self.fill.finish(layout)
        return layout

    def sheet(self) -> dict[str, Any]:
        """The tab's own resource."""
        return dict(self.document.get(include_grid_data=True)["sheets"][0])

    def cell(self, row: int, name: str) -> dict[str, Any]:
        """All that a cell has; rows from 1."""
        values = self.sheet()["data"][0]["rowData"][row - 1].get("values", [])
        at = NAMES.index(name)
        return dict(values[at]) if at < len(values) else {}

    def format(self, row: int, name: str) -> tuple[str, str] | None:
        found = self.cell(row, name).get("userEnteredFormat", {}).get("numberFormat")
        return None if found is None else (found["type"], found.get("pattern", ""))

    def rule(self, row: int, name: str) -> dict[str, Any] | None:
        return self.cell(row, name).get("dataValidation")

    def insert_above(self, rows: int) -> None:
        """A person inserts rows below the header."""
        above = {"sheetId": 0, "dimension": "ROWS", "startIndex": 1, "endIndex": 1 + rows}
        self.document.batch_update([{"insertDimension": {"range": above}}], actor="person")

    def hidden(self) -> list[int]:
        """The hidden rows, from 1."""
        rows = self.sheet()["data"][0].get("rowMetadata", [])
        return [number for number, row in enumerate(rows, 1) if row.get("hiddenByUser")]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    emulator = Emulator(allow_any_token=True)
    document = emulator.create({}, "spreadsheet")
    title = {"properties": {"sheetId": 0, "title": "orders"}, "fields": "title"}
    document.batch_update([{"updateSheetProperties": title}])
    with serving(emulator) as url:
        account = tmp_path / "account.json"
        account.write_text(key_file("sink", sheets_url=url, key=private_key()))
        settings = GoogleSettings(CredentialsKind.SERVICE_ACCOUNT, str(account), url)
        with closing(sheets_service(settings)) as service:
            quota = Quota(Pace(PLENTY), Pace(PLENTY), GoogleClock.starting_from(0, 0))
            tab = Tab(SheetsClient(service, "spreadsheet", quota), TABLE)
            yield Desk(document, tab, another(tab))


def another(tab: Tab, clock: Callable[[], float] | None = None) -> TabFill:
    """A fill that knows of no other; a second goes by whenever it looks at the clock."""
    tokens = count(len(tab.fences()))
    patience = Backoff(deadline=0.0, clock=clock or partial(next, count(0.0)))
    return TabFill(tab, TABLE, lambda: f"t{next(tokens)}", patience)


def test_the_header_is_written_frozen_and_bold(desk: Desk) -> None:
    desk.filled()
    assert [desk.cell(1, name)["formattedValue"] for name in NAMES] == NAMES
    assert desk.sheet()["properties"]["gridProperties"]["frozenRowCount"] == 1
    assert desk.cell(1, "id")["userEnteredFormat"]["textFormat"] == {"bold": True}
    assert "textFormat" not in desk.cell(2, "id").get("userEnteredFormat", {})


def test_columns_have_the_format_of_their_type(desk: Desk) -> None:
    desk.filled()
    for row in (2, 3, 900):  # rows that a person fills later have it too
        assert desk.format(row, "day") == ("DATE", "yyyy-mm-dd")
        assert desk.format(row, "name") == ("TEXT", "@")
        assert desk.format(row, "big") == TABLE.codecs["big"].number_format


def test_values_are_typed_and_none_is_read_as_if_typed(desk: Desk) -> None:
    desk.filled()
    entered = [desk.cell(2, name).get("userEnteredValue") for name in NAMES]
    assert entered == [
        {"numberValue": 1},
        {"stringValue": BIG},
        {"stringValue": "=1+1"},
        {"numberValue": 41_000},
        {"stringValue": "S"},
        {"boolValue": True},
        None,
        {"stringValue": "b"},
    ]


def test_an_enum_has_a_list_that_drops_down_and_turns_nothing_away(desk: Desk) -> None:
    desk.filled()
    rule = desk.rule(2, "size")
    assert rule is not None
    assert rule["condition"] == {
        "type": "ONE_OF_LIST",
        "values": [{"userEnteredValue": member} for member in ("S", "M", "1/2")],
    }
    assert rule["showCustomUi"] is True
    assert not rule.get("strict", False)
    assert desk.rule(900, "size") == rule
    assert desk.rule(1, "size") is None


def test_a_member_that_no_list_can_offer_leaves_the_column_without_one(desk: Desk) -> None:
    desk.filled()
    assert desk.rule(2, "sum") is None


def test_a_boolean_has_boxes_in_its_rows_and_one_that_may_be_null_a_list(desk: Desk) -> None:
    desk.filled()
    assert [desk.rule(row, "done") is None for row in (1, 2, 3, 4, 900)] == [
        True,
        False,
        False,
        True,
        True,
    ]
    box = desk.rule(2, "done")
    assert box is not None
    assert box["condition"] == {"type": "BOOLEAN"}
    listed = desk.rule(2, "maybe")
    assert listed is not None
    assert [value["userEnteredValue"] for value in listed["condition"]["values"]] == [
        "TRUE",
        "FALSE",
    ]


def test_the_key_is_protected_by_a_warning(desk: Desk) -> None:
    desk.filled()
    (protected,) = desk.sheet()["protectedRanges"]
    assert protected["warningOnly"] is True
    assert protected["description"] == KEY_WARNING
    assert protected["range"] == {"sheetId": 0, "startColumnIndex": 0, "endColumnIndex": 1}


def test_a_new_row_is_offered_the_same_choices(desk: Desk) -> None:
    layout = desk.filled()
    desk.tab.forget()
    layout = desk.tab.read_layout()
    desk.tab.move_fence([], "fence0", layout)
    new = RowWrite("insert", key(3), {"done": True, "size": "M"})
    call = plan_call(1, "fence0", "fence1", [new], (), {}, (), layout, TABLE)
    desk.tab.send(call, layout)
    assert desk.cell(4, "id")["userEnteredValue"] == {"numberValue": 3}
    assert desk.rule(4, "done") == desk.rule(3, "done")
    assert desk.rule(4, "size") == desk.rule(3, "size")
    assert desk.format(4, "day") == ("DATE", "yyyy-mm-dd")


def test_a_box_that_nobody_has_ticked_is_no_content(desk: Desk) -> None:
    desk.filled()
    desk.document.values_update("orders!F4", [[False]], "RAW")
    desk.tab.forget()
    assert desk.tab.read().keyless == []
    desk.document.values_update("orders!F4", [[True]], "RAW")
    assert [standing.row for standing in desk.tab.read().keyless] == [3]


def test_rows_are_hidden_until_they_hold_their_values(desk: Desk) -> None:
    layout = desk.layout()
    desk.fill.prepare(layout)
    desk.fill.append([block(ROWS[:1])], layout, 1)
    assert desk.hidden() == [2]
    desk.fill.append([block(ROWS[1:])], layout, 2)
    assert desk.hidden() == [3]
    desk.fill.finish(layout)
    assert desk.hidden() == []
    assert desk.tab.fences() == frozenset()


def test_rows_that_a_person_moves_in_the_midst_of_a_fill_are_shown_all_the_same(
    desk: Desk,
) -> None:
    layout = desk.layout()
    desk.fill.prepare(layout)
    desk.fill.append([block(ROWS[:1])], layout, 1)
    desk.insert_above(3)
    assert desk.hidden() == [5]
    desk.fill.finish(layout)
    assert desk.hidden() == []


def test_rows_that_a_person_moves_between_two_calls_of_a_fill_are_shown_all_the_same(
    desk: Desk,
) -> None:
    layout = desk.layout()
    desk.fill.prepare(layout)
    desk.fill.append([block(ROWS)], layout, 1)
    desk.insert_above(1)
    desk.fill.append([block(ROWS)], layout, 3)
    desk.fill.finish(layout)
    assert desk.hidden() == []


def test_rows_that_a_person_moves_to_where_the_next_ones_go_are_shown_all_the_same(
    desk: Desk,
) -> None:
    layout = desk.layout()
    desk.fill.prepare(layout)
    desk.fill.append([block(ROWS)], layout, 1)
    desk.insert_above(len(ROWS))
    desk.fill.append([block(ROWS)], layout, 1 + len(ROWS))
    desk.fill.finish(layout)
    assert desk.hidden() == []


def test_rows_that_were_looked_at_just_now_are_not_looked_at_again(desk: Desk) -> None:
    layout = desk.layout()
    fill = another(desk.tab, clock=lambda: 0.0)
    fill.prepare(layout)
    fill.append([block(ROWS[:1])], layout, 1)
    reads = desk.tab.client.quota.reads.sent
    before = len(reads)
    fill.append([block(ROWS[1:])], layout, 2)
    fill.finish(layout)
    assert len(reads) == before + 1  # whether the second block went where it should
    assert desk.hidden() == []


def test_a_late_write_of_an_interrupted_fill_finds_its_name_gone(desk: Desk) -> None:
    layout = desk.layout()
    desk.fill.prepare(layout)
    desk.fill.append([block(ROWS[:1])], layout, 1)
    (late,) = desk.fill.fences
    successor = another(desk.tab)
    successor.take_over()
    with pytest.raises(SheetRefusedError, match="Unable to parse range"):
        desk.tab.client.update_values(late, block(ROWS[1:]).rows)
    with pytest.raises(TabChangedError):
        desk.fill.append([block(ROWS[1:])], layout, 2)
    assert desk.document.values_get("orders!A2:A4", "UNFORMATTED_VALUE") == [[1]]


@pytest.mark.parametrize("written", [False, True])
def test_a_block_that_was_left_is_removed_if_it_is_blank_and_shown_if_not(
    desk: Desk, *, written: bool
) -> None:
    layout = desk.layout()
    desk.fill.prepare(layout)
    desk.fill.append([block(ROWS)], layout, 1)
    if not written:
        desk.document.apply("spreadsheets.values.clear", {"range": "orders!A2:H3"})
    rows = desk.tab.geometry().row_count
    successor = another(desk.tab)
    successor.take_over()
    desk.tab.forget()
    layout = desk.tab.read_layout()
    assert layout.row_count == (rows if written else rows - 2)
    assert len(layout.index.by_key) == (2 if written else 0)
    successor.finish(layout)
    assert desk.hidden() == []
    assert desk.tab.fences() == frozenset()


def test_a_tab_is_prepared_once_whatever_becomes_of_the_answers(desk: Desk) -> None:
    layout = desk.layout()
    desk.fill.prepare(layout)
    # a person likes it otherwise, and the fill is gone on with
    place = {"sheetId": 0, "startRowIndex": 1, "startColumnIndex": 3, "endColumnIndex": 4}
    style = {"userEnteredFormat": {"numberFormat": {"type": "DATE", "pattern": "dd.mm.yy"}}}
    dates = {"range": place, "cell": style, "fields": "userEnteredFormat.numberFormat"}
    desk.document.batch_update([{"repeatCell": dates}], actor="person")
    successor = another(desk.tab)
    successor.take_over()
    desk.tab.forget()
    layout = desk.tab.read_layout()
    successor.append([block(ROWS)], layout, 1)
    successor.finish(layout)
    assert desk.format(2, "day") == desk.format(500, "day") == ("DATE", "dd.mm.yy")
    assert len(desk.sheet()["protectedRanges"]) == 1


def test_a_header_that_a_person_moved_meanwhile_stops_the_fill(desk: Desk) -> None:
    layout = desk.layout()
    desk.fill.prepare(layout)
    move = {
        "source": {"sheetId": 0, "dimension": "COLUMNS", "startIndex": 2, "endIndex": 3},
        "destinationIndex": 0,
    }
    desk.document.batch_update([{"moveDimension": move}], actor="person")
    with pytest.raises(TabChangedError):
        desk.fill.append([block(ROWS)], layout, 1)
    assert desk.document.values_get("orders!A2:H9", "UNFORMATTED_VALUE") == []


def test_a_tab_is_empty_only_where_nothing_is_shown(desk: Desk) -> None:
    assert desk.tab.is_empty()
    desk.document.values_update("orders!F900", [["mine"]], "RAW")
    with pytest.raises(UnfitTabError, match="there is something below it"):
        desk.tab.is_empty()
    desk.document.values_update("orders!C1", [["x"]], "RAW")
    assert not desk.tab.is_empty()


def test_a_column_that_the_table_is_given_later_has_its_choices_and_the_others_stay(
    desk: Desk,
) -> None:
    old = [name for name in NAMES if name not in ("size", "done")]
    desk.document.values_update("orders!A1", [old, [1], [2]], "RAW")
    desk.tab.await_titles({"size": None, "done": None})
    desk.tab.put_titles((), (), "fence0")
    header = desk.document.values_get("orders!A1:H1", "UNFORMATTED_VALUE")[0]
    assert header == [*old, "size", "done"]
    cells = desk.sheet()["data"][0]["rowData"]
    size, done = (
        [row.get("values", [])[header.index(name) :][:1] for row in cells[:5]]
        for name in ("size", "done")
    )
    assert ["dataValidation" in cell for row in size for cell in row] == [False, *[True] * 4]
    # boxes where there are rows, and nowhere else
    assert ["dataValidation" in cell for row in done for cell in row] == [False, True, True]
    assert all("dataValidation" not in cell for cell in cells[1]["values"][: len(old)])
