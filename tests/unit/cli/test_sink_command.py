"""What is said where the sink has not ended a command in time."""

from __future__ import annotations

from deploy.cli.sink_command import Outcome, unanswered

COMPARING = Outcome(None, "Comparing sheet and table.")


def test_without_an_answer_the_command_is_kept() -> None:
    error = unanswered(None, None, wait=30)
    assert "has not taken the command within 30 s; it is kept" in error.problem
    assert "sheetbridge status" in error.mend


def test_work_that_takes_longer_goes_on() -> None:
    error = unanswered(COMPARING, None, wait=120)
    assert error.problem == "the sink is still at it after 120 s: Comparing sheet and table."
    assert "goes on by itself" in error.mend


def test_a_mapping_that_stands_still_says_why() -> None:
    reason = "the tab 'planes' has no column with the header 'seats'"
    error = unanswered(COMPARING, reason, wait=120)
    assert error.problem.endswith(f"Comparing sheet and table. Not in step: {reason}")
    assert error.mend == "Mend that, and it goes on by itself."
