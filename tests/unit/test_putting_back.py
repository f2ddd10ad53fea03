"""A write that hit a row without a key is taken back there, wherever the row stands now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from random import Random

import pytest

from deploy.sheets_emulator.document import Document
from sink.core.mapping import Policy, Rule
from sink.core.row_key import RowKey
from sink.writers.sheets.answer import CallAnswer
from sink.writers.sheets.call import RowWrite, plan_call
from sink.writers.sheets.mending import Mending, mending_of
from sink.writers.sheets.repairs import Repair, located
from sink.writers.sheets.row_tags import TagPlace
from sink.writers.sheets.tab import Tab
from tests.simulation.acts import row_key
from tests.simulation.agenda import Agenda
from tests.simulation.google import SimulatedClient
from tests.simulation.setting import START, TAB, Setting, mapped_table
from tests.simulation.sheet import new_document

LAST_WRITE_WINS = Rule(Policy.LAST_WRITE_WINS)


class Desk:
    """A tab with rows 1, 2 and 3, and what calls to it have left to be put back."""

    def __init__(self) -> None:
        self.document: Document = new_document(
            {number: dict.fromkeys("abu", f"A{number}") for number in (1, 2, 3)}
        )
        self.table = mapped_table(LAST_WRITE_WINS)
        client = SimulatedClient(
            self.document,
            Setting.quiet(LAST_WRITE_WINS),
            Agenda(START),
            Random(0),
            lambda: True,
            lambda _: None,
        )
        self.tab = Tab(client, self.table)
        self.layout = self.tab.read_layout()
        self.tab.move_fence([], "fence0", self.layout)
        self.mending = Mending()
        self.calls = 0

    def look(self) -> None:
        """Read the layout as it is now."""
        self.layout = self.tab.read_layout()

    def find(self) -> None:
        """Look where the rows stand that are to be put back."""
        reading = self.tab.read()
        self.layout = reading.layout
        self.mending = Mending(located(self.mending.repairs, reading), self.mending.restores)

    def write(self, *writes: RowWrite) -> CallAnswer:
        """One call by the layout as it was last read."""
        self.calls += 1
        call = plan_call(
            self.calls,
            f"fence{self.calls - 1}",
            f"fence{self.calls}",
            writes,
            self.mending.repairs,
            self.mending.restores,
            (),
            self.layout,
            self.table,
        )
        answer, _ = self.tab.send(call, self.layout)
        nameless = [
            replace(hit, key=None)
            for hit in answer.hits
            if hit.key is None or hit.placed.write.op == "key"
        ]
        over = [mishit.repair for mishit in answer.mishits]
        mending = mending_of(answer, nameless, self.table, over)
        self.mending = mending.after(self.mending, self.mending.unmade(call).waiting, ())
        return answer

    def insert_blank(self, row: int) -> None:
        self._rows("insertDimension", {"range": self._range(row)})

    def delete(self, row: int) -> None:
        self._rows("deleteDimension", {"range": self._range(row)})

    def move(self, row: int, to: int) -> None:
        self._rows("moveDimension", {"source": self._range(row), "destinationIndex": to - 1})

    def type(self, place: str, value: str) -> None:
        self.document.values_update(f"{TAB}!{place}", [[value]], "USER_ENTERED")

    def cells(self) -> list[list[object]]:
        rows: list[list[object]] = self.document.values_get(f"{TAB}!A2:E", "UNFORMATTED_VALUE")
        return rows

    @staticmethod
    def _range(row: int) -> dict[str, object]:
        return {"sheetId": 1, "dimension": "ROWS", "startIndex": row - 1, "endIndex": row}

    def _rows(self, request: str, body: dict[str, object]) -> None:
        self.document.batch_update([{request: body}])


@pytest.fixture
def desk() -> Desk:
    """A blank row has come to stand where the layout has row 3, and a write has hit it."""
    made = Desk()
    made.insert_blank(4)
    answer = made.write(RowWrite("update", row_key(3), {"a": "new", "b": "new"}))
    assert [hit.key for hit in answer.hits] == [None]
    return made


ROWS = [[1, "A1", "", "A1", "A1"], [2, "A2", "", "A2", "A2"], [3, "A3", "", "A3", "A3"]]


def test_a_row_that_stays_where_it_was_hit_is_blank_again(desk: Desk) -> None:
    desk.find()
    assert desk.write().repairs == []
    assert desk.cells() == [*ROWS[:2], [], ROWS[2]]
    assert desk.mending.empty


def test_a_row_that_has_moved_since_is_put_back_where_it_stands(desk: Desk) -> None:
    desk.type("C4", "my own")
    desk.move(4, to=2)
    desk.find()
    assert desk.write().repairs == []
    assert desk.cells() == [["", "", "my own"], *ROWS]
    assert desk.mending.empty


def test_a_row_that_moves_between_the_look_and_the_call_is_looked_for_again(desk: Desk) -> None:
    desk.find()
    desk.move(4, to=2)
    desk.write()
    assert desk.cells() == [["", "new", "", "new"], ROWS[0], [2, "", "", "", "A2"], ROWS[2]]
    desk.find()
    desk.write()
    assert desk.cells() == [[], *ROWS]
    assert desk.mending.empty


def test_a_row_that_is_hit_twice_is_put_back_step_by_step(desk: Desk) -> None:
    desk.find()
    desk.delete(2)  # now row 2 of the table stands where 1 was, and the blank one above it
    desk.write(RowWrite("update", row_key(3), {"a": "newer"}))
    for _ in range(3):
        desk.find()
        desk.write()
    assert desk.cells() == [ROWS[1], [], ROWS[2]]
    assert desk.mending.empty


def test_a_row_that_is_gone_needs_nothing(desk: Desk) -> None:
    desk.delete(4)
    desk.find()
    assert desk.mending.repairs == ()
    assert desk.cells() == ROWS


def test_what_a_person_types_there_stays(desk: Desk) -> None:
    desk.find()
    desk.type("B4", "mine")
    assert len(desk.write().repairs) == 2
    desk.find()
    desk.write()
    assert desk.cells() == [*ROWS[:2], ["", "mine"], ROWS[2]]
    assert desk.mending.empty


def test_a_row_that_was_given_anothers_key_is_known_by_that_key() -> None:
    desk = Desk()
    desk.type("B5", "first")
    desk.type("B6", "second")
    place = TagPlace("tag", 4, {"id": None, "a": "first", "b": None, "u": None}, attached=False)
    desk.delete(2)
    answer = desk.write(RowWrite("key", row_key(101), {"b": "default"}, place))
    assert [hit.before["a"] for hit in answer.hits] == ["second"]
    desk.move(5, to=2)
    desk.find()
    assert desk.write().repairs == []
    assert desk.cells() == [["", "second"], *ROWS[1:], ["", "first"]]
    assert desk.mending.empty


def test_rows_that_change_places_before_they_are_put_back_are_both_blank_again(desk: Desk) -> None:
    """Each of two repairs hits the row of the other one, and neither puts our content back."""
    desk.find()
    desk.insert_blank(4)
    desk.write(RowWrite("update", row_key(3), {"a": "other", "b": "other"}))
    for _ in range(2):
        desk.find()
        desk.move(5, to=4)  # the two blank rows
        desk.write()
    for _ in range(3):
        desk.find()
        desk.write()
    assert desk.cells() == [*ROWS[:2], [], [], ROWS[2]]
    assert desk.mending.empty


def test_what_a_repair_took_back_from_another_row_is_not_put_into_a_third_one(desk: Desk) -> None:
    """Both blank rows move down by one: the repair of the second reaches the first.

    It took away what the other repair was to take away: nothing of that is left to be done. But
    both were kept, and when a person's row came to stand there the one put it into that row, and
    the other saw its work done.
    """
    desk.insert_blank(4)
    desk.write(RowWrite("update", row_key(3), {"a": "other", "b": "other"}))
    desk.find()
    desk.insert_blank(4)
    desk.write()
    desk.find()
    desk.type("B8", "mine")
    desk.move(8, to=5)
    desk.write()
    for _ in range(3):
        desk.find()
        desk.write()
    assert desk.cells() == [*ROWS[:2], [], ["", "mine"], [], [], ROWS[2]]
    assert desk.mending.empty


def test_a_repair_waits_for_its_row_that_comes_back_as_a_whole() -> None:
    desk = Desk()
    own = Repair(row_key(9), 3, 4, (1,), ("ours",), ("own",))
    whole = Repair(None, 5, 6, ())
    assert unmade(desk, own, whole) == ([own], [])
    assert unmade(desk, own) == ([], [own])
    assert unmade(desk, own, restores={row_key(9): 7}) == ([own], [])


def test_a_repair_of_a_row_that_is_there_is_made() -> None:
    desk = Desk()
    assert unmade(desk, Repair(row_key(3), 3, 4, (1,), ("ours",), ("own",))) == ([], [])


def unmade(
    desk: Desk, *repairs: Repair, restores: Mapping[RowKey, int] | None = None
) -> tuple[list[Repair], list[Repair]]:
    """The repairs that a call with rows 1 to 3 in its layout leaves waiting, and gives up."""
    mending = Mending(repairs, dict(restores or {}))
    call = plan_call(
        *(1, "fence0", "fence1", (), mending.repairs, mending.restores, ()),
        *(desk.layout, desk.table),
    )
    left = mending.unmade(call)
    return left.waiting, left.given_up


def test_a_repair_that_hits_the_row_for_which_the_content_was_meant_takes_nothing_from_it(
    desk: Desk,
) -> None:
    """That row shows just what the mistaken write had left in the blank one."""
    desk.type("B5", "new")
    desk.type("D5", "new")
    desk.find()
    desk.move(5, to=4)  # row 3 stands where the blank one was hit
    answer = desk.write()
    assert [mishit.key for mishit in answer.mishits] == [row_key(3)]
    for _ in range(3):
        desk.find()
        desk.write()
    assert desk.cells() == [*ROWS[:2], [3, "new", "", "new", "A3"]]
    assert desk.mending.empty


def test_a_repair_that_hits_another_row_leaves_that_row_its_note(desk: Desk) -> None:
    note = {
        "start": {"sheetId": 1, "rowIndex": 2, "columnIndex": 1},
        "rows": [{"values": [{"note": "mine"}]}],
        "fields": "note",
    }
    desk.document.batch_update([{"updateCells": note}])
    desk.find()
    desk.move(4, to=2)  # row 2 of the table, with its note, stands where the blank one was hit
    desk.write()
    for _ in range(3):
        desk.find()
        desk.write()
    assert desk.cells() == [[], *ROWS]
    assert desk.mending.empty
    fields = "sheets.data.rowData.values.note"
    [tab] = desk.document.get([f"{TAB}!B4"], fields)["sheets"]
    assert tab["data"][0]["rowData"] == [{"values": [{"note": "mine"}]}]


def test_a_repair_waits_for_its_row_that_was_deleted_by_mistake(desk: Desk) -> None:
    desk.type("C4", "remark")
    desk.find()
    desk.move(4, to=3)
    desk.write(RowWrite("delete", row_key(2), {}))
    assert desk.cells() == [ROWS[0], [2, "", "", "", "A2"], ROWS[2]]
    desk.find()
    desk.write()
    assert desk.cells() == [ROWS[0], ["", "new", "remark", "new"], *ROWS[1:]]
    desk.look()
    desk.find()
    desk.write()
    assert ["", "", "remark"] in desk.cells()
    assert desk.mending.empty


@pytest.mark.parametrize(("then", "shown"), [(None, "next"), ("mine", "mine"), ("", "")])
def test_a_formula_typed_where_another_is_put_back_is_put_back_in_its_turn(
    then: str | None, shown: str
) -> None:
    """``then`` is typed over the older formula, once that is back."""
    desk = Desk()
    desk.type("B2", '="first"')
    desk.write(RowWrite("update", row_key(1), {"a": None}))
    desk.type("B2", '="next"')
    desk.write()
    assert desk.cells()[0][1] == "first"
    desk.mending = decoded(desk.mending, desk)
    if then is not None:
        desk.type("B2", then)
    desk.write()
    desk.write()
    assert desk.cells()[0][1] == shown
    assert desk.mending.empty


def decoded(mending: Mending, desk: Desk) -> Mending:
    """What a restart finds stored."""
    stored = mending.encoded()
    assert stored is not None
    return Mending.decoded(stored, desk.table)
