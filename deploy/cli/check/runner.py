"""Runs the areas one after the other; what one cannot do does not stop the next."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from deploy.cli.check.finding import Finding, MissingPieceError, problem, unknown
from deploy.cli.failure import debugging
from sink.core.errors import SheetbridgeError

Check = Callable[[], Iterable[Finding]]
"""One check: looks and yields what it found. May raise SheetbridgeError."""


@dataclass(frozen=True, slots=True)
class Area:
    """Checks that belong together, under a title that people know."""

    title: str
    checks: tuple[Check, ...]


def run(areas: Iterable[Area], *, progress: Callable[[str], None]) -> Iterator[tuple[str, Finding]]:
    """Every finding with its area's title, as it is found."""
    told: list[MissingPieceError] = []
    for area in areas:
        progress(area.title)
        found: list[Finding] = []
        for check in area.checks:
            for finding in _guarded(check, told):
                if finding not in found:  # two checks can lack the same piece
                    found.append(finding)
                    yield area.title, finding


def _guarded(check: Check, told: list[MissingPieceError]) -> Iterator[Finding]:
    try:
        yield from check()
    except MissingPieceError as error:
        if not any(error is earlier for earlier in told):
            told.append(error)
            yield problem(error.what, error.mend)
        else:
            yield unknown(f"not looked at: {error.what.partition(' (')[0].partition(': ')[0]}")
    except SheetbridgeError as error:
        what = getattr(error, "problem", None) or str(error)
        yield problem(str(what), str(getattr(error, "mend", "")))
    except Exception as error:  # a fault of ours in one check must not hide the others
        if debugging():
            raise
        yield unknown(
            f"a check broke down: {type(error).__name__}: {error}",
            "This is a fault of Sheetbridge; SHEETBRIDGE_DEBUG=1 shows where.",
        )
