"""Where posts say that rows stand is learnt, unless the rows have gone since."""

from __future__ import annotations

from sink.core.belief import Belief
from sink.core.envelope import Post, PostedRow
from sink.core.row_key import RowKey
from sink.core.row_state import RowState
from sink.learnt_rows import learn_rows
from sink.posted_rows import SheetRow
from sink.writers.sheets.layout import KeyIndex, TabLayout

KEY = RowKey.from_values(("id",), (1,))


def posted(row: int) -> SheetRow:
    """A cell of the row with the key was edited in ``row`` (from 1)."""
    body = PostedRow(row, {"id": 1}, None, key_edited=False, typed=True, cells={})
    return SheetRow(Post("p", "edit", 4, None, None, (body,)), 0, body, KEY, None, 9)


def layout() -> TabLayout:
    return TabLayout("rows", 1, 2, 9, 2, 9, {"id": 0, "a": 1}, KeyIndex.of([]))


def test_a_row_is_where_its_post_says() -> None:
    here = layout()
    state = RowState(KEY, present=Belief(True, 1, 2))
    assert not learn_rows([posted(3)], {KEY: state}, here).outdated
    assert here.index.by_key == {KEY: 2}


def test_a_row_that_a_call_has_deleted_since_it_was_posted_is_nowhere() -> None:
    """Else its copy, from which it may have to come back, would be thought needed no more."""
    here = layout()
    state = RowState(KEY, present=Belief(False, 5, 6))
    assert not learn_rows([posted(3)], {KEY: state}, here).outdated
    assert here.index.by_key == {}


def test_where_a_row_is_that_a_call_may_have_deleted_since_is_looked_for() -> None:
    """The trigger ran while the call was under way."""
    here = layout()
    state = RowState(KEY, present=Belief(False, 3, 6, ((4, True),)))
    assert learn_rows([posted(3)], {KEY: state}, here).outdated
    assert here.index.by_key == {}
