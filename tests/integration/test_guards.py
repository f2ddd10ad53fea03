"""What the guards hold on the real stack, and the command line that decides over it."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from deploy.local.plan import ALL
from tests.integration.bridge import eventually
from tests.integration.guarded import FREE, ROWS, Guarded, guarded_mapping
from tests.stack import BORROWED, StackOfTheRun

pytestmark = pytest.mark.stack


@pytest.fixture(scope="module")
def mapping(
    stack_of_the_run: StackOfTheRun, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Guarded]:
    if os.environ.get(BORROWED):
        pytest.skip("a borrowed stack gets no mapping of ours")
    stack = stack_of_the_run.with_parts(ALL)
    with guarded_mapping(stack, tmp_path_factory.mktemp("guarded")) as found:
        yield found


@pytest.fixture
def guarded(mapping: Guarded) -> Guarded:
    mapping.fill()
    return mapping


@pytest.mark.parametrize("decision", ["release", "refuse"])
def test_a_mass_delete_in_the_sheet_is_held(guarded: Guarded, decision: str) -> None:
    guarded.delete_rows(2, 30)
    guarded.holds(("deletes", "sheet", 30))
    shown, table = guarded.keys()
    assert (len(shown), table) == (10, set(ROWS)), "the table keeps them"
    assert "30 deletes of the sheet are held" in guarded.status()
    guarded.tells("30 rows were deleted here and kept in the database")
    guarded.sql(f"UPDATE {guarded.mapping.table} SET note = 'kept' WHERE id = 40")
    guarded.sheet_shows({"note": "kept"}, 40)

    assert f"30 held deletes {decision}d" in guarded.does("deletes", decision, guarded.mapping.name)
    guarded.tells("")
    guarded.both_have(*(shown if decision == "release" else ROWS))
    assert guarded.held() == []


def test_one_row_can_be_decided_for_itself(guarded: Guarded) -> None:
    guarded.delete_rows(guarded.place(1), 1)
    guarded.delete_rows(2, 29)
    eventually(guarded.held, lambda held: bool(held) and held[0][2] >= 29, "what is held")
    guarded.does("deletes", "refuse", guarded.mapping.name, "--row", "30")
    guarded.sheet_shows({"note": "text 30"}, 30)
    guarded.does("deletes", "refuse", guarded.mapping.name)
    guarded.both_have(*ROWS)


def _kept_in_sheet(guarded: Guarded) -> set[int]:
    """The rows that the sheet keeps after all were deleted in the table.

    A statement's first rows may come in a batch of their own, and a few go without asking.
    """
    _, (shown, _) = eventually(
        lambda: (guarded.held(), guarded.keys()),
        lambda seen: seen[0] == [("deletes", "database", len(seen[1][0]))] and not seen[1][1],
        "what is held, and the rows of both sides",
    )
    assert len(shown) >= len(ROWS) - FREE
    return shown


@pytest.mark.parametrize("statement", ["DELETE FROM", "TRUNCATE TABLE"])
@pytest.mark.parametrize("decision", ["release", "refuse"])
def test_a_mass_delete_in_the_database_is_held(
    guarded: Guarded, statement: str, decision: str
) -> None:
    guarded.sql(f"{statement} {guarded.mapping.table}")
    shown = _kept_in_sheet(guarded)
    assert shown == set(ROWS) or not statement.startswith("TRUNCATE")
    guarded.does("deletes", decision, guarded.mapping.name)
    guarded.both_have(*(() if decision == "release" else shown))


@pytest.mark.parametrize("decision", ["release", "refuse"])
@pytest.mark.parametrize("side", ["sheet", "database"])
def test_emptied_cells_stop_the_mapping_before_their_batch(
    guarded: Guarded, decision: str, side: str
) -> None:
    if side == "sheet":
        guarded.edit("B2:B41", [[""]] * 40)
    else:
        guarded.sql(f"UPDATE {guarded.mapping.table} SET note = NULL")
    eventually(guarded.held, lambda held: [each[:2] for each in held] == [("clears", side)], "it")
    assert "rows had cells emptied" in (guarded.reason() or "")
    assert "sheetbridge deletes list" in guarded.status()
    guarded.tells("sheetbridge deletes list")
    refused = guarded.sheetbridge("reconcile", guarded.mapping.name)
    assert refused.status == 1
    assert "Nothing is compared" in refused.stdout

    guarded.does("deletes", decision, guarded.mapping.name)
    if decision == "release":
        guarded.texts_become({None})
    else:
        eventually(guarded.emptied, lambda rows: rows[0] == rows[1] <= FREE, "the emptied rows")
    assert guarded.reason() is None
    assert guarded.held() == [], "one answer is enough"


def test_a_paused_mapping_keeps_what_comes_and_merges_it_when_it_goes_on(guarded: Guarded) -> None:
    assert "Paused" in guarded.does("pause", guarded.mapping.name)
    assert "paused" in guarded.status()
    guarded.tells("paused")
    guarded.sql(f"UPDATE {guarded.mapping.table} SET note = 'while paused' WHERE id = 1")
    guarded.edit(f"B{guarded.place(2)}", [["typed while paused"]])
    assert "Resumed" in guarded.does("resume", guarded.mapping.name)
    guarded.sheet_shows({"note": "while paused"}, 1)
    guarded.row_becomes({"note": "typed while paused"}, id=2)


def test_reconcile_tells_when_it_is_done_and_a_dry_run_changes_nothing(guarded: Guarded) -> None:
    assert "as known" in guarded.does("reconcile", guarded.mapping.name)
    assert "as known" in guarded.does("reconcile", guarded.mapping.name, "--dry-run")
    guarded.does("pause", guarded.mapping.name)
    guarded.edit(f"B{guarded.place(3)}", [["a difference"]])
    differs = guarded.sheetbridge("reconcile", guarded.mapping.name, "--dry-run")
    assert differs.status == 1
    assert "a difference" in differs.stdout
    assert "text 3" in differs.stdout
    assert guarded.row(id=3) == {"id": 3, "note": "text 3"}
    guarded.does("resume", guarded.mapping.name)
    guarded.row_becomes({"note": "a difference"}, id=3)
