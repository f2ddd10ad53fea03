"""Rows posted without a key: what they lack, when they are made, and that they are made once."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import Any

import pytest

from sink.core.cell import CellContent
from sink.core.change_event import DatabaseChange, Image, Op
from sink.core.columns import Column, Table
from sink.core.envelope import Post, PostedCell, PostedRow
from sink.core.mapped_table import MappedTable
from sink.core.mapping import Direction, Mapping
from sink.core.marks import Mark
from sink.core.policies import rules_of
from sink.core.row_key import RowKey
from sink.core.row_state import WHOLE_ROW
from sink.core.tagged_row import TaggedRow
from sink.core.version import ABSENT, Absent
from sink.inbound import Inbox
from sink.keyless_rows import KeylessRow
from sink.pipeline import Outcome, Pipeline
from sink.ports import DeadLetter, Progress
from sink.posted_rows import SheetRow
from tests.doubles.memory_server import MemoryServer
from tests.doubles.memory_store import MemoryStore

NAME = Column("name", "varchar", "varchar(20)", nullable=False, length=20)
PRICE = Column("price", "int", "int", nullable=False, precision=10)
NOTE = Column("note", "varchar", "varchar(20)", length=20)
TAG = "tag1"


def orders(
    *, given: bool = True, cells: tuple[Column, ...] = (NAME, PRICE, NOTE), one_way: bool = False
) -> MappedTable:
    key = Column("id", "int", "int", nullable=False, precision=10, auto_increment=given)
    direction = Direction.TO_SHEET if one_way else Direction.BOTH
    return MappedTable.of(
        Mapping("orders", "shop.orders", "spreadsheet", "orders", ("id",), direction=direction),
        Table("shop.orders", {"id": key, **{cell.name: cell for cell in cells}}, ("id",)),
    )


def key(number: int) -> RowKey:
    return RowKey.from_values(("id",), (number,))


class Desk:
    """One mapping's merge point, to which posts come."""

    def __init__(self, table: MappedTable | None = None) -> None:
        self.mapped = table or orders()
        self.server = MemoryServer(columns=self.mapped.cells)
        numbers = count(7)
        self.server.give = lambda _: key(next(numbers))
        self.letters: list[DeadLetter] = []
        self._ids = count()

    def post(
        self,
        time: int,
        *,
        tag: str = TAG,
        typed: tuple[str, CellContent] | None = None,
        formula: str | None = None,
        key_cell: CellContent = None,
        name: str | None = None,
        **cells: CellContent,
    ) -> KeylessRow:
        """A post of a row without key; ``typed`` is the typed column and what it showed before."""

        def cell(column: str, content: CellContent) -> PostedCell:
            old: CellContent | Absent = ABSENT
            if typed is not None and typed[0] == column:
                old = typed[1]
            return PostedCell(content, old, "=1" if formula == column else None)

        whole = {column: cells.get(column) for column in ("id", "price", "note")}
        contents = {**whole, "name": name, "id": key_cell}
        row = PostedRow(
            9,
            {"id": key_cell},
            None,
            False,
            typed is not None,
            {column: cell(column, content) for column, content in contents.items()},
            tag,
        )
        post = Post(f"post{next(self._ids)}", "edit", time, None, None, (row,))
        return KeylessRow(post, 0, row, tag, time)

    def take(self, *items: KeylessRow | SheetRow | DatabaseChange) -> Outcome:
        """Merge a batch, as a process that knows only what is stored."""
        self.server.now += 1
        ids = [item.post.id for item in items if not isinstance(item, DatabaseChange)]
        pipeline = Pipeline(
            self.mapped,
            rules_of(self.mapped.mapping, required=self.mapped.required),
            MemoryStore(self.server),
            self.letters.extend,
        )
        return pipeline.apply(
            Inbox(rows=list(items), progress=Progress(edit_ids=ids, read_at=self.server.now))
        )

    @property
    def row(self) -> TaggedRow:
        return self.server.data.tagged[TAG]

    @property
    def table(self) -> dict[object, dict[str, object]]:
        return {row_key.values[0]: dict(image) for row_key, image in self.server.data.table.items()}


def test_a_row_is_made_when_its_required_cells_are_there_and_not_before() -> None:
    desk = Desk()
    desk.take(desk.post(1, name="Milk"))
    assert desk.table == {}
    assert desk.row.reason == "this row is not in the database yet: “price” is missing"
    desk.take(desk.post(2, name="Milk", price=3))
    assert desk.table == {7: {"name": "Milk", "price": 3, "note": None}}
    assert desk.row.key == key(7)
    assert desk.row.reason is None


