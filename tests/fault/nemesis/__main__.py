"""``python -m tests.fault.nemesis``: harm for some minutes, then the verdict (status 1: failed)."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from deploy.local.progress import Lines
from tests.fault.nemesis.play import Verdict, play
from tests.fault.nemesis.report import told


def main() -> int:
    """Read the command line, play, tell."""
    parser = argparse.ArgumentParser(prog="python -m tests.fault.nemesis", description=__doc__)
    parser.add_argument("--minutes", type=float, default=2, help="how long to do harm (2)")
    parser.add_argument("--seed", type=int, default=1, help="decides who does what, and when (1)")
    parser.add_argument(
        "--directory", type=Path, help="for the stack, its logs and the history; it must not exist"
    )
    options = parser.parse_args()
    name = f"nemesis-{options.seed}-{time.strftime('%Y%m%dT%H%M%S')}"
    directory = options.directory or Path(".sheetbridge") / name
    verdict: Verdict = play(
        directory, options.seed, options.minutes, Lines(), lambda text: print(text, flush=True)
    )
    print(told(verdict, options.seed, options.minutes, directory))
    return 0 if verdict.passed else 1


if __name__ == "__main__":
    sys.exit(main())
