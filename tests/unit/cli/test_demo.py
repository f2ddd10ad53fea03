"""The tour's own judgement: when does a cell show a value, how long did it take, did it work."""

from __future__ import annotations

import io
import random
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from unittest.mock import Mock

import pytest
from rich.console import Console

from deploy.cli.demo import command, report
from deploy.cli.demo.comparison import Cell, Value, differences, shows
from deploy.cli.demo.evidence import Evidence, objections
from deploy.cli.demo.eyes import column_letter
from deploy.cli.demo.sample_rows import Samples
from deploy.cli.demo.standing_still import settled, told
from deploy.cli.demo.stopwatch import Stopwatch
from deploy.cli.demo.tab import as_typed
from deploy.cli.demo.tour import APPLICATION, TO_SHEET, Cast, Move, play
from deploy.cli.stored_state import Progress
from deploy.local.endpoints import Endpoints

MOMENT = datetime.fromisoformat("2013-01-01T06:00:00")


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        (None, None),
        ("", None),
        ("150", "150"),
        ("", ""),
        (150, 150),
        (150.0, 150),
        (39.02, Decimal("39.02")),
        (1012, Decimal("1012.00")),
        ("123456789012345.678", Decimal("123456789012345.678")),
        (41275, date(2013, 1, 1)),
        ("2013-01-01", date(2013, 1, 1)),
        (41275.25, MOMENT),
        (41275.250011574077, datetime.fromisoformat("2013-01-01T06:00:01")),
        ("2013-01-01 06:00:00", MOMENT),
    ],
)
def test_a_cell_shows_a_value(cell: Cell, value: Value) -> None:
    assert shows(cell, value)


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        (0, None),
        (None, "x"),
        (150, "150"),
        (None, 0),
        (True, 1),
        (151, 150),
        ("x", 150),
        (39.021, Decimal("39.02")),
        (41275.5, date(2013, 1, 1)),
        (41275, MOMENT),
        ("yesterday", MOMENT),
        (None, MOMENT),
        (False, date(1899, 12, 30)),
    ],
)
def test_a_cell_does_not_show_another_value(cell: Cell, value: Value) -> None:
    assert not shows(cell, value)


def test_differences_name_the_column_and_both_values() -> None:
    assert differences({"a": 1, "b": None}, {"a": 2}) == ["a: 2 instead of 1"]
    assert differences({"a": 1, "b": None}, {"a": 1, "c": 9}) == []


class Time:
    """A clock that only moves when somebody looks or sleeps."""

    def __init__(self) -> None:
        self.now = 0.0

    def pass_by(self, seconds: float) -> None:
        self.now += seconds


def test_the_stopwatch_counts_from_before_the_act_to_the_answer_that_shows_it() -> None:
    time = Time()
    looks = iter([0, 0, 7])

    def look() -> int:
        time.pass_by(0.125)
        return next(looks)

    watch = Stopwatch(pause=0.5, clock=lambda: time.now, sleep=time.pass_by)
    arrival = watch.time(lambda: time.pass_by(1), look, lambda seen: seen == 7)
    assert (arrival.arrived, arrival.seen) == (True, 7)
    assert arrival.seconds == 1 + 3 * 0.125 + 2 * 0.5
    assert arrival.interval == 0.625


def test_the_stopwatch_gives_up_and_says_so() -> None:
    time = Time()
    watch = Stopwatch(pause=1, patience=5, clock=lambda: time.now, sleep=time.pass_by)
    arrival = watch.time(lambda: None, lambda: 3, lambda seen: False)
    assert (arrival.arrived, arrival.seen) == (False, 3)
    assert 5 < arrival.seconds <= 7


def _move(problem: str | None = None) -> Move:
    return Move("create", TO_SHEET, APPLICATION, 0.087, 0.02, "N1[x]: 9 columns equal", problem)


BEFORE = Evidence({"cdc.demo.planes": 5, "sheet.planes": 2}, "RUNNING", True)
AFTER = Evidence({"cdc.demo.planes": 9, "sheet.planes": 4}, "RUNNING", True)


def test_a_tour_in_which_all_arrived_has_nothing_against_it() -> None:
    assert objections([_move()], BEFORE, AFTER) == []


