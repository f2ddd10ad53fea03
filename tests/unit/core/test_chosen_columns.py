"""Which columns a mapping keeps in step, where a table has some that no cell can hold."""

from __future__ import annotations

import pytest

from sink.core.chosen_columns import told_passed_over
from sink.core.columns import Column
from sink.core.declared import Declared
from sink.core.errors import ConfigurationError
from sink.core.schema_change import between, to_be_done
from tests.unit.core.changing import TEXT, declared, mapped

POINT = Column("", "point", "point", nullable=False)
VECTOR = Column("", "vector", "vector(3)")
PLACES = {"name": TEXT, "place": POINT, "likeness": VECTOR}


def test_every_column_means_every_one_that_a_cell_can_hold() -> None:
    table = mapped(PLACES)
    assert table.columns == ("id", "name")
    assert table.required == frozenset()
    assert told_passed_over(table.passed_over) == (
        "no cell can hold the type of 'place' (point) and 'likeness' (vector(3)): not mapped"
    )


@pytest.mark.parametrize("column", ["place", "likeness"])
def test_a_named_column_that_no_cell_can_hold_is_an_error(column: str) -> None:
    with pytest.raises(ConfigurationError, match=f"column {column} is declared") as refused:
        mapped(PLACES, {"id": "id", column: "Header"})
    assert refused.value.mend == "Leave it out of the mapping's columns"


def test_named_columns_pass_nothing_over() -> None:
    assert mapped(PLACES, {"id": "id", "name": "Name"}).passed_over == {}


def test_what_is_passed_over_is_stored_and_told_anew_when_the_table_changes() -> None:
    old = Declared.decoded(declared({"name": TEXT}).encoded())
    assert old.passed_over == {}
    new = declared(PLACES)
    change = between(old, new, lambda gone, come: False)
    due = to_be_done(old, new, change)
    assert not change.of_rows
    assert due.settled
    assert Declared.decoded(due.encoded()).passed_over == {
        "place": "point",
        "likeness": "vector(3)",
    }
