"""How a mapping's worker ends where something goes wrong that nobody foresaw."""

from __future__ import annotations

import pytest

from sink.core.mapping import Rule
from sink.merge_point import MergePoint
from sink.worker import Worker
from tests.simulation.play import World
from tests.simulation.setting import Setting


def test_an_error_that_nobody_foresaw_is_told_to_status_without_what_it_holds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(_: MergePoint) -> None:
        raise KeyError("what a row holds")

    told: list[str] = []
    parts = World(Setting.quiet(Rule())).processes[-1].point.parts
    monkeypatch.setattr(MergePoint, "start", fail)
    worker = Worker(parts, told.append, max_batch=1)
    worker.run()
    assert isinstance(worker.failure, KeyError)
    (reason,) = told
    assert "KeyError" in reason
    assert "what a row holds" not in reason
