"""Posted rows as change events: what is merged, what is refused, what must be looked at first."""

from __future__ import annotations

from dataclasses import replace

from sink.core.belief import Belief
from sink.core.cell import CellContent
from sink.core.change_event import CellEdit, SheetDelete, SheetEdit, SheetSight
from sink.core.columns import Column, Table
from sink.core.envelope import Post, PostedCell, PostedRow
from sink.core.mapped_table import MappedTable
from sink.core.mapping import Mapping
from sink.core.row_key import RowKey
from sink.core.row_state import RowState
from sink.core.version import ABSENT, Origin, Version
from sink.posted_rows import Places, SheetRow, typed
from sink.state.records import FirstSync

TABLE = MappedTable.of(
    Mapping("orders", "shop.orders", "spreadsheet", "orders", ("id",)),
    Table(
        "shop.orders",
        {
            "id": Column("id", "int", "int", nullable=False, precision=10),
            "paid": Column("paid", "int", "int", nullable=False, precision=10, has_default=True),
            "total": Column("total", "int", "int", precision=10, generated=True),
        },
        ("id",),
    ),
)


def key(number: int) -> RowKey:
    return RowKey.from_values(("id",), (number,))


def standing(number: int) -> RowState:
    return FirstSync(0, 0).row(key(number), {"paid": 1, "total": 1})


def posted(
    row: int,
    number: int,
    *,
    old: int | None = None,
    key_edited: bool = False,
    **cells: CellContent,
) -> SheetRow:
    contents = {name: PostedCell(value, ABSENT, None) for name, value in cells.items()}
    old_key: dict[str, CellContent] | None = None if old is None else {"id": old}
    body = PostedRow(row, {"id": number}, old_key, key_edited, not key_edited, contents)
    post = Post("post", "edit", 5, None, None, (body,))
    return SheetRow(post, 0, body, key(number), None if old is None else key(old), 9)


def test_a_key_typed_over_is_a_delete_and_a_create() -> None:
    item = posted(3, 7, old=5, key_edited=True, paid=2)
    result = typed(item, RowState(key(7)), TABLE, Places({key(5): 2}))
    delete, create = result.events
    assert isinstance(delete, SheetDelete)
    assert delete.key == key(5)
    assert isinstance(create, SheetEdit)
    assert create.cells["paid"] == CellEdit(2, ABSENT)
    assert not result.doubtful


def test_an_existing_key_typed_into_another_row_is_looked_at_and_changes_nothing() -> None:
    item = posted(3, 7, old=5, key_edited=True, paid=2)
    result = typed(item, standing(7), TABLE, Places({key(5): 2, key(7): 6}))
    assert result.doubtful
    assert result.events == []


def test_nothing_is_merged_for_a_key_that_stands_twice() -> None:
    result = typed(posted(3, 7, paid=2), standing(7), TABLE, Places(twice=frozenset({key(7)})))
    assert result.doubtful
    assert result.events == []


def test_a_believed_row_that_nobody_knows_the_place_of_is_looked_at() -> None:
    result = typed(posted(3, 7, key_edited=True, paid=2), standing(7), TABLE, Places())
    assert result.doubtful
    assert result.events == []


def test_the_post_that_made_a_row_is_merged_though_a_later_one_was_read_before() -> None:
    item = posted(3, 7, key_edited=True, paid=2)
    made = RowState(key(7), life=Version(True, 6, Origin.SHEET))
    made.present = made.present.hear(6, True)
    result = typed(item, made, TABLE, Places({key(7): 9}))
    assert [type(event) for event in result.events] == [SheetEdit]
    assert not result.doubtful
    earlier = replace(made, present=made.present.hear(4, True))
    assert typed(item, earlier, TABLE, Places({key(7): 9})).doubtful
    seen = replace(made, present=Belief(True, 1, 1, ((6, True),)))
    assert typed(item, seen, TABLE, Places({key(7): 9})).doubtful


