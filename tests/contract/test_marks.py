"""Marks at the Sheets API: looked at, written, recovered, put back; on the emulator.

Requests and answers go through Google's own client, as the sink sends them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import orjson
import pytest

from deploy.local.service_account import key_file, private_key
from deploy.sheets_emulator.document import Document
from deploy.sheets_emulator.emulator import Emulator
from sink.core import marks
from sink.core.clock import GoogleClock
from sink.core.columns import Column, Table
from sink.core.configuration import CredentialsKind, GoogleSettings
from sink.core.mapped_table import MappedTable
from sink.core.mapping import Mapping
from sink.core.marks import MARKER, Face, Mark, is_tint
from sink.core.quota import Pace
from sink.core.row_key import RowKey
from sink.google_access import sheets_service
from sink.stored_call import decode_call, encode_call
from sink.writers.sheets import trouble
from sink.writers.sheets.answer import CallAnswer
from sink.writers.sheets.call import RowWrite, SheetCall, plan_call
from sink.writers.sheets.client import Quota, SheetsClient
from sink.writers.sheets.faces import face_of
from sink.writers.sheets.layout import KeyIndex
from sink.writers.sheets.mending import Mending, decode_repair, encode_repair, mending_of
from sink.writers.sheets.repairs import Repair
from sink.writers.sheets.tab import Tab
from tests.contract.sheets_emulator.serving import serving

PLENTY = 1_000_000
TABLE = MappedTable.of(
    Mapping("orders", "shop.orders", "spreadsheet", "orders", ("id",)),
    Table(
        "shop.orders",
        {
            "id": Column("id", "int", "int", nullable=False, precision=10),
            "name": Column("name", "varchar", "varchar(20)", length=20),
            "price": Column("price", "decimal", "decimal(8,2)", precision=8, scale=2),
        },
        ("id",),
    ),
)
ROWS: list[list[Any]] = [
    ["mine", "id", "name", "price"],
    ["x", 1, "Milk", 2],
    ["y", 2, "Tea", 3],
    ["total", "", "", 5],
]
BLUE: dict[str, float] = {"blue": 1}
SAID = "“price” takes a number."


class Desk:
    """The tab, as the sink and a person have it."""

    def __init__(self, document: Document, tab: Tab) -> None:
        self.document = document
        self.tab = tab
        self.layout = tab.read_layout()
        self.calls = 0

    def decorate(self, cell: str, note: str, colour: dict[str, float] | None = None) -> None:
        """A person's own note and colour."""
        column, row = "ABCD".index(cell[0]), int(cell[1:]) - 1
        data: dict[str, Any] = {"note": note}
        if colour is not None:
            data["userEnteredFormat"] = {"backgroundColor": colour, "textFormat": {"bold": True}}
        request = {
            "start": {"sheetId": 0, "rowIndex": row, "columnIndex": column},
            "rows": [{"values": [data]}],
            "fields": "note,userEnteredFormat",
        }
        self.document.batch_update([{"updateCells": request}], actor="person")

    def cell(self, cell: str) -> dict[str, Any]:
        """All that a cell has."""
        asked = {"ranges": [f"orders!{cell}"], "includeGridData": True}
        block = self.document.read("spreadsheets.get", asked)["sheets"][0]["data"][0]
        rows = block.get("rowData", [{}])
        found: dict[str, Any] = (rows[0].get("values") or [{}])[0]
        return found

    def face(self, cell: str) -> Face:
        return face_of(self.cell(cell))

    def plan(self, key: RowKey, wanted: Mark, *, mending: Mending | None = None) -> SheetCall:
        """A call that brings ``wanted`` to the row's price."""
        faces = self.tab.look_at_faces(self.layout, self.layout.index.by_key).rows
        _, writes = marks.plan({"price": wanted}, faces[key])
        return self.call(RowWrite("update", key, {}, marks=writes), mending=mending)

    def call(self, *writes: RowWrite, mending: Mending | None = None) -> SheetCall:
        mending = mending or Mending()
        self.calls += 1
        return plan_call(
            self.calls,
            f"fence{self.calls - 1}",
            f"fence{self.calls}",
            writes,
            mending.repairs,
            mending.restores,
            (),
            self.layout,
            TABLE,
        )

    def send(self, call: SheetCall) -> CallAnswer:
        return self.tab.send(call, self.layout)[0]


