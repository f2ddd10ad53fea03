"""The plan: what is started with what, and in which order it stops."""

from __future__ import annotations

import threading

import pytest

from deploy.local import plan
from deploy.local.plan import ALL, NEEDS, carry_out, in_stopping_order, with_needs


def test_every_need_is_a_part_and_stands_before_those_that_need_it() -> None:
    for part, needs in NEEDS.items():
        for need in needs:
            assert ALL.index(need) < ALL.index(part), f"{part} stands before {need}"


def test_a_part_brings_what_it_needs() -> None:
    assert with_needs(["connect"]) == ("kafka", "connect")
    assert with_needs(["mysql"]) == ("mysql",)
    assert set(with_needs(["sink"])) >= {"mysql", "kafka", "connect", "connector", "emulator"}


def test_an_unknown_part_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match=r"postgres.*mysql"):
        with_needs(["postgres"])


def test_nothing_is_stopped_before_those_that_need_it() -> None:
    order = in_stopping_order(["mysql", "sink", "kafka", "connect"])

    assert order == ["sink", "connect", "kafka", "mysql"]


def test_parts_begin_when_what_they_need_is_done() -> None:
    done: list[str] = []
    lock = threading.Lock()

    def work(part: str) -> None:
        with lock:
            if part != "connect":  # its virtual machine may start while Kafka does
                assert {need for need in NEEDS[part] if need in ALL} <= set(done), part
            done.append(part)

    carry_out(ALL, work)

    assert sorted(done) == sorted(ALL)


def test_parts_that_do_not_need_each_other_run_side_by_side() -> None:
    together = threading.Barrier(3, timeout=10)

    def work(_: str) -> None:
        together.wait()

    carry_out(["mysql", "kafka", "emulator"], work)


def test_the_first_failure_is_raised_and_what_needs_it_is_not_begun() -> None:
    begun: list[str] = []

    def work(part: str) -> None:
        begun.append(part)
        if part == "mysql":
            raise ValueError("no disk")

    with pytest.raises(ValueError, match="no disk"):
        carry_out(with_needs(["data"]), work)

    assert begun == ["mysql"]


def test_an_interruption_ends_what_is_under_way(monkeypatch: pytest.MonkeyPatch) -> None:
    abandoned = threading.Event()

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(plan, "wait", interrupted)
    with pytest.raises(KeyboardInterrupt):
        carry_out(["mysql"], lambda _: assert_soon(abandoned), abandon=abandoned.set)


def assert_soon(event: threading.Event) -> None:
    assert event.wait(10)