def test_all_that_is_missing_is_told_at_once() -> None:
    desk = Desk(orders(given=False))
    desk.take(desk.post(1, name="Milk", note="two"))
    assert desk.row.lacks == {"id": "is missing", "price": "is missing"}
    assert desk.row.reason == "this row is not in the database yet: “id” and “price” are missing"


def test_a_required_cell_that_does_not_fit_is_lacking_with_its_reason() -> None:
    desk = Desk()
    desk.take(desk.post(1, name="Milk", price="dear"))
    assert desk.table == {}
    assert list(desk.row.lacks) == ["price"]
    assert "number" in str(desk.row.reason)


def test_another_cell_that_does_not_fit_keeps_no_row_back() -> None:
    desk = Desk()
    desk.take(desk.post(1, name="Milk", price=3, note="x" * 21))
    assert desk.table == {7: {"name": "Milk", "price": 3, "note": None}}
    [letter] = desk.letters
    assert letter.reason.startswith("“note” ")


def test_later_posts_under_the_tag_reach_the_same_row() -> None:
    desk = Desk()
    desk.take(desk.post(1, name="Milk", price=3))
    desk.take(desk.post(2, name="Milk", price=3, note="two", typed=("note", None)))
    desk.take(desk.post(3, name="Cream", price=4, note="two"))  # pasted
    assert desk.table == {7: {"name": "Cream", "price": 4, "note": "two"}}


def test_both_posts_of_one_batch_reach_the_same_row() -> None:
    desk = Desk()
    desk.take(
        desk.post(1, name="Milk", price=3),
        desk.post(2, name="Milk", price=3, note="two", typed=("note", None)),
    )
    assert desk.table == {7: {"name": "Milk", "price": 3, "note": "two"}}


def test_a_cell_cleared_before_the_key_came_is_cleared_in_the_row() -> None:
    desk = Desk()
    desk.take(desk.post(1, name="Milk", price=3, note="two"))
    desk.take(desk.post(2, name="Milk", price=3, typed=("note", "two")))
    assert desk.table == {7: {"name": "Milk", "price": 3, "note": None}}


def test_a_repeated_post_makes_no_second_row() -> None:
    desk = Desk()
    post = desk.post(1, name="Milk", price=3)
    desk.take(post)
    desk.take(post)
    assert list(desk.table) == [7]


def test_what_was_rolled_back_is_made_once_when_it_is_read_again() -> None:
    desk = Desk()
    post = desk.post(1, name="Milk", price=3)
    before = desk.server.data.copy()
    desk.take(post)
    desk.server.data = before  # the process died before its commit; the number 7 is used up
    desk.take(post)
    assert list(desk.table) == [8]
    assert desk.row.key == key(8)


def test_rows_of_two_people_get_a_key_each() -> None:
    desk = Desk()
    desk.take(desk.post(1, name="Milk", price=3), desk.post(1, tag="tag2", name="Milk", price=3))
    assert list(desk.table) == [7, 8]


def test_an_older_post_that_comes_late_changes_nothing() -> None:
    desk = Desk()
    desk.take(desk.post(5, name="Milk"))
    desk.take(desk.post(4, name="Milk", price=3))  # the price was cleared since
    assert desk.table == {}


def test_what_the_database_refuses_is_told_and_tried_again_with_the_next_edit() -> None:
    desk = Desk()
    desk.server.refuses = lambda write: "price is too low" if write.cells["price"] == 3 else None
    desk.take(desk.post(1, name="Milk", price=3))
    assert desk.table == {}
    assert desk.row.lacks == {WHOLE_ROW: "price is too low"}
    [letter] = desk.letters
    assert (letter.error, letter.reason) == (
        *("RefusedEdit", "this row is not in the database yet: price is too low"),
    )
    desk.take(desk.post(2, name="Milk", price=4, typed=("price", 3)))
    assert [row["price"] for row in desk.table.values()] == [4]


@pytest.mark.parametrize(
    "written",
    [
        {"name": "Total", "price": 12, "formula": "price"},
        {"note": "prices are net"},
    ],
    ids=["a total", "a comment"],
)
def test_totals_and_comments_below_the_table_are_left_alone(written: dict[str, Any]) -> None:
    desk = Desk()
    desk.take(desk.post(1, **written))
    assert (desk.table, desk.server.data.tagged) == ({}, {})


