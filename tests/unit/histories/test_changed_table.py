"""The table changes, or its headers in the sheet: histories played with the whole sink."""

from __future__ import annotations

from typing import Any

import pytest

from sink.core.marks import is_tint
from tests.doubles.memory_store import MemoryStore
from tests.simulation.acts import row_key
from tests.simulation.agenda import SECOND
from tests.simulation.refusals import faces
from tests.simulation.setting import TAB
from tests.unit.histories.whole import Bridge

HEADER = ["id", "a", "note", "b", "u"]


class Altered(Bridge):
    """A bridge whose table is altered; a note stands in the person's own column of row 1."""

    def __init__(self) -> None:
        super().__init__()
        self.edit(note="mine")

    @property
    def reason(self) -> str:
        return str(self.world.server.data.notes.get("reason") or "")

    def cells(self, title: str) -> list[Any]:
        """What stands below a header, from the top."""
        at = self.header().index(title)
        rows = self.world.document.values_get(f"{TAB}!A2:Z", "UNFORMATTED_VALUE")
        return [row[at] if at < len(row) else "" for row in rows]

    def header(self) -> list[Any]:
        return self.world.document.values_get(f"{TAB}!A1:Z1", "UNFORMATTED_VALUE")[0]

    def gesture(self, name: str, **body: object) -> None:
        """A person's gesture of which the script hears."""
        done = self.world.sheet.gesture(name, **body)
        self.world.script.fire(done, lambda _time, _edits: None)

    def title(self, text: str, place: str) -> None:
        """Type a header."""
        self.gesture("edit", range=f"{place}1", values=[[text]])
        self.pass_time(10 * SECOND)

    def table(self, column: str) -> list[Any]:
        """What the table holds in a column."""
        return [image[column] for image in self.world.server.data.table.values()]


@pytest.fixture
def bridge() -> Altered:
    return Altered()


def test_a_new_column_is_written_behind_all_others_and_follows(bridge: Altered) -> None:
    bridge.title("mine too", "F")
    name = bridge.world.administrator.add("d")
    bridge.rest()
    assert bridge.header() == [*HEADER, "mine too", name]
    assert bridge.cells(name) == ["d"] * 4
    assert bridge.cells("note") == ["mine", "", "", ""]
    bridge.database(2, **{name: "x"})
    bridge.gesture("edit", range="G4", values=[["y"]])
    bridge.rest()
    assert bridge.cells(name) == bridge.table(name) == ["d", "x", "y", "d"]


def test_an_event_from_before_the_change_is_read_after_it(bridge: Altered) -> None:
    bridge.database(1, a="early")
    name = bridge.world.administrator.add("d")
    bridge.database(1, **{name: "late"})
    bridge.rest()
    assert bridge.cells(name) == bridge.table(name) == ["late", "d", "d", "d"]
    assert bridge.cells("a")[0] == "early"


def test_a_renamed_column_keeps_its_place(bridge: Altered) -> None:
    name = bridge.world.administrator.add("d")
    bridge.rest()
    bridge.database(1, **{name: "own"})
    bridge.rest()
    bridge.gesture("edit", range="H1:H2", values=[["mine too"], ["x"]])
    new = bridge.world.administrator.rename(name)
    bridge.rest()
    assert bridge.header()[:6] == [*HEADER, new]
    assert name not in bridge.header()
    assert bridge.cells(new) == ["own", "d", "d", "d"]
    assert bridge.cells("mine too")[0] == "x"


def test_a_dropped_column_stays_with_the_person(bridge: Altered) -> None:
    name = bridge.world.administrator.add("d")
    bridge.rest()
    bridge.world.administrator.drop(name)
    bridge.rest()
    bridge.gesture("edit", range="F2", values=[["free"]])
    bridge.database(3, a="on")
    bridge.rest()
    assert bridge.cells(name) == ["free", "d", "d", "d"]
    assert bridge.cells("a")[2] == "on"
    assert bridge.reason == ""
    # one that takes its place is another column, though it may look alike
    other = bridge.world.administrator.add("e")
    bridge.rest()
    assert bridge.cells(name) == ["free", "d", "d", "d"]
    assert bridge.cells(other) == ["e"] * 4


