"""Errands that fail: they are tried again, later each time, and after a minute it is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import TypeVar, cast

from sink.core.errors import SheetbridgeError
from sink.errands import FAILING_SECONDS, MOST_BACKOFF, Errands
from sink.parts import Parts
from sink.stopping import StoppedError
from sink.writers.sheets.errors import UnknownFateError
from sink.writers.sheets.tab import Tab

Answer = TypeVar("Answer")


@dataclass
class Around:
    """What an errand needs of its mapping; its clock moves by hand."""

    now: float = 0.0
    told: list[str | None] = field(default_factory=list)

    def monotonic(self) -> float:
        return self.now

    @staticmethod
    def chance() -> float:
        return 1.0

    @contextmanager
    def begin(self) -> Iterator[SimpleNamespace]:
        yield SimpleNamespace(note=lambda noted: self.told.append(noted["reason"]))

    def parts(self) -> Parts:
        mapping = SimpleNamespace(name="orders")
        return cast(
            Parts,
            SimpleNamespace(
                around=self,
                store=self,
                record=SimpleNamespace(reason=None),
                table=SimpleNamespace(mapping=mapping),
            ),
        )


def at_once(action: Callable[[Tab], Answer], done: Callable[[Future[Answer]], None]) -> None:
    future: Future[Answer] = Future()
    try:
        future.set_result(action(cast(Tab, None)))
    except SheetbridgeError as error:
        future.set_exception(error)
    done(future)


def fail(_: Tab) -> None:
    raise UnknownFateError("Google does not answer")


def test_an_error_that_passes_is_not_told_and_one_that_lasts_is() -> None:
    around = Around()
    errands = Errands(around.parts(), at_once)
    failed: list[SheetbridgeError] = []
    while around.now < FAILING_SECONDS:
        assert around.told == []
        errands.run(fail, lambda _: None, failed.append)
        assert not errands.possible
        around.now += MOST_BACKOFF
        assert errands.possible
    errands.run(fail, lambda _: None, failed.append)
    assert errands.reason is not None
    assert "Google does not answer" in errands.reason
    assert around.told == [errands.reason]
    assert len(failed) == 3

    errands.run(lambda _: None, lambda _: None, failed.append)
    assert around.told[1:] == [None]
    around.now += MOST_BACKOFF
    errands.run(fail, lambda _: None, failed.append)
    assert around.told[2:] == []


def test_a_worker_that_is_stopped_is_no_reason_of_its_mapping() -> None:
    around = Around()
    errands = Errands(around.parts(), at_once)

    def stopped(_: Tab) -> None:
        raise StoppedError("the next goes on")

    errands.run(stopped, lambda _: None, lambda _: None)
    assert errands.reason is None
    assert around.told == []