def key(number: int) -> RowKey:
    return RowKey.from_values(("id",), (number,))


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
        with closing(sheets_service(settings)) as service:
            quota = Quota(Pace(PLENTY), Pace(PLENTY), GoogleClock.starting_from(0, 0))
            tab = Tab(SheetsClient(service, "spreadsheet", quota), TABLE)
            desk = Desk(document, tab)
            tab.move_fence([], "fence0", desk.layout)
            yield desk


def test_a_mark_is_set_below_the_person_s_note_and_taken_away_without_a_trace(desk: Desk) -> None:
    desk.decorate("D2", "ask Ann", BLUE)
    before = desk.cell("D2")
    call = desk.plan(key(1), Mark(wanted=SAID))
    answer = desk.send(call)
    assert desk.face("D2").note == f"ask Ann\n\n{MARKER}\n{SAID}"
    assert is_tint(desk.face("D2").background)
    assert desk.cell("D2")["userEnteredFormat"]["textFormat"] == {"bold": True}
    (reached,) = answer.reached
    noted = marks.reached({"price": Mark(SAID)}, reached.placed.write.marks, reached.faces)
    good = Mark(None, SAID, under=noted["price"].under)
    desk.send(desk.plan(key(1), good))
    after = desk.cell("D2")
    assert after["note"] == before["note"]
    assert after["userEnteredFormat"]["backgroundColor"] == BLUE
    assert after["userEnteredValue"] == before["userEnteredValue"]


def test_a_cell_that_had_neither_has_neither_again(desk: Desk) -> None:
    desk.send(desk.plan(key(2), Mark(wanted=SAID)))
    assert desk.face("D3") != Face()
    desk.send(desk.plan(key(2), Mark(None, SAID)))
    assert desk.face("D3") == Face()


def test_a_mark_goes_with_values_and_touches_no_other_cell(desk: Desk) -> None:
    faces = desk.tab.look_at_faces(desk.layout, {key(1): 1}).rows[key(1)]
    _, writes = marks.plan({"price": Mark(wanted=SAID)}, faces)
    desk.send(desk.call(RowWrite("update", key(1), {"name": "Cream"}, marks=writes)))
    assert desk.document.values_get("orders!A2:D2", "UNFORMATTED_VALUE") == [["x", 1, "Cream", 2]]
    assert [cell for cell in ("A2", "B2", "C2", "D3") if desk.face(cell) != Face()] == []


def test_a_look_tells_rows_that_stand_elsewhere(desk: Desk) -> None:
    sight = desk.tab.look_at_faces(desk.layout, {key(1): 2, key(2): 2})
    assert sight.absent == (key(1),)
    assert list(sight.rows) == [key(2)]


def test_a_call_that_was_applied_unheard_is_understood_from_its_copies(desk: Desk) -> None:
    call = desk.plan(key(1), Mark(wanted=SAID))
    desk.decorate("D2", "just now", BLUE)
    desk.send(call)
    stored = decode_call(encode_call(call, "fence0", 0), TABLE).call
    assert stored.writes == call.writes
    answer, _ = desk.tab.recover(stored, desk.layout)
    assert answer.reached[0].faces["price"].note == "just now"
    marked = marks.reached({"price": Mark(SAID)}, call.writes[0].write.marks, {})
    noted = marks.reached(marked, call.writes[0].write.marks, answer.reached[0].faces)
    desk.send(desk.plan(key(1), noted["price"]))
    assert desk.face("D2").note == f"just now\n\n{MARKER}\n{SAID}"