def test_rows_pasted_over_themselves_are_merged() -> None:
    item = posted(7, 7, key_edited=True, paid=2)
    result = typed(item, standing(7), TABLE, Places({key(7): 6}))
    (edit,) = result.events
    assert isinstance(edit, SheetEdit)
    assert edit.whole
    assert not edit.key_edited
    assert not result.doubtful


def test_an_old_key_that_stood_elsewhere_is_left_to_be_found() -> None:
    item = posted(3, 8, old=5, key_edited=True, paid=2)
    result = typed(item, RowState(key(8)), TABLE, Places({key(5): 4}))
    assert [type(event) for event in result.events] == [SheetEdit]
    assert result.doubtful


def test_a_blank_cell_of_a_new_row_is_no_edit_even_where_the_column_takes_no_null() -> None:
    item = posted(3, 8, key_edited=True, paid=None)
    result = typed(item, RowState(key(8)), TABLE, Places())
    (event,) = result.events
    assert isinstance(event, SheetEdit)
    assert event.refused == {}
    assert event.cells["paid"] == CellEdit(None, ABSENT)


def test_a_cleared_cell_of_a_column_that_takes_no_null_is_refused() -> None:
    result = typed(posted(7, 7, paid=None), standing(7), TABLE, Places({key(7): 6}))
    (event,) = result.events
    assert isinstance(event, SheetEdit)
    assert event.refused == {"paid": "cannot be empty"}


def test_a_blank_cell_of_a_row_pasted_over_itself_is_seen_where_the_column_takes_no_null() -> None:
    item = posted(7, 7, key_edited=True, paid=None, total=None)
    result = typed(item, standing(7), TABLE, Places({key(7): 6}))
    sight = result.events[-1]
    assert isinstance(sight, SheetSight)
    assert (sight.present, sight.cells) == (True, {"paid": None, "total": None})
    assert not any(isinstance(event, SheetEdit) and event.refused for event in result.events[:-1])


def test_a_computed_column_cannot_be_typed() -> None:
    result = typed(posted(7, 7, total=3), standing(7), TABLE, Places({key(7): 6}))
    (event,) = result.events
    assert isinstance(event, SheetEdit)
    assert list(event.refused) == ["total"]
    assert event.cells == {}


def test_a_new_row_that_has_moved_before_its_post_is_read_is_merged() -> None:
    result = typed(
        posted(3, 7, key_edited=True, paid=2), RowState(key(7)), TABLE, Places({key(7): 9})
    )
    assert not result.doubtful
    assert [event.key for event in result.events] == [key(7)]


def test_a_new_row_is_made_though_a_later_post_of_a_cell_that_was_refused_was_read_before() -> None:
    """That told where the row stands; the key was not pasted over itself for all that."""
    state = RowState(key(7), present=Belief(False, 0, 0, ((6, True),)), refused={"paid": "no"})
    result = typed(posted(3, 7, key_edited=True, paid=2), state, TABLE, Places({key(7): 2}))
    (edit,) = result.events
    assert isinstance(edit, SheetEdit)
    assert edit.key_edited
    assert not edit.whole


def test_a_column_that_is_not_mapped_cannot_be_edited_whatever_a_post_says() -> None:
    """The script's secret can be read by whoever edits the sheet: it permits no more than that."""
    columns = {"id": "id", "total": "total"}
    narrow = MappedTable.of(
        Mapping("orders", "shop.orders", "spreadsheet", "orders", ("id",), columns=columns),
        Table(
            "shop.orders",
            {
                "id": Column("id", "int", "int", nullable=False, precision=10),
                "paid": Column("paid", "int", "int", precision=10),
                "total": Column("total", "int", "int", precision=10),
            },
            ("id",),
        ),
    )
    both = typed(posted(3, 5, paid=0, total=2), standing(5), narrow, Places({key(5): 2}))
    (edit,) = both.events
    assert isinstance(edit, SheetEdit)
    assert edit.cells.keys() == {"total"}
    assert not edit.refused
    alone = typed(posted(3, 5, paid=0), standing(5), narrow, Places({key(5): 2}))
    assert alone.events == []
