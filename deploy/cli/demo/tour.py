"""The tour: create, read, update and delete in each direction, each timed and checked.

A move is done by one path and seen by another. Every tour adds rows of its own, so that it can be
played again and again on the same data.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from deploy.cli.demo.comparison import Cell, Value, differences
from deploy.cli.demo.eyes import Cells, SheetEye, TableEye
from deploy.cli.demo.hands import Application, Person
from deploy.cli.demo.sample_rows import (
    DELETE_OBSERVATION,
    DELETE_PLANE,
    INSERT_OBSERVATION,
    INSERT_PLANE,
    PLANES,
    SEEDED_PLANE,
    UPDATE_PLANE,
    WEATHER,
    Row,
    Samples,
)
from deploy.cli.demo.stopwatch import Stopwatch
from deploy.cli.demo.tab import Tab, as_typed
from deploy.cli.failure import CommandError

TO_SHEET = "MySQL → sheet"
TO_TABLE = "sheet → MySQL"
APPLICATION = "application"
PERSON = "person"


@dataclass(frozen=True, slots=True)
class Move:
    """One finished move. ``problem`` is None if it arrived whole; times are in seconds."""

    title: str
    direction: str
    by: str
    seconds: float
    interval: float
    found: str
    problem: str | None


@dataclass(frozen=True, slots=True)
class Cast:
    """Who acts, who looks, and how long the looks are apart."""

    person: Person
    application: Application
    sheet: SheetEye
    table: TableEye
    at_sheet: Stopwatch
    at_table: Stopwatch


def play(cast: Cast, samples: Samples, told: Callable[[Move], None]) -> list[Move]:
    """All moves in order; ``told`` hears of each as it ends.

    Where a move did not arrive, those that build on it cannot be made: one line says so.
    """
    moves: list[Move] = []
    parts = (
        (_application_on_planes, TO_SHEET, APPLICATION),
        (_person_on_planes, TO_TABLE, PERSON),
        (_exact_values, f"{TO_SHEET}, {TO_TABLE}", "both"),
    )
    for part, direction, by in parts:
        try:
            for move in part(cast, samples):
                told(move)
                moves.append(move)
        except CommandError as error:
            moves.append(
                Move("the rest", direction, by, 0.0, 0.0, "", f"{error.problem}. {error.mend}")
            )
            told(moves[-1])
    return moves


def _application_on_planes(cast: Cast, samples: Samples) -> Iterator[Move]:
    tab = Tab(cast.sheet, samples.planes_tab, "tailnum")
    row = samples.plane("A")
    key = {"tailnum": row["tailnum"]}
    end = tab.last_row()

    yield _at_sheet(
        cast,
        "create",
        lambda: cast.application.run(INSERT_PLANE, row),
        lambda: tab.find_between(row["tailnum"], end + 1, end + 3),
        lambda seen: _unlike(row, seen),
    )
    seeded = cast.table.row(PLANES, {"tailnum": SEEDED_PLANE}) or {}
    place = tab.find(SEEDED_PLANE)
    yield _at_sheet(
        cast,
        "read",
        _nothing,
        lambda: tab.at(place),
        lambda seen: _unlike(seeded, seen) if seeded else "the seeded row is not in the table",
    )
    place = tab.find(row["tailnum"])
    changed = row | {"seats": 199, "engine": "Turbo-prop"}
    yield _at_sheet(
        cast,
        "update",
        lambda: cast.application.run(UPDATE_PLANE, changed),
        lambda: tab.at(place),
        lambda seen: _unlike(changed, seen),
        columns=("seats", "engine"),
    )
    yield _at_sheet(
        cast,
        "delete",
        lambda: cast.application.run(DELETE_PLANE, key),
        lambda: tab.at(place),
        lambda seen: "the row is still there" if seen.get("tailnum") == row["tailnum"] else None,
    )


def _person_on_planes(cast: Cast, samples: Samples) -> Iterator[Move]:
    tab = Tab(cast.sheet, samples.planes_tab, "tailnum")
    row = samples.plane("P")
    key = {"tailnum": row["tailnum"]}
    place = tab.last_row() + 1
    if place > cast.sheet.height(tab.name):
        cast.person.insert_rows(tab.name, place, 1)

    def look() -> Row | None:
        return cast.table.row(PLANES, key)

    yield _at_table(
        cast,
        "create",
        lambda: cast.person.edit(tab.name, tab.whole(place), [tab.typed(row)]),
        look,
        lambda seen: _unequal(row, seen),
    )
    on_sheet = tab.at(place)
    yield _at_table(
        cast,
        "read",
        _nothing,
        look,
        lambda seen: "there is no such row" if seen is None else _unlike(seen, on_sheet),
    )
    changed = row | {"manufacturer": "DE HAVILLAND"}
    yield _at_table(
        cast,
        "update",
        lambda: cast.person.edit(
            tab.name, tab.cell("manufacturer", place), [[as_typed(changed["manufacturer"])]]
        ),
        look,
        lambda seen: _unequal(changed, seen),
        columns=("manufacturer",),
    )
    place = tab.find(row["tailnum"])
    yield _at_table(
        cast,
        "delete",
        lambda: cast.person.delete_rows(tab.name, place, 1),
        look,
        lambda seen: None if seen is None else "the row is still there",
    )


def _exact_values(cast: Cast, samples: Samples) -> Iterator[Move]:
    """Decimals, a date, a date-time and NULL, under a composite key."""
    tab = Tab(cast.sheet, samples.weather_tab, "origin")
    row = samples.observation()
    key = {"origin": row["origin"], "time_hour": row["time_hour"]}
    retyped = samples.retyped()
    changed = row | retyped
    end = tab.last_row()
    arrived = _at_sheet(
        cast,
        "decimals, dates, NULL",
        lambda: cast.application.run(INSERT_OBSERVATION, row),
        lambda: tab.at(end + 1),
        lambda seen: _unlike(row, seen),
        columns=("temp", "pressure"),
    )
    try:
        yield arrived
        if arrived.problem is not None:  # cells typed now would be those of another row
            raise CommandError("there is no row to change", mend="See why the move above failed.")
        yield _at_table(
            cast,
            "decimals, dates, NULL",
            lambda: cast.person.edit(
                tab.name,
                tab.block("day", "temp", end + 1),
                [[as_typed(value) for value in retyped.values()]],
            ),
            lambda: cast.table.row(WEATHER, key),
            lambda seen: _unequal(changed, seen),
            columns=tuple(retyped),
        )
    finally:
        cast.application.run(DELETE_OBSERVATION, key)


def _at_sheet(
    cast: Cast,
    title: str,
    act: Callable[[], object],
    look: Callable[[], Cells],
    unlike: Callable[[Cells], str | None],
    *,
    columns: tuple[str, ...] = (),
) -> Move:
    """A move of the application's, seen in the sheet."""
    seen = cast.at_sheet.time(act, look, lambda cells: unlike(cells) is None)
    shown = _shown(title, seen.seen, columns)
    return Move(title, TO_SHEET, APPLICATION, seen.seconds, seen.interval, shown, unlike(seen.seen))


