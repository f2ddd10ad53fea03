"""Plays the first seeds: a few hundred in everyday work, 3,000 where everything is tested."""

from __future__ import annotations

import os

import pytest

from tests.simulation.__main__ import OPEN, played, smallest
from tests.simulation.setting import Setting

SEEDS = int(os.environ.get("SHEETBRIDGE_SEEDS", "150"))
PROCESSES = 2

MET = (
    "changes that lost to a formula",
    "formulas put in",
    "calls",
    "connector restarts",
    "crossings",
    "dead rows revived",
    "doubled triggers",
    "edits of dead rows",
    "key changes",
    "late calls",
    "lost changes",
    "lost triggers",
    "pastes of several rows",
    "pastes over keys",
    "posts sent again",
    "rebalances",
    "records read again",
    "rows deleted",
    "rows re-created",
    "snapshots",
    "truncates",
    "values spelt otherwise",
    "winners judged",
    "of them of both sides",
    "zombies fenced off",
)
"""What a few hundred histories meet at the least, or they prove nothing."""

MET_BY_MANY = (
    "answers lost",
    "killed after_database_write",
    "killed after_sheet_write",
    "killed before_database_write",
    "killed before_offset_commit",
    "killed before_sheet_write",
    "late calls fenced off",
    "overtaken by a zombie",
    "rows made on both sides at once",
)


@pytest.mark.timeout(900)
def test_every_history_converges_and_loses_nothing() -> None:
    failed, met = played(0, SEEDS, PROCESSES)
    failed = [verdict for verdict in failed if verdict.seed not in OPEN]
    for verdict in failed[:1]:
        small = smallest(verdict)
        told = "\n".join((str(Setting.of(small.seed)), *small.story, *small.violations))
        pytest.fail(f"{len(failed)} of {SEEDS} histories fail; seed {small.seed}:\n{told}")
    wanted = MET if SEEDS < 3_000 else MET + MET_BY_MANY
    assert [what for what in wanted if not met[what]] == []