@pytest.mark.parametrize(
    ("moves", "after", "said"),
    [
        ([_move("there is no such row")], AFTER, "there is no such row"),
        ([_move()], Evidence(BEFORE.offsets | {"sheet.planes": 9}, "RUNNING", True), "cdc.demo"),
        ([_move()], Evidence(AFTER.offsets, "task 0 FAILED", False), "task 0 FAILED"),
    ],
)
def test_a_missing_move_record_or_connector_fails_the_tour(
    moves: list[Move], after: Evidence, said: str
) -> None:
    (objection,) = objections(moves, BEFORE, after)
    assert said in objection


def test_the_report_shows_each_move_with_its_time_and_what_was_found() -> None:
    console = Console(file=io.StringIO(), width=140)
    report.tell(console, [_move(), _move("gone [missing]")], BEFORE, AFTER, ["it failed"])
    assert isinstance(console.file, io.StringIO)
    shown = console.file.getvalue()
    for text in (
        "87 ms",
        "20 ms",
        "N1[x]: 9 columns equal",
        "gone [missing]",
        "never",
        "it failed",
    ):
        assert text in shown


def test_each_tour_has_rows_of_its_own() -> None:
    chance = random.Random(1)
    tours = [Samples.new(chance) for _ in range(20)]
    assert len({tour.plane("A")["tailnum"] for tour in tours}) == 20
    assert len({tour.observation()["time_hour"] for tour in tours}) == 20


@pytest.mark.parametrize(
    ("value", "typed"),
    [
        (None, ""),
        (Decimal("30.25"), 30.25),
        (date(2013, 3, 1), "2013-03-01"),
        (MOMENT, "2013-01-01 06:00:00"),
        ("x", "x"),
        (4, 4),
    ],
)
def test_a_person_types_values_as_people_do(value: Value, typed: object) -> None:
    assert as_typed(value) == typed


@pytest.mark.parametrize(("number", "letter"), [(1, "A"), (26, "Z"), (27, "AA"), (702, "ZZ")])
def test_columns_have_letters(number: int, letter: str) -> None:
    assert column_letter(number) == letter


def test_a_tour_on_tabs_that_somebody_changed_says_how_to_begin_anew() -> None:
    sheet = Mock(**{"headers.return_value": ["Tail number"]})
    cast = Cast(Mock(), Mock(), sheet, Mock(), Mock(), Mock())
    moves = play(cast, Samples("ABCD", 1), lambda _: None)
    assert len(moves) == 3
    assert all("make clean demo" in (move.problem or "") for move in moves)


RUNS = Progress("planes", "running", None, False, 3322, 0, 0, 0, {})
HELD = "40 rows had cells emptied. Decide with: sheetbridge deletes list"


def test_a_mapping_that_stands_still_is_named_with_what_mends_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SHEETBRIDGE_CONFIG", raising=False)
    own, other = Path(".sheetbridge/sheetbridge.toml"), Path("/elsewhere/sheetbridge.toml")
    own.parent.mkdir()
    own.touch()
    paused = replace(RUNS, paused=True)
    found = {"planes": paused, "weather": replace(RUNS, name="weather", reason=HELD)}

    assert told({"planes": RUNS}, own) == []
    assert told(found, own.absolute()) == [
        "mapping planes is paused. Let it go on: sheetbridge resume planes",
        f"mapping weather stands still: {HELD}",
    ]
    (line,) = told({"planes": paused}, other)
    assert line.endswith(f"sheetbridge resume planes --config {other}")


def test_what_the_sink_gets_over_by_itself_is_waited_for_and_a_pause_is_not() -> None:
    stopped = {"planes": replace(RUNS, reason="Kafka was away")}
    assert settled(Mock(side_effect=[stopped, {"planes": RUNS}]), patience=60) == {"planes": RUNS}
    assert settled(lambda: stopped, patience=0) == stopped
    paused = {"planes": replace(RUNS, paused=True, reason="paused")}
    assert settled(Mock(side_effect=[paused]), patience=60) == paused


def test_no_move_is_played_while_a_mapping_stands_still(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "standing_still", lambda _: ["mapping planes is paused."])
    assert command.play(Endpoints(), tmp_path) == 1
    assert "The tour is not played:\n  mapping planes is paused.\n" in capsys.readouterr().out
