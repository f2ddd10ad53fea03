"""``python -m tests.simulation``: play many seeds in parallel, and make the first failure small."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor

from tests.simulation.covering import report_coverage
from tests.simulation.meetings import told
from tests.simulation.play import Verdict, play
from tests.simulation.setting import Setting

CHUNK = 25

OPEN: dict[int, str] = {}
"""Histories that are known to lose a value, and why; they count as failures everywhere else."""


def played(
    first: int, count: int, processes: int, tell: Callable[[int, int], None] | None = None
) -> tuple[list[Verdict], Counter[str]]:
    """Play seeds ``first`` … ``first + count - 1``; the failed ones, and what all have met.

    ``processes`` 0: in this one. ``tell`` hears how many have been played and how many failed.
    """
    failed: list[Verdict] = []
    met: Counter[str] = Counter()
    seeds = range(first, first + count)
    with ProcessPoolExecutor(processes or 1) as pool:
        verdicts = pool.map(play, seeds, chunksize=CHUNK) if processes else map(play, seeds)
        for done, verdict in enumerate(verdicts, start=1):
            met.update(verdict.met)
            if verdict.violations:
                failed.append(verdict)
                print(f"seed {verdict.seed}: {verdict.violations[0]}", file=sys.stderr, flush=True)
            if tell is not None and done % (4 * CHUNK) == 0:
                tell(done, len(failed))
    return failed, met


def smallest(failed: Verdict) -> Verdict:
    """The same failure without the acts that it does not need."""
    kind, without, found = failed.kind, set[int](), failed
    numbers = set(range(Setting.of(failed.seed).acts))
    again = True
    while again:
        again = False
        for number in sorted(numbers - without):
            smaller = play(failed.seed, without | {number})
            if smaller.kind == kind:
                without.add(number)
                found, again = smaller, True
    return found


def _until_first(first: int, count: int, processes: int) -> int:
    """Play until a seed fails, and say which and why."""
    for verdict in _one_after_the_other(first, count, processes):
        if verdict.violations and verdict.seed not in OPEN:
            print(f"seed {verdict.seed}: {verdict.violations[0]}")
            return 1
    print(f"none of {count:,} seeds fails")
    return 0


def _one_after_the_other(first: int, count: int, processes: int) -> Iterator[Verdict]:
    """The first seed is played alone: where a fault is planted it is the one known to find it."""
    yield play(first)
    pool = ProcessPoolExecutor(processes)
    try:
        yield from pool.map(play, range(first + 1, first + count), chunksize=CHUNK)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _progress(done: int, failed: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{done:,} played, {failed:,} failed ", end="", file=sys.stderr, flush=True)
    elif done % 5_000 == 0:
        print(f"{done:,} played, {failed:,} failed", file=sys.stderr, flush=True)


def main() -> int:
    """The command; returns the exit status."""
    parser = argparse.ArgumentParser(prog="simulate", description=__doc__)
    parser.add_argument("--seeds", type=int, default=3_000, help="how many histories (3000)")
    parser.add_argument("--first", type=int, default=0, help="the first seed (0)")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--show", type=int, default=1, help="how many failures to tell whole (1)")
    parser.add_argument("--until-first", action="store_true", help="end at the first failure")
    parser.add_argument("--coverage", action="store_true", help="measure branch coverage too")
    arguments = parser.parse_args()
    if arguments.until_first:
        return _until_first(arguments.first, arguments.seeds, arguments.processes)
    if arguments.coverage:
        return report_coverage(arguments.first, arguments.seeds)
    started = time.monotonic()
    failed, met = played(arguments.first, arguments.seeds, arguments.processes, _progress)
    took = time.monotonic() - started
    print(f"{arguments.seeds:,} histories in {took:.0f} s met:")
    for line in told(met):
        print(f"  {line}")
    for verdict in failed[: arguments.show]:
        small = smallest(verdict)
        print(f"\nseed {verdict.seed} fails; its smallest history:")
        print(f"  {Setting.of(verdict.seed)}")
        for line in (*small.story, *small.violations):
            print(f"  {line}")
    print(f"{arguments.seeds - len(failed):,} passed, {len(failed):,} failed")
    if failed:
        print("failed:", *(verdict.seed for verdict in failed[:50]))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