def test_a_row_that_was_begun_and_given_up_is_forgotten() -> None:
    desk = Desk()
    desk.take(desk.post(1, name="Milk"))
    desk.take(desk.post(2, note="milk is out"))
    assert desk.server.data.tagged == {}


def test_any_cell_begins_a_row_of_a_table_that_needs_none_and_gives_its_keys() -> None:
    desk = Desk(orders(cells=(NOTE,)))
    desk.take(desk.post(1, note="two"))
    assert desk.table == {7: {"note": "two"}}
    other = Desk(orders(cells=(NOTE,), given=False))
    other.take(other.post(1, note="two"))
    assert other.server.data.tagged == {}


def test_a_mapping_that_goes_to_the_sheet_only_makes_no_rows() -> None:
    desk = Desk(orders(one_way=True))
    desk.take(desk.post(1, name="Milk", price=3))
    assert (desk.table, desk.server.data.tagged) == ({}, {})


def typed(desk: Desk, time: int, number: int, **cells: CellContent) -> SheetRow:
    """A cell typed into a row that has its key."""
    contents = {column: PostedCell(value, None, None) for column, value in cells.items()}
    row = PostedRow(9, {"id": number}, None, "id" in cells, True, contents)
    return SheetRow(
        Post(f"keyed{time}", "edit", time, None, None, (row,)), 0, row, key(number), None, time
    )


def test_a_row_with_its_key_is_made_cell_by_cell_in_any_order() -> None:
    desk = Desk(orders(given=False))
    desk.take(desk.post(1, price=3))
    desk.take(typed(desk, 2, 5, id=5, price=3, name=None, note=None))
    state = MemoryStore(desk.server).states([key(5)])[key(5)]
    said = "this row is not in the database yet: “name” is missing"
    assert (desk.table, state.refused) == ({}, {WHOLE_ROW: said})
    desk.take(typed(desk, 3, 5, note="two"))
    desk.take(typed(desk, 4, 5, name="Milk"))
    assert desk.table == {5: {"name": "Milk", "price": 3, "note": "two"}}
    assert MemoryStore(desk.server).states([key(5)])[key(5)].refused == {}


def test_a_row_that_a_program_made_meanwhile_lacks_nothing() -> None:
    desk = Desk(orders(given=False))
    desk.take(typed(desk, 2, 5, id=5, price=3, name=None, note=None))
    image: Image = {"name": "Milk", "price": 4, "note": None}
    change = DatabaseChange("binlog:1", key(5), Op.CREATE, None, image, 3, 3)
    desk.take(change)
    state = MemoryStore(desk.server).states([key(5)])[key(5)]
    assert (state.alive, state.refused) == (True, {})


def said(desk: Desk) -> dict[str, tuple[str | None, str | None]]:
    """What is wanted to be said at the row's cells, and what they show."""
    return {column: (mark.wanted, mark.shown) for column, mark in desk.row.marks.items()}


LACKS = "This row is not in the database yet: “price” is missing."


def test_an_unfinished_row_is_marked_and_the_marks_go_to_the_row_that_is_made_of_it() -> None:
    desk = Desk()
    desk.take(desk.post(1, name="Milk"))
    assert said(desk) == {"id": (LACKS, None)}
    desk.server.data.tagged[TAG] = replace(desk.row, marks={"id": Mark(LACKS, LACKS, under="x")})
    desk.take(desk.post(2, name="Milk", price=3))
    assert (desk.table, desk.row.marks) == ({7: {"name": "Milk", "price": 3, "note": None}}, {})
    state = MemoryStore(desk.server).states([key(7)])[key(7)]
    assert state.marks == {"id": Mark(None, LACKS, under="x")}


def test_a_row_that_is_emptied_is_remembered_until_its_cells_say_nothing() -> None:
    desk = Desk()
    desk.take(desk.post(1, name="Milk"))
    desk.server.data.tagged[TAG] = replace(desk.row, marks={"id": Mark(LACKS, LACKS)})
    desk.take(desk.post(2))
    assert (said(desk), desk.row.lacks, desk.row.finished) == ({"id": (None, LACKS)}, {}, None)
    desk.take(desk.post(3, name="Milk"))
    assert said(desk) == {"id": (LACKS, LACKS)}


def test_a_total_is_never_marked() -> None:
    desk = Desk()
    desk.take(desk.post(1, name="Total", price=9, formula="price"))
    assert desk.server.data.tagged == {}
