"""Numbers of things in sentences."""

from __future__ import annotations

import pytest

from sink.core.counted import counted
from sink.core.guards import Excess, What
from sink.core.version import Origin


@pytest.mark.parametrize(
    ("count", "things", "said"),
    [
        (0, "rows", "0 rows"),
        (1, "rows", "1 row"),
        (2_000, "rows", "2,000 rows"),
        (1, "rows not at rest", "1 row not at rest"),
        (2, "conflicts logged", "2 conflicts logged"),
    ],
)
def test_one_is_no_plural(count: int, things: str, said: str) -> None:
    assert counted(count, things) == said


@pytest.mark.parametrize(
    ("what", "one", "two"),
    [
        (What.DELETES, "1 row was deleted in the sheet", "2 rows were deleted in the sheet"),
        (What.CLEARS, "1 row had cells emptied in", "2 rows had cells emptied in"),
        (What.REWRITES, "1 cell was rewritten in", "2 cells were rewritten in"),
    ],
)
def test_what_a_guard_found_is_counted_so(what: What, one: str, two: str) -> None:
    assert str(Excess(what, Origin.SHEET, 1, 0)).startswith(one)
    assert str(Excess(what, Origin.SHEET, 2, 1)).startswith(two)
    assert "up to 1 goes without asking" in str(Excess(what, Origin.SHEET, 2, 1))
