"""Rows whose key is none, in histories in which everything else goes wrong too."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.simulation import play
from tests.simulation.agenda import SECOND
from tests.simulation.key_bungler import BungledKeys, keys_wrong
from tests.simulation.setting import Setting
from tests.simulation.test_simulation import SEEDS

HISTORIES = SEEDS // 6
SOON = 100 * SECOND
"""Time for a mark that is not owed to a row that is known by its key."""


@pytest.mark.timeout(900)
def test_each_says_so_at_the_end_and_the_others_are_none_the_worse(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    worlds: list[BungledKeys] = []

    def world(setting: Setting) -> BungledKeys:
        worlds.append(BungledKeys(setting))
        return worlds[-1]

    monkeypatch.setattr(play, "World", world)
    met = Counter[str]()
    for seed in range(HISTORIES):
        verdict = play.play(seed)
        last = worlds.pop()
        last.agenda.advance(SOON)
        wrong = [*verdict.violations, *keys_wrong(last.server, last.sheet)]
        assert wrong == [], "\n".join([f"seed {seed}", *wrong, *verdict.story])
        met += verdict.met
    assert met["keys bungled"] > HISTORIES