@pytest.mark.parametrize("fate", ["lost", "unheard", "late", "quota"])
def test_a_header_is_written_once_whatever_becomes_of_the_call(bridge: Altered, fate: str) -> None:
    name = bridge.world.administrator.add("d")
    sink = bridge.sink
    bridge.until(lambda: bridge.sink is not sink, "the next worker")
    bridge.sink.fates.append(fate)
    bridge.rest()
    assert bridge.header() == [*HEADER, name]
    assert bridge.cells(name) == ["d"] * 4


def test_a_column_of_the_person_stands_in_the_way_until_it_is_renamed(bridge: Altered) -> None:
    bridge.gesture("edit", range="F1:F2", values=[["x0"], ["mine too"]])
    assert bridge.world.administrator.add("d") == "x0"
    bridge.pass_time(10 * SECOND)
    assert "a column of yours with that header" in bridge.reason
    bridge.title("mine too", "F")
    bridge.rest()
    assert bridge.header() == [*HEADER, "mine too", "x0"]
    assert bridge.cells("mine too") == ["mine too", "", "", ""]
    assert bridge.cells("x0") == ["d"] * 4
    assert bridge.reason == ""


def test_an_empty_column_with_the_header_is_taken(bridge: Altered) -> None:
    bridge.title("x0", "F")
    bridge.world.administrator.add("d")
    bridge.rest()
    assert bridge.header() == [*HEADER, "x0"]
    assert bridge.cells("x0") == ["d"] * 4


def test_a_renamed_header_stops_the_mapping_until_it_is_there_again(bridge: Altered) -> None:
    bridge.title("other", "B")
    assert "no column with the header 'a'" in bridge.reason
    bridge.database(1, b="meanwhile")
    bridge.edit(2, u="typed", heard=True)
    bridge.pass_time(5 * SECOND)
    assert bridge.cells("b")[0] == "A1"
    bridge.title("a", "B")
    bridge.rest()
    assert bridge.reason == ""
    assert bridge.cells("b")[0] == "meanwhile"
    assert bridge.table("u")[1] == "typed"
    assert bridge.table("a") == ["A1", "A2", "A3", "A4"]


def test_a_moved_column_is_followed(bridge: Altered) -> None:
    bridge.gesture("move_columns", start=2, count=1, to=6)
    bridge.pass_time(5 * SECOND)
    bridge.database(1, a="new")
    bridge.rest()
    assert bridge.header() == ["id", "note", "b", "u", "a"]
    assert bridge.cells("a") == ["new", "A2", "A3", "A4"]


@pytest.mark.parametrize(
    ("start", "to"), [(2, 6), (3, 2), (4, 2), (5, 3)], ids=["a", "note", "b", "u"]
)
def test_a_write_to_a_column_that_has_just_moved_is_put_back_and_made_again(
    bridge: Altered, start: int, to: int
) -> None:
    bridge.gesture("edit", range="C3:D3", values=[["=1+1", "typed"]])
    bridge.pass_time(5 * SECOND)
    bridge.gesture("move_columns", start=start, count=1, to=to)
    bridge.database(1, a="new", b="new too")
    bridge.database(2, a="newer")
    bridge.rest()
    assert bridge.cells("a") == bridge.table("a") == ["new", "newer", "A3", "A4"]
    assert bridge.cells("b") == bridge.table("b") == ["new too", "typed", "A3", "A4"]
    assert bridge.cells("u") == bridge.table("u") == ["A1", "A2", "A3", "A4"]
    assert bridge.cells("note") == ["mine", 2, "", ""]
    assert bridge.cells("id") == [1, 2, 3, 4]


