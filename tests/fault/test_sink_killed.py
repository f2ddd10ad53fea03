"""The sink is killed at named points in the middle of a block of rows; all arrive, each once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import text

from deploy.local.connections import a_new_connection_each_time
from deploy.local.stack import Stack
from sink.pausing import VARIABLE
from tests.integration.bridge import Bridge, eventually
from tests.integration.conflict_log import conflicts
from tests.integration.ledger import ledger

pytestmark = pytest.mark.stack

ROWS = 50
BEFORE_THE_COMMIT = ("before_database_write", "before_offset_commit")
AT_THE_CALL = ("before_sheet_write", "after_sheet_write")


@dataclass(frozen=True)
class PausingSink:
    """A sink that will stop dead at ``point`` with all the rows of a block in hand."""

    point: str
    log: Path

    def wait_until_paused(self) -> None:
        """Until it stands there; fails if it never gets there with the whole block."""
        eventually(
            lambda: self.log.read_text(errors="replace"),
            lambda text: f"paused at {self.point} with {ROWS} rows" in text,
            f"the sink at {self.point}",
        )


@contextmanager
def no_sink(stack: Stack) -> Iterator[None]:
    """The stack's sink ends; at the end of the block it runs again."""
    stack.kill("sink", signal.SIGTERM)
    eventually(lambda: stack.alive()["sink"], lambda alive: not alive, "the sink's end")
    try:
        yield
    finally:
        stack.restart("sink")


@contextmanager
def sink_that_stops_at(point: str, prefix: str, stack: Stack, log: Path) -> Iterator[PausingSink]:
    """A sink that stops once it holds a block's rows at ``point``; killed at the end."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "deploy.cli.main", "sink", "--config", stack.endpoints.config],
            env={**os.environ, VARIABLE: f"{point}:planes:{ROWS}:{prefix}"},
            stdout=output,
            stderr=output,
        )
    try:
        yield PausingSink(point, log)
    finally:
        process.kill()
        process.wait()


def _keys(prefix: str) -> list[str]:
    return [f"{prefix}{number:02}" for number in range(ROWS)]


def _insert_block(planes: Bridge, prefix: str) -> None:
    values = ", ".join(f"('{key}', {n})" for n, key in enumerate(_keys(prefix)))
    planes.sql(f"INSERT INTO demo.planes (tailnum, seats) VALUES {values}")


@contextmanager
def speed_computed(stack: Stack, prefix: str) -> Iterator[None]:
    """A trigger of the database sets the block's speed to its seats and one more."""
    root = a_new_connection_each_time(stack.endpoints.root_mysql_url)
    with root.begin() as connection:
        connection.execute(
            text(
                "CREATE TRIGGER demo.speed_computed BEFORE UPDATE ON demo.planes FOR EACH ROW "
                f"SET NEW.speed = IF(NEW.tailnum LIKE '{prefix}%', NEW.seats + 1, NEW.speed)"
            )
        )
    try:
        yield
    finally:
        with root.begin() as connection:
            connection.execute(text("DROP TRIGGER demo.speed_computed"))


def _table_seats(planes: Bridge, prefix: str) -> list[int]:
    rows = planes.table(prefix)
    return [rows[key]["seats"] for key in sorted(rows)]


def _sheet_seats(planes: Bridge, prefix: str) -> list[object]:
    """By key; a key that stands twice counts twice."""
    keys = sorted(map(str, planes.column("tailnum", prefix)))
    rows = planes.sheet()
    return [rows[(key,)]["seats"] for key in keys]


