"""Why a mapping has stopped, and what a guard holds, stands in the sink's log as well."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from sink.core.command import Order
from sink.core.mapping import Guards
from tests.simulation.acts import row_key
from tests.simulation.agenda import SECOND
from tests.simulation.play import World
from tests.simulation.test_stopped_tab import comes, header_note, order, program, protect, running


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """The log; the simulation is silent otherwise."""
    yield caplog
    logging.disable(logging.CRITICAL)


def heard(guards: Guards | None = None) -> World:
    """A world whose sink has begun and is heard from now on."""
    world = running(guards)
    logging.disable(logging.NOTSET)
    return world


def told(log: pytest.LogCaptureFixture, *words: str) -> list[str]:
    """The lines that have all these words, if their level is what people look for."""
    return [
        record.getMessage()
        for record in log.records
        if record.levelno >= logging.WARNING and all(word in record.getMessage() for word in words)
    ]


def test_a_missing_header(log: pytest.LogCaptureFixture) -> None:
    world = heard()
    world.sheet.gesture("edit", range="B1", values=[["renamed"]])
    program(world, 1, a="new")
    stopped = ("mapping rows stopped", "no column with the header 'a'", "Write 'a' into row 1")
    comes(world, lambda: bool(told(log, *stopped)), "the line")
    world.agenda.advance(60 * SECOND)
    assert len(told(log, *stopped)) == 1, "once"


def test_a_key_that_stands_twice(log: pytest.LogCaptureFixture) -> None:
    world = heard()
    world.sheet.gesture("edit", range=f"A{world.sheet.row_of(1)}", values=[[2]])
    order(world, Order.RECONCILE)
    stopped = ("mapping rows stopped", "the key 2 stands in rows", "Give one of them another key")
    comes(world, lambda: bool(told(log, *stopped)), "the line")


def test_a_protected_range(log: pytest.LogCaptureFixture) -> None:
    world = heard()
    protect(world, (1, 2))
    program(world, 1, a="new")
    stopped = ("mapping rows stopped", "a protected range keeps Sheetbridge from writing")
    comes(world, lambda: bool(told(log, *stopped)), "the line")
    assert "Protect sheets and ranges" in told(log, *stopped)[0]


def test_a_batch_that_is_held(log: pytest.LogCaptureFixture) -> None:
    world = heard(Guards(max_clears=0.0, minimum=0))
    done = world.sheet.gesture("edit", range=f"B{world.sheet.row_of(1)}", values=[[None]])
    world.script.fire(done, lambda time, edits: None)
    held = ("mapping rows stopped", "sheetbridge deletes list")
    comes(world, lambda: bool(told(log, *held)), "the line")
    assert len(told(log, *held)) == 1


def test_deletes_that_are_held_are_told_when_that_begins(log: pytest.LogCaptureFixture) -> None:
    world = heard(Guards(max_deletes=0.0, minimum=0))
    held = "mapping rows: a guard holds deletes of the {}: {} so far. Decide with: sheetbridge del"
    world.sheet.gesture("delete_rows", start=world.sheet.row_of(1), count=2)
    comes(world, lambda: "2 rows were deleted here" in header_note(world), "the note")
    assert len(told(log, held.format("sheet", 2))) == 1
    world.server.put(row_key(4), None, time=world.server.now)
    comes(world, lambda: bool(told(log, held.format("database", 1))), "the other side's")
    order(world, Order.REFUSE)
    comes(world, lambda: header_note(world) == "", "no note")
    assert len(told(log, "a guard holds")) == 2
    world.server.put(row_key(4), None, time=world.server.now)
    comes(world, lambda: len(told(log, held.format("database", 1))) == 2, "it began again")
