"""``python -m tests.benchmarks [CASE …]``: measure, tell, and write ``.sheetbridge/bench.json``.

Status 1 where a case ended with unequal sides. A figure that misses what is to be reached is told,
and is no failure: machines differ.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import time
from contextlib import closing
from pathlib import Path

from rich.console import Console

from tests.benchmarks import (
    big_table,
    bursts,
    edits,
    first_fill,
    first_sync,
    latency,
    mappings,
    merge,
    peer,
    report,
    steady,
)
from tests.benchmarks.arena import Arena
from tests.benchmarks.case import Case, Outcome
from tests.benchmarks.sides import UnequalError

CASES: tuple[Case, ...] = (
    *merge.CASES,
    *edits.CASES,
    *bursts.CASES,
    *latency.CASES,
    *first_fill.CASES,
    *peer.CASES,
    *first_sync.CASES,
    *big_table.CASES,
    *steady.CASES,
    *mappings.CASES,
)
RESULTS = Path(".sheetbridge/bench.json")


def main() -> int:
    """Run the wanted cases; returns the exit status."""
    known = {case.name: case for case in CASES}
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("cases", nargs="*", metavar="CASE", help=f"any of {', '.join(known)}")
    parser.add_argument("--directory", type=Path, help="for the stack and its logs; a new one")
    options = parser.parse_args()
    unknown = set(options.cases) - known.keys()
    if unknown:
        parser.error(f"no case {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    wanted = [known[name] for name in options.cases] or list(CASES)
    directory = options.directory or RESULTS.with_name(f"bench-{time.strftime('%Y%m%dT%H%M%S')}")
    console, of, unequal = Console(), report.machine(), False
    with closing(Arena(directory)) as arena:
        for case in wanted:
            outcome: Outcome | str
            try:
                outcome = case.run(arena)
            except UnequalError as error:
                outcome, unequal = str(error), True
            report.save(RESULTS, of, case, outcome)
            report.show(console, case, outcome)
    if options.directory is None and not unequal:
        shutil.rmtree(directory, ignore_errors=True)  # gigabytes of binlog and topics
    return 1 if unequal else 0


if __name__ == "__main__":
    sys.exit(main())