def test_a_row_that_is_no_row_gets_its_note_and_colour_back(desk: Desk) -> None:
    desk.decorate("D4", "sum of all", BLUE)
    before = desk.face("D4"), desk.cell("D4")["userEnteredValue"]
    call = desk.plan(key(2), Mark(wanted=SAID))
    desk.document.batch_update([_swap_last_rows()], actor="person")
    answer = desk.send(call)
    (hit,) = answer.hits
    assert hit.key is None
    mending = mending_of(answer, [hit], TABLE)
    assert Mending.decoded(mending.encoded() or "", TABLE) == mending
    assert desk.face("D3").note == f"{MARKER}\n{SAID}"
    desk.layout.index = KeyIndex.of([key(1), None, key(2)])
    desk.send(desk.call(mending=mending))
    assert (desk.face("D3"), desk.cell("D3")["userEnteredValue"]) == before


def test_a_mark_that_met_a_moved_column_is_taken_back_from_the_cell_it_hit(desk: Desk) -> None:
    desk.decorate("C2", "of the name", BLUE)
    faces = {place: desk.face(place) for place in ("C2", "D2")}
    call = desk.plan(key(1), Mark(wanted=SAID))
    source = {"sheetId": 0, "dimension": "COLUMNS", "startIndex": 3, "endIndex": 4}
    moved = {"moveDimension": {"source": source, "destinationIndex": 2}}  # price before name
    desk.document.batch_update([moved], actor="person")
    answer = desk.send(call)
    assert all(not reached.placed.write.marks for reached in answer.reached)
    assert not answer.hits
    assert desk.face("D2").note.endswith(SAID), "the note has hit the name"
    mending = mending_of(answer, [], TABLE)
    assert Mending.decoded(mending.encoded() or "", TABLE) == mending
    desk.layout = desk.tab.read_layout()
    desk.send(desk.call(mending=mending))
    assert {"C2": desk.face("D2"), "D2": desk.face("C2")} == faces


def test_a_row_that_comes_back_from_its_copy_keeps_note_and_colour(desk: Desk) -> None:
    """What a new row takes over from a marked one above is taken away from new rows alone."""
    desk.decorate("D3", "count again", BLUE)
    before = desk.cell("D3")
    (gone,) = desk.send(desk.call(RowWrite("delete", key(2), {}))).reached
    assert gone.placed.copy_row is not None
    desk.layout = desk.tab.read_layout()
    tinted = marks.inherited({"price": Mark(SAID, SAID)})
    back = RowWrite("insert", key(2), {"name": "Tea", "price": "3.00"}, marks=tinted)
    desk.send(desk.call(back, mending=Mending((), {key(2): gone.placed.copy_row})))
    assert desk.cell("D3") == before


def test_a_call_and_a_repair_that_an_earlier_version_stored_had_no_marks(desk: Desk) -> None:
    call = desk.call(RowWrite("update", key(1), {"name": "Cream"}))
    stored = orjson.loads(encode_call(call, "fence0", 0))
    for write in stored["writes"]:
        del write[-1]
    assert decode_call(orjson.dumps(stored).decode(), TABLE).call.writes == call.writes
    repair = Repair(None, 3, 0, (1,), ("a",), ("b",))
    assert decode_repair(encode_repair(repair)[:-1], TABLE) == repair


def _swap_last_rows() -> dict[str, Any]:
    source = {"sheetId": 0, "dimension": "ROWS", "startIndex": 3, "endIndex": 4}
    return {"moveDimension": {"source": source, "destinationIndex": 2}}


def test_trouble_is_told_at_the_key_s_header_and_taken_away(desk: Desk) -> None:
    desk.decorate("B1", "the number")
    for text in ("a", "b", "b"):
        trouble.say(desk.tab.client, "orders", "id", text)
    assert desk.face("B1").note == f"the number\n\n{MARKER}\nb"
    trouble.say(desk.tab.client, "orders", "id", None)
    assert desk.face("B1").note == "the number"


def test_trouble_with_the_key_s_header_is_told_at_the_first_one(desk: Desk) -> None:
    trouble.say(desk.tab.client, "orders", "id", "why")
    desk.document.values_update("orders!B1", [["number"]], actor="person")
    trouble.say(desk.tab.client, "orders", "id", "why")
    assert desk.face("A1").note == f"{MARKER}\nwhy"
    assert desk.face("B1").note == ""