def _at_table(
    cast: Cast,
    title: str,
    act: Callable[[], object],
    look: Callable[[], Row | None],
    unlike: Callable[[Row | None], str | None],
    *,
    columns: tuple[str, ...] = (),
) -> Move:
    """A move of the person's, seen in the table."""
    seen = cast.at_table.time(act, look, lambda row: unlike(row) is None)
    shown = _shown(title, seen.seen or {}, columns)
    return Move(title, TO_TABLE, PERSON, seen.seconds, seen.interval, shown, unlike(seen.seen))


def _unlike(row: Mapping[str, Value], cells: Cells) -> str | None:
    """Why the sheet does not show ``row``; None if it does, in every column."""
    return "; ".join(differences(row, cells)) or None


def _unequal(row: Mapping[str, Value], found: Row | None) -> str | None:
    """Why the table does not hold ``row``; None if it does, in every column."""
    if found is None:
        return "there is no such row"
    wrong = [
        f"{column}: {found.get(column)!r} instead of {value!r}"
        for column, value in row.items()
        if found.get(column) != value
    ]
    return "; ".join(wrong) or None


def _shown(title: str, found: Mapping[str, Cell | Value], columns: tuple[str, ...]) -> str:
    """What was found, in a few words."""
    if title == "delete":
        return "the row is gone"
    if columns:
        return ", ".join(f"{column} = {found.get(column)}" for column in columns)
    filled = sum(value not in {None, ""} for value in found.values())
    return f"{next(iter(found.values()), None)}: {len(found)} columns equal, {filled} filled"


def _nothing() -> None:
    """A read is measured by itself."""
