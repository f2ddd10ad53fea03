"""``python -m tests.simulation.moving``: play many seeds of the person who moves rows."""

from __future__ import annotations

import argparse
import os
import sys
from concurrent.futures import ProcessPoolExecutor

from tests.simulation.moving.play import play


def main() -> int:
    """The command; returns the exit status."""
    parser = argparse.ArgumentParser(prog="moving", description=__doc__)
    parser.add_argument("--seeds", type=int, default=30, help="how many (30)")
    parser.add_argument("--first", type=int, default=1, help="the first seed (1)")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    arguments = parser.parse_args()
    failed = moved = fresh = 0
    with ProcessPoolExecutor(arguments.processes) as pool:
        seeds = range(arguments.first, arguments.first + arguments.seeds)
        for ending in pool.map(play, seeds):
            moved, fresh = moved + ending.moved, fresh + ending.fresh
            failed += bool(ending.wrong)
            for sentence in ending.wrong:
                print(f"seed {ending.seed}: {sentence}", flush=True)
    print(f"{moved} writes met moved rows, {fresh} freshly typed cells")
    print(f"{arguments.seeds - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
