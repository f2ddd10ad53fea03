"""Tags of rows at the Sheets API: found by filter, their keys written, taken away; on the emulator.

Requests and answers go through Google's own client, as the sink sends them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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
from sink.writers.sheets.answer import CallAnswer
from sink.writers.sheets.call import RowWrite, SheetCall, plan_call
from sink.writers.sheets.client import Quota, SheetsClient
from sink.writers.sheets.compact_rows import Contents
from sink.writers.sheets.layout import TabLayout
from sink.writers.sheets.row_tags import ROW_TAG, TagPlace
from sink.writers.sheets.stray_rows import Cells, StrayRow, tag_rows
from sink.writers.sheets.tab import Tab
from tests.contract.sheets_emulator.requests import lines
from tests.contract.sheets_emulator.serving import serving

PLENTY = 1_000_000
TABLE = MappedTable.of(
    Mapping("orders", "shop.orders", "spreadsheet", "orders", ("id",)),
    Table(
        "shop.orders",
        {
            "id": Column("id", "int", "int", nullable=False, precision=10, auto_increment=True),
            "name": Column("name", "varchar", "varchar(20)", length=20),
            "state": Column("state", "varchar", "varchar(20)", length=20, has_default=True),
        },
        ("id",),
    ),
)
ROWS: list[list[Any]] = [
    ["id", "name", "mine", "state"],
    [1, "Milk", "x", "new"],
    ["", "Cream", "y", ""],
    ["", "Tea", "z", ""],
]


def key(number: int) -> RowKey:
    return RowKey.from_values(("id",), (number,))


@dataclass
class Desk:
    """The tab, as the sink and a person have it."""

    document: Document
    tab: Tab
    layout: TabLayout
    fence: str = "fence0"

    def tag(self, row: int, tag: str) -> None:
        """What the script does with row ``row`` (from 1)."""
        entry = {
            "metadataKey": ROW_TAG,
            "metadataValue": tag,
            "visibility": "DOCUMENT",
            "location": {"dimensionRange": lines("ROWS", row - 1, row)},
        }
        self.document.batch_update([{"createDeveloperMetadata": {"developerMetadata": entry}}])

    def tags(self) -> dict[str, int]:
        """All tags and the rows (from 1) that bear them."""
        filters = [{"developerMetadataLookup": {"metadataKey": ROW_TAG}}]
        answer = self.document.read(
            "spreadsheets.developerMetadata.search", {"dataFilters": filters}
        )
        entries = [
            matched["developerMetadata"] for matched in answer.get("matchedDeveloperMetadata", [])
        ]
        return {
            entry["metadataValue"]: entry["location"]["dimensionRange"]["endIndex"]
            for entry in entries
        }

    def look(self, *tags: str) -> dict[str, TagPlace]:
        return self.tab.look_for_tags(self.layout, tags, whole=False).places

    def plan(self, *writes: RowWrite, old_tags: Sequence[str] = ()) -> SheetCall:
        call = plan_call(
            1, self.fence, "fence1", writes, (), {}, (), self.layout, TABLE, list(old_tags)
        )
        self.fence = "fence1"
        return call

    def send(self, call: SheetCall) -> CallAnswer:
        return self.tab.send(call, self.layout)[0]

    def rows(self) -> list[list[Any]]:
        return self.document.values_get("orders!A2:D", "UNFORMATTED_VALUE")

    def insert_row(self, at: int) -> None:
        """A person inserts a row above row ``at`` (from 1)."""
        self.document.batch_update(
            [{"insertDimension": {"range": lines("ROWS", at - 1, at)}}], actor="person"
        )


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    emulator = Emulator(allow_any_token=True)
    document = emulator.create({}, "spreadsheet")
    title = {"properties": {"sheetId": 0, "title": "orders"}, "fields": "title"}
    document.batch_update([{"updateSheetProperties": title}])
    document.values_update("orders!A1", ROWS, "RAW")
    with serving(emulator) as url:
        account = tmp_path / "account.json"
        account.write_text(key_file("sink", sheets_url=url, key=private_key()))
        settings = GoogleSettings(CredentialsKind.SERVICE_ACCOUNT, str(account), url)
        service = sheets_service(settings)
        with closing(service):
            clock = GoogleClock.starting_from(0, 0)
            quota = Quota(Pace(PLENTY), Pace(PLENTY), clock)
            tab = Tab(SheetsClient(service, "spreadsheet", quota), TABLE)
            layout = tab.read_layout()
            tab.move_fence([], "fence0", layout)
            yield Desk(document, tab, layout)


def test_a_tagged_row_is_found_with_its_cells_wherever_it_moved(desk: Desk) -> None:
    desk.tag(3, "cream")
    desk.insert_row(2)
    assert desk.look("cream", "none") == {
        "cream": TagPlace("cream", 3, {"id": None, "name": "Cream", "state": None})
    }


def test_a_tag_of_another_tab_is_not_ours(desk: Desk) -> None:
    desk.tag(3, "cream")
    desk.document.batch_update([{"duplicateSheet": {"sourceSheetId": 0}}])
    assert list(desk.look("cream")) == ["cream"]
    location = {"sheetId": desk.layout.hidden_id, **_row(0)}
    entry = {"metadataKey": ROW_TAG, "metadataValue": "far", "visibility": "DOCUMENT"}
    desk.document.batch_update(
        [
            {
                "createDeveloperMetadata": {
                    "developerMetadata": {**entry, "location": {"dimensionRange": location}}
                }
            }
        ]
    )
    assert desk.look("far") == {}


def _row(index: int) -> dict[str, object]:
    return {"dimension": "ROWS", "startIndex": index, "endIndex": index + 1}


def test_the_key_is_written_to_the_tagged_row_and_the_tag_goes(desk: Desk) -> None:
    desk.tag(3, "cream")
    desk.tag(4, "tea")
    place = desk.look("cream")["cream"]
    answer = desk.send(desk.plan(RowWrite("key", key(7), {"state": "new"}, place)))
    assert [reached.placed.write.key for reached in answer.reached] == [key(7)]
    assert answer.reached[0].before == {"id": None, "name": "Cream", "state": None}
    assert desk.rows()[1] == [7, "Cream", "y", "new"]
    assert desk.tags() == {"tea": 4}


def test_a_row_inserted_by_the_same_call_pushes_the_tagged_ones_down(desk: Desk) -> None:
    desk.tag(4, "tea")
    place = desk.look("tea")["tea"]
    call = desk.plan(
        RowWrite("insert", key(5), {"name": "Salt", "state": "new"}),
        RowWrite("key", key(7), {}, place),
    )
    assert len(desk.send(call).reached) == 2
    assert [row[:2] for row in desk.rows()] == [[1, "Milk"], [5, "Salt"], ["", "Cream"], [7, "Tea"]]
    assert desk.tags() == {}


def test_a_row_that_moved_since_the_look_is_no_hit_and_keeps_its_tag(desk: Desk) -> None:
    desk.tag(3, "cream")
    place = desk.look("cream")["cream"]
    desk.insert_row(2)
    answer = desk.send(desk.plan(RowWrite("key", key(7), {}, place)))
    assert (answer.reached, [hit.key for hit in answer.hits]) == ([], [key(1)])
    assert desk.tags() == {"cream": 4}


def test_what_was_typed_into_the_row_since_the_look_does_not_hinder(desk: Desk) -> None:
    desk.tag(3, "cream")
    place = desk.look("cream")["cream"]
    desk.document.values_update("orders!B3", [["Cream, sweet"]], actor="person")
    answer = desk.send(desk.plan(RowWrite("key", key(7), {"state": "new"}, place)))
    assert [reached.before["name"] for reached in answer.reached] == ["Cream, sweet"]
    assert desk.rows()[1] == [7, "Cream, sweet", "y", "new"]


def test_a_key_that_a_person_typed_since_the_look_is_seen_in_the_copy(desk: Desk) -> None:
    desk.tag(3, "cream")
    place = desk.look("cream")["cream"]
    desk.document.values_update("orders!A3", [[9]], actor="person")
    answer = desk.send(desk.plan(RowWrite("key", key(7), {}, place)))
    assert answer.reached == []
    assert [hit.before["id"] for hit in answer.hits] == [9]


@pytest.mark.parametrize("attached", [True, False])
def test_a_call_that_was_applied_unheard_is_understood_from_its_copies(
    desk: Desk, attached: bool
) -> None:
    desk.tag(3 if attached else 4, "cream")
    contents: Contents = {"id": None, "name": "Cream", "state": None}
    call = desk.plan(RowWrite("key", key(7), {}, TagPlace("cream", 2, contents, attached)))
    desk.send(call)
    recovered, _ = desk.tab.recover(call, desk.layout)
    assert [reached.placed.write.key for reached in recovered.reached] == [key(7)]
    assert desk.tags() == {}


@pytest.mark.parametrize("heard", [True, False])
def test_a_tag_that_went_with_its_row_by_our_mistake_was_not_reached(
    desk: Desk, heard: bool
) -> None:
    desk.tag(3, "cream")
    place = desk.look("cream")["cream"]
    call = desk.plan(RowWrite("delete", key(1), {}), RowWrite("key", key(7), {}, place))
    desk.document.batch_update(
        [{"deleteDimension": {"range": lines("ROWS", 1, 2)}}], actor="person"
    )
    answer = desk.send(call)
    if not heard:
        answer, _ = desk.tab.recover(call, desk.layout)
    assert desk.tags() == {}
    assert answer.reached == []
    assert sorted(str(hit.before["name"]) for hit in answer.hits) == ["Cream", "Tea"]


def test_tags_that_are_needed_no_more_are_taken_away(desk: Desk) -> None:
    desk.tag(2, "milk")
    desk.tag(3, "cream")
    desk.send(desk.plan(old_tags=["milk"]))
    assert desk.tags() == {"cream": 3}


def test_a_whole_look_tells_of_the_rows_without_a_key(desk: Desk) -> None:
    reading = desk.tab.look_for_tags(desk.layout, ["cream"], whole=True).reading
    assert reading is not None
    assert [(one.row, one.contents["name"]) for one in reading.keyless] == [
        (2, "Cream"),
        (3, "Tea"),
    ]


def test_rows_that_no_post_told_of_are_read_with_formulas_and_tagged_once(desk: Desk) -> None:
    desk.tag(3, "cream")
    desk.document.values_update("orders!A5", [["", '=CONCATENATE("T", "otal")']], "USER_ENTERED")

    def typed(cells: Cells) -> bool:
        return all(formula is None for _, formula in cells.values())

    def look() -> list[StrayRow]:
        return tag_rows(desk.tab.client, desk.layout, [2, 3, 4], typed, lambda: "tea")

    cream, tea, total = look()
    assert [(one.row, one.wanted, one.tags) for one in (cream, tea, total)] == [
        (2, True, ("cream",)),
        (3, True, ()),
        (4, False, ()),
    ]
    assert [one.tag for one in (cream, tea, total)] == ["cream", "tea", None]
    assert look()[1].tags == ("tea",)
    assert tea.cells == {"id": (None, None), "name": ("Tea", None), "state": (None, None)}
    assert total.cells["name"] == ("Total", '=CONCATENATE("T", "otal")')
    assert desk.tags() == {"cream": 3, "tea": 4}


def test_a_row_that_the_script_tags_at_the_same_moment_keeps_the_script_s_tag(desk: Desk) -> None:
    def script_comes_between(_: Cells) -> bool:
        if not desk.tags():
            desk.tag(4, "script")
        return True

    (row,) = tag_rows(desk.tab.client, desk.layout, [3], script_comes_between, lambda: "ours")
    assert row.tag is None
    assert desk.tags() == {"script": 4}