def test_a_write_over_keys_that_have_just_moved_is_put_back(bridge: Altered) -> None:
    bridge.gesture("move_columns", start=4, count=1, to=1)
    bridge.pass_time(5 * SECOND)
    # b, id, a, note, u: what is meant for a goes over the keys once note stands first
    bridge.gesture("move_columns", start=4, count=1, to=1)
    bridge.database(1, a="new")
    bridge.database(2, a="1", b="4")
    bridge.rest()
    assert bridge.header() == ["note", "b", "id", "a", "u"]
    assert bridge.cells("id") == [1, 2, 3, 4]
    assert bridge.cells("a") == bridge.table("a") == ["new", "1", "A3", "A4"]
    assert bridge.cells("b") == bridge.table("b") == ["A1", "4", "A3", "A4"]
    assert bridge.cells("note") == ["mine", "", "", ""]


def test_a_new_row_under_columns_that_have_just_moved_shows_what_it_should(
    bridge: Altered,
) -> None:
    bridge.gesture("move_columns", start=2, count=1, to=5)
    bridge.database(5, a="n", b="m")
    bridge.rest()
    assert bridge.header() == ["id", "note", "b", "a", "u"]
    assert bridge.cells("a")[4] == "n"
    assert bridge.cells("b")[4] == "m"
    assert bridge.table("a") == ["A1", "A2", "A3", "A4", "n"]


def test_a_column_taken_away_is_filled_again_and_clears_nothing(bridge: Altered) -> None:
    bridge.gesture("delete_columns", start=4, count=1)
    bridge.pass_time(10 * SECOND)
    assert "no column with the header 'b'" in bridge.reason
    bridge.title("b", "E")
    bridge.rest()
    assert bridge.reason == ""
    assert bridge.cells("b") == bridge.table("b") == ["A1", "A2", "A3", "A4"]


def test_cells_cleared_under_a_header_that_stayed_are_edits(bridge: Altered) -> None:
    bridge.gesture("edit", range="D2:D3", values=[[""]] * 2)
    bridge.rest()
    assert bridge.table("b") == [None, None, "A3", "A4"]


def test_keys_taken_away_delete_no_row(bridge: Altered) -> None:
    bridge.gesture("delete_columns", start=1, count=1)
    bridge.pass_time(10 * SECOND)
    assert "no column with the header 'id'" in bridge.reason
    bridge.title("id", "E")
    bridge.pass_time(10 * SECOND)
    assert "the key column is empty" in bridge.reason
    assert len(bridge.table("a")) == 4
    bridge.gesture("edit", range="E2:E5", values=[[1], [2], [3], [4]])
    bridge.rest()
    assert bridge.reason == ""
    assert bridge.table("a") == ["A1", "A2", "A3", "A4"]


def test_a_mark_goes_with_its_column_into_its_new_name_and_away_when_mended(
    bridge: Altered,
) -> None:
    name = bridge.world.administrator.add("d")
    bridge.rest()
    colour = {"userEnteredFormat": {"backgroundColor": {"blue": 1}}}
    start = {"sheetId": 1, "rowIndex": 1, "columnIndex": 5}
    painted = {"start": start, "rows": [{"values": [colour]}], "fields": "userEnteredFormat"}
    bridge.world.document.batch_update([{"updateCells": painted}])
    before = faces(bridge.world.sheet, "F2")[0][0]
    bridge.gesture("edit", range="F2", values=[["bad!"]])
    bridge.rest()
    assert is_tint(faces(bridge.world.sheet, "F2")[0][0].background)
    new = bridge.world.administrator.rename(name)
    bridge.rest()
    state = MemoryStore(bridge.world.server).states([row_key(1)])[row_key(1)]
    assert not state.owes_marks
    assert f"“{new}”" in faces(bridge.world.sheet, "F2")[0][0].note
    bridge.database(1, **{new: "good"})
    bridge.rest()
    assert faces(bridge.world.sheet, "F2")[0][0] == before
