"""One missing piece stops nothing else and is told once; the list and the exit status."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from connectors.errors import ConnectUnreachableError
from deploy.cli.check.command import line, summary
from deploy.cli.check.finding import (
    Finding,
    Level,
    MissingPieceError,
    Piece,
    ok,
    problem,
    unknown,
    warning,
)
from deploy.cli.check.runner import Area, run


def test_a_missing_piece_is_told_once_and_the_rest_goes_on() -> None:
    opened = 0

    def open_it() -> str:
        nonlocal opened
        opened += 1
        raise MissingPieceError("MySQL at db:3306 does not answer: refused", "Start it.")

    piece = Piece(open_it)

    def needs_it() -> Iterator[Finding]:
        yield ok(piece.get())

    seen: list[str] = []
    areas = [
        Area("first", (needs_it,)),
        Area("second", (needs_it, needs_it, lambda: [ok("fine")])),
        Area("third", (lambda: [warning("w", "m")],)),
    ]
    assert list(run(areas, progress=seen.append)) == [
        ("first", problem("MySQL at db:3306 does not answer: refused", "Start it.")),
        ("second", unknown("not looked at: MySQL at db:3306 does not answer")),
        ("second", ok("fine")),
        ("third", warning("w", "m")),
    ]
    assert opened == 1
    assert seen == ["first", "second", "third"]


def test_an_error_of_ours_becomes_a_problem_with_its_mend() -> None:
    def break_down() -> Iterator[Finding]:
        yield ok("before")
        raise ConnectUnreachableError("http://c:1", "gone")

    found = list(run([Area("a", (break_down,))], progress=lambda title: None))
    assert [each.level for _, each in found] == [Level.OK, Level.PROBLEM]
    assert "http://c:1" in found[1][1].what
    assert "connect.url" in found[1][1].mend


def test_a_fault_of_a_check_hides_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SHEETBRIDGE_DEBUG", raising=False)

    def fault() -> Iterator[Finding]:
        raise KeyError("x")

    areas = [Area("a", (fault, lambda: [ok("fine")]))]
    found = [each for _, each in run(areas, progress=lambda title: None)]
    assert [each.level for each in found] == [Level.UNKNOWN, Level.OK]
    assert "KeyError" in found[0].what


def test_a_piece_is_opened_once() -> None:
    opened: list[int] = []

    def open_it() -> list[int]:
        opened.append(1)
        return opened

    piece = Piece(open_it)
    assert piece.get() is piece.get()
    assert opened == [1]


def test_a_line_shows_what_and_below_it_the_mend() -> None:
    assert str(line(problem("It is [bold]off.", "Turn it on."))) == (
        "  ✗ It is [bold]off.\n    → Turn it on."
    )
    assert str(line(ok("fine"))) == "  ✓ fine"


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        ({Level.OK: 9, Level.UNKNOWN: 1}, "All is well."),
        ({Level.PROBLEM: 1}, "1 problem."),
        ({Level.PROBLEM: 2, Level.WARNING: 1}, "2 problems and 1 warning."),
        ({Level.WARNING: 3}, "3 warnings."),
    ],
)
def test_the_summary(counts: dict[Level, int], told: str) -> None:
    assert str(summary(Counter(counts))) == told
