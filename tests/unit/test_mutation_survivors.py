"""A mutant that survives fails ``make mutants``, unless the list says why it may."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.mutation.survivors import Mutant, Result, Survivor, judge, listed, mutant_of

MUTANT = Mutant("version.newer", "return a > b", "return a >= b")
SURVIVED = Result("x_newer__mutmut_1", "survived", MUTANT)
KILLED = [Result(f"x_newer__mutmut_{number}", "killed") for number in range(2, 100)]
LISTED = {MUTANT: Survivor(MUTANT, "a is never b", equivalent=False)}


def test_a_survivor_must_be_listed() -> None:
    assert judge([SURVIVED, *KILLED], LISTED).passed
    verdict = judge([SURVIVED, *KILLED], {})
    assert not verdict.passed
    assert verdict.unlisted == (MUTANT,)
    assert str(MUTANT) in str(verdict)


def test_what_is_listed_must_survive() -> None:
    assert not judge(KILLED, LISTED).passed


def test_one_entry_is_for_one_of_two_same_lines() -> None:
    both = [SURVIVED, SURVIVED, *KILLED]
    assert judge(both, LISTED).unlisted == (MUTANT,)
    twice = {MUTANT: Survivor(MUTANT, "a is never b", equivalent=False, times=2)}
    assert judge(both, twice).passed
    assert judge([SURVIVED, *KILLED], twice).stale == (MUTANT,)


def test_a_list_does_not_make_up_for_tests() -> None:
    few = [SURVIVED, *KILLED[:15]]
    assert not judge(few, LISTED).passed
    assert judge(few, {MUTANT: Survivor(MUTANT, "the same", equivalent=True)}).passed
    assert not judge([], {}).passed


@pytest.mark.parametrize("status", ["suspicious", "not checked", "segfault", "timeout"])
def test_every_mutant_must_come_to_an_end(status: str) -> None:
    verdict = judge([Result("x_newer__mutmut_1", status), *KILLED], {})
    assert not verdict.passed
    assert verdict.unchecked == ("x_newer__mutmut_1",)


def test_a_mutant_is_known_by_what_it_changes() -> None:
    diff = (
        "--- a.py\n+++ a.py\n@@ -1,2 +1,2 @@\n def newer():\n-    return a > b\n+    return a >= b"
    )
    assert mutant_of("version.newer", diff) == MUTANT


def test_what_is_printed_can_be_put_into_the_list(tmp_path: Path) -> None:
    many = Mutant("version.newer", "x = f(\n'a',\n)", "x = f()")
    path = tmp_path / "survivors.toml"
    path.write_text("".join(f"{each}reason = 'so'\n\n" for each in (MUTANT, many)))
    assert set(listed(path)) == {MUTANT, many}
    path.write_text(f"{MUTANT}\n")
    with pytest.raises(ValueError, match="without a reason"):
        listed(path)


def test_the_list_can_be_read() -> None:
    assert all(each.reason for each in listed().values())
