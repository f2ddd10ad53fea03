"""Every history in LADDER.md's table is a test of that name."""

from __future__ import annotations

import ast
from pathlib import Path

LADDER = frozenset(
    {
        "echo_of_older_write",
        "aba_sheet",
        "aba_db",
        "triggers_swapped",
        "equal_under_policy",
        "equal_then_delete",
        "paste_in_sight",
        "unseen_under_lock",
        "gap",
        "crash_before_call",
        "unheard_overwritten",
        "late_call",
        "update_of_missing_row",
        "recreated_unseen",
        "found_then_created",
        "create_then_gone",
        "key_only_row",
        "look_too_early",
        "found_superseded",
        "delete_crossing",
        "dead_row_merges",
        "delete_after_paste",
        "held_delete",
        "held_meets_tombstone",
        "key_typed_over",
        "reread_shows_ours",
        "told_twice",
        "older_event_after_answer",
        "old_fits_late",
        "overwritten_then_read",
        "fired_twice",
        "rounded_by_db",
    }
)


def test_every_history_of_the_ladder_is_a_test() -> None:
    there = {
        node.name.removeprefix("test_")
        for file in Path(__file__).parent.glob("test_*.py")
        for node in ast.parse(file.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef)
    }
    assert LADDER - there == frozenset()
