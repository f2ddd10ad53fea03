"""A run of the nemesis in which too little happened proves nothing."""

from __future__ import annotations

import pytest

from tests.fault.nemesis.idleness import idleness
from tests.fault.nemesis.play import Verdict

ACTS = {
    **{f"sheet: {number}": 13 for number in range(8)},
    **{f"table: {number}": 20 for number in range(5)},
}
FAULTS = {f"kill {number}": 1 for number in range(6)}


def test_two_lively_minutes_prove_something() -> None:
    assert idleness(ACTS, FAULTS, 20, 2) == []


@pytest.mark.parametrize(
    ("acts", "faults", "losses", "said"),
    [
        ({**ACTS, "sheet: 1": 1}, FAULTS, 20, ["92 acts in the sheet"]),
        ({**ACTS, "table: 1": 19}, FAULTS, 20, ["99 acts in the table"]),
        ({"sheet: type": 800, "table: update": 100}, FAULTS, 20, ["1 kinds of", "1 kinds of"]),
        (ACTS, {**FAULTS, "kill 1": 0}, 20, ["5 faults"]),
        (ACTS, {"kill sink": 6}, 20, ["1 kinds of faults"]),
        (ACTS, FAULTS, 19, ["19 values in the conflict log"]),
    ],
)
def test_what_happened_too_seldom_is_said(
    acts: dict[str, int], faults: dict[str, int], losses: int, said: list[str]
) -> None:
    found = idleness(acts, faults, losses, 2)
    assert len(found) == len(said)
    assert all(each.startswith(begin) for each, begin in zip(found, said, strict=True))


def test_a_run_in_which_nothing_happened_does_not_pass() -> None:
    assert Verdict().passed
    assert not Verdict(idle=idleness({}, {}, 0, 2)).passed