@pytest.mark.parametrize("point", [*BEFORE_THE_COMMIT, "after_database_write"])
def test_a_pasted_block_survives_a_sink_killed_at(
    point: str, prefix: str, running_stack: Stack, planes: Bridge, tmp_path: Path
) -> None:
    old, new = list(range(ROWS)), [100 + number for number in range(ROWS)]
    _insert_block(planes, prefix)
    eventually(lambda: _sheet_seats(planes, prefix), lambda seats: seats == old, "the block shown")
    places = [planes.sheet()[(key,)]["row"] for key in _keys(prefix)]
    first = planes.place(_keys(prefix)[0])
    assert places == list(range(first, first + ROWS))
    with ledger(planes) as counted:
        with (
            no_sink(running_stack),
            sink_that_stops_at(point, prefix, running_stack, tmp_path / "sink.log") as sink,
        ):
            planes.edit(f"{planes.letter('seats')}{first}", [[seats] for seats in new])
            sink.wait_until_paused()
            assert _table_seats(planes, prefix) == (old if point in BEFORE_THE_COMMIT else new)
            if point not in BEFORE_THE_COMMIT:
                # an edit that is applied again after the kill would meet this and lose, or undo it
                new[7] = 77
                planes.sql("UPDATE demo.planes SET seats = 77 WHERE tailnum = :k", k=f"{prefix}07")
        eventually(lambda: _table_seats(planes, prefix), lambda seats: seats == new, "the block")
        counted.rest()
        assert _table_seats(planes, prefix) == new
        assert _sheet_seats(planes, prefix) == new
        wanted = [("u", key) for key in _keys(prefix)]
        if point not in BEFORE_THE_COMMIT:
            wanted.append(("u", f"{prefix}07"))
        assert sorted(counted.changes(prefix)) == sorted(wanted), "each row was written once"
        assert counted.edits(prefix) == [_keys(prefix)]
    assert conflicts(planes, prefix) == []


@pytest.mark.parametrize("point", [*BEFORE_THE_COMMIT, "after_database_write", *AT_THE_CALL])
def test_a_program_s_block_survives_a_sink_killed_at(
    point: str, prefix: str, running_stack: Stack, planes: Bridge, tmp_path: Path
) -> None:
    with ledger(planes) as counted:
        with no_sink(running_stack):
            _insert_block(planes, prefix)
            eventually(
                lambda: counted.changes(prefix),
                lambda changes: len(changes) == ROWS,
                "the block in the topic: one batch, and one call",
            )
            with sink_that_stops_at(point, prefix, running_stack, tmp_path / "sink.log") as sink:
                sink.wait_until_paused()
                there = _keys(prefix) if point == "after_sheet_write" else []
                assert planes.column("tailnum", prefix) == there
        eventually(
            lambda: planes.column("tailnum", prefix),
            lambda keys: keys == _keys(prefix),
            "each of the block's keys, once",
        )
        planes.sql(f"UPDATE demo.planes SET seats = 213 WHERE tailnum LIKE '{prefix}%'")
        eventually(
            lambda: _sheet_seats(planes, prefix), lambda seats: seats == [213] * ROWS, "the update"
        )
        counted.rest()
        assert planes.column("tailnum", prefix) == _keys(prefix)
        assert _table_seats(planes, prefix) == [213] * ROWS
        assert counted.changes(prefix) == [
            (op, key) for op in ("c", "u") for key in _keys(prefix)
        ], "nothing was written back to the table"
        assert counted.edits(prefix) == []
    assert conflicts(planes, prefix) == []


@pytest.mark.parametrize("point", AT_THE_CALL)
def test_what_the_database_made_of_a_pasted_block_survives_a_sink_killed_at(
    point: str, prefix: str, running_stack: Stack, planes: Bridge, tmp_path: Path
) -> None:
    new = [100 + number for number in range(ROWS)]
    _insert_block(planes, prefix)
    eventually(
        lambda: planes.column("tailnum", prefix), lambda keys: keys == _keys(prefix), "the block"
    )
    first = planes.place(_keys(prefix)[0])

    def speeds() -> list[object]:
        rows = planes.sheet()
        return [rows[(key,)]["speed"] for key in _keys(prefix)]

    with speed_computed(running_stack, prefix), ledger(planes) as counted:
        with (
            no_sink(running_stack),
            sink_that_stops_at(point, prefix, running_stack, tmp_path / "sink.log") as sink,
        ):
            planes.edit(f"{planes.letter('seats')}{first}", [[seats] for seats in new])
            sink.wait_until_paused()
            assert _table_seats(planes, prefix) == new
            assert (speeds() == [seats + 1 for seats in new]) is (point == "after_sheet_write")
        eventually(
            speeds, lambda there: there == [seats + 1 for seats in new], "what the database made"
        )
        counted.rest()
        assert _table_seats(planes, prefix) == _sheet_seats(planes, prefix) == new
        assert counted.changes(prefix) == [("u", key) for key in _keys(prefix)]
        assert counted.edits(prefix) == [_keys(prefix)]
    assert conflicts(planes, prefix) == []
