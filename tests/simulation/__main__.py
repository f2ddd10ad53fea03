"""``python -m tests.simulation``: play many seeds in parallel, and make the first failure small."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor

from tests.simulation.play import Verdict, play
from tests.simulation.setting import Setting

CHUNK = 25


def run(first: int, count: int, processes: int) -> tuple[list[Verdict], Counter[str]]:
    """Play seeds ``first`` … ``first + count - 1``; the failed ones, and what all have met."""
    failed: list[Verdict] = []
    met: Counter[str] = Counter()
    with ProcessPoolExecutor(processes) as pool:
        for verdict in pool.map(play, range(first, first + count), chunksize=CHUNK):
            met.update(verdict.met)
            if verdict.violations:
                failed.append(verdict)
    return failed, met


def smallest(seed: int) -> Verdict:
    """The seed's history without the acts that its failure does not need."""
    verdict = play(seed)
    without: set[int] = set()
    for number in range(Setting.of(seed).acts):
        smaller = play(seed, without | {number})
        if smaller.violations:
            without.add(number)
            verdict = smaller
    return verdict


def main() -> int:
    """The command; returns the exit status."""
    parser = argparse.ArgumentParser(prog="simulate", description=__doc__)
    parser.add_argument("--seeds", type=int, default=3_000, help="how many histories (3000)")
    parser.add_argument("--first", type=int, default=0, help="the first seed (0)")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--show", type=int, default=1, help="how many failures to tell whole (1)")
    arguments = parser.parse_args()
    started = time.monotonic()
    failed, met = run(arguments.first, arguments.seeds, arguments.processes)
    took = time.monotonic() - started
    print(f"{arguments.seeds:,} histories in {took:.0f} s met:")
    for what, times in sorted(met.items()):
        print(f"  {times:9,}  {what}")
    for verdict in failed[: arguments.show]:
        small = smallest(verdict.seed)
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
