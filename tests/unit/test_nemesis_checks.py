"""The nemesis' verdict: what it calls lost, and what it excuses."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from tests.fault.nemesis.checks import End, Loss, violations
from tests.fault.nemesis.history import EXISTENCE, Content, History, Outcome, Row, Side, Write
from tests.fault.nemesis.stage import HEADERS, View

Do = Callable[..., None]


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    ticks = iter(range(1, 1_000))
    with closing(History(tmp_path / "history.jsonl", lambda: float(next(ticks)))) as history:
        yield history


@pytest.fixture
def do(history: History) -> Do:
    def act(
        side: Side,
        *writes: Write,
        saw: dict[str, Row] | None = None,
        outcome: Outcome = Outcome.DONE,
    ) -> None:
        begun = history.begin("somebody", side, "act", writes, saw or {})
        history.end(begun, outcome)

    return act


def row(
    key: str, a: Content = None, remark: Content = None, n: Content = None
) -> dict[str, Content]:
    return {"id": key, "a": a, "b": None, "n": n, "tally": 0, "remark": remark}


def end(
    *rows: dict[str, Content],
    table: Sequence[dict[str, Content]] | None = None,
    losses: Sequence[Loss] = (),
    letters: Sequence[str] = (),
) -> End:
    total = sum(r["n"] for r in rows if isinstance(r["n"], int))
    stored = rows if table is None else table
    view = View(1, [*HEADERS, total], rows)
    return End(view, {str(r["id"]): r for r in stored}, losses, letters)


def said(history: History, at_the_end: End) -> list[str]:
    return [violation.says for violation in violations(history, at_the_end)]


def test_what_stands_at_the_end_is_not_lost(history: History, do: Do) -> None:
    do(Side.SHEET, Write("k", "a", "v1"))
    assert said(history, end(row("k", "v1"))) == []


def test_a_value_that_is_nowhere_is_lost(history: History, do: Do) -> None:
    do(Side.SHEET, Write("k", "a", "v1"))
    (lost,) = said(history, end(row("k", "other")))
    assert "k.a = 'v1'" in lost
    assert said(history, end()) == ["lost: k.a = 'v1' (#0) is gone with its row"]


def test_an_emptied_cell_that_is_full_again_is_lost(history: History, do: Do) -> None:
    do(Side.SHEET, Write("k", "a", None), saw={"k": {"a": "v1"}})
    assert len(said(history, end(row("k", "v1")))) == 1


@pytest.mark.parametrize("outcome", [Outcome.UNKNOWN, Outcome.FAILED])
def test_what_was_never_acknowledged_is_owed_to_nobody(
    outcome: Outcome, history: History, do: Do
) -> None:
    do(Side.TABLE, Write("k", "a", "v1"), outcome=outcome)
    assert said(history, end(row("k", "other"))) == []


def test_the_conflict_log_and_the_dead_letters_account_for_their_own_cells(
    history: History, do: Do
) -> None:
    do(Side.SHEET, Write("k", "a", "v1"))
    there = row("k", "other")
    assert said(history, end(there, losses=[Loss("k", "a", "v1", "time", "w")])) == []
    assert said(history, end(there, letters=['{"a": "v1"}'])) == []
    assert len(said(history, end(there, losses=[Loss("k", "b", "v1", "time", "w")]))) == 1


@pytest.mark.parametrize("value", ["v1", 1_000_001])
def test_a_dead_letter_with_a_longer_value_accounts_for_nothing(
    value: Content, history: History, do: Do
) -> None:
    do(Side.SHEET, Write("k", "a", value))
    longer = f'{{"a": "{value}0", "b": 1{value}}}'
    assert len(said(history, end(row("k", "other"), letters=[longer]))) == 1
    assert said(history, end(row("k", "other"), letters=[f'{{"a": {value}}}'])) == []


def test_its_own_side_may_replace_it_at_any_time(history: History, do: Do) -> None:
    do(Side.SHEET, Write("k", "a", "v1"))
    do(Side.SHEET, Write("k", "a", "v2"), outcome=Outcome.UNKNOWN)
    assert said(history, end(row("k", "older"))) == []


def test_an_earlier_act_of_its_own_side_replaces_nothing(history: History, do: Do) -> None:
    do(Side.SHEET, Write("k", "a", "v1"))
    do(Side.SHEET, Write("k", "a", "v2"))
    (lost,) = said(history, end(row("k", "v1")))
    assert "'v2'" in lost


def test_the_other_side_replaces_only_what_it_saw(history: History, do: Do) -> None:
    do(Side.SHEET, Write("k", "a", "v1"))
    do(Side.TABLE, Write("k", "a", "v2"), saw={"k": {"a": "older"}})
    (lost,) = said(history, end(row("k", "v2")))
    assert "'v1'" in lost
    do(Side.TABLE, Write("k", "a", "v3"), saw={"k": {"a": "v1"}})
    assert said(history, end(row("k", "v3"))) == []


def test_the_sides_must_be_equal_and_each_key_stand_once(history: History) -> None:
    assert said(history, end(row("k", "x"), table=[row("k", "y")])) == [
        "k.a is 'x' in the sheet and 'y' in the table"
    ]
    assert said(history, end(row("k"), table=[])) == ["k is in the sheet only"]
    assert said(history, end(row("k"), row("k"))) == ["k stands 2 times in the sheet"]
    assert "no key" in said(history, end({**row("k", "x"), "id": None}, table=[]))[0]


def test_a_refused_cell_may_differ_while_a_dead_letter_holds_it(history: History) -> None:
    shown, stored = row("k", n="no number"), row("k", n=None)
    assert len(said(history, end(shown, table=[stored]))) == 1
    assert said(history, end(shown, table=[stored], letters=["no number"])) == []


def test_a_deleted_row_comes_back_only_by_an_act(history: History, do: Do) -> None:
    do(Side.TABLE, Write("k", EXISTENCE, False), saw={"k": {}})
    assert said(history, end(row("k"))) == ["k came back after #0, and nobody wanted it"]
    assert said(history, end(row("k"), losses=[Loss("k", EXISTENCE, False, "time", "w")])) == []
    do(Side.SHEET, Write("k", EXISTENCE, True))
    assert said(history, end(row("k"))) == []


def test_remarks_stay_on_their_rows(history: History, do: Do) -> None:
    do(Side.SHEET, Write("k", "remark", "r1"))
    assert said(history, end(row("k", remark="r1"), row("l"))) == []
    assert len(said(history, end(row("k"), row("l", remark="r1")))) == 2


def test_the_formula_beside_the_cells_stays(history: History) -> None:
    view = View(1, [*HEADERS, "=SUM"], [row("k", n=3)])
    assert said(history, End(view, {"k": row("k", n=3)})) == [
        "the formula shows '=SUM'; the sum is 3"
    ]


def test_a_value_that_is_logged_again_is_told(history: History) -> None:
    loss = Loss("k1", "a", "x", "last_write_wins", "w")
    assert said(history, end(row("k1"), losses=[loss])) == []
    assert said(history, end(row("k1"), losses=[loss, loss])) == [
        "k1.a = x is in the conflict log 2 times by last_write_wins"
    ]
    to_another = replace(loss, winner="of the row's delete")
    assert said(history, end(row("k1"), losses=[loss, to_another])) == []


def test_a_refused_cell_leaves_the_table_s_value_in_the_table(history: History, do: Do) -> None:
    do(Side.TABLE, Write("k1", "n", 5))
    typed = row("k1", n="no number")
    stored = row("k1", n=5)
    assert said(history, end(typed, table=[stored], letters=['{"value":"no number"}'])) == []
