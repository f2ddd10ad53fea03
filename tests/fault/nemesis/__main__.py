"""``python -m tests.fault.nemesis``: harm for some minutes, then the verdict (status 1: failed)."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from deploy.local.progress import Lines
from tests.fault.nemesis.play import Verdict, play
from tests.fault.nemesis.report import told


def main() -> int:
    """Read the command line, play, tell."""
    parser = argparse.ArgumentParser(prog="python -m tests.fault.nemesis", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--directory", type=Path, help="a new one; default: a temporary one")
    options = parser.parse_args()
    directory = options.directory or Path(tempfile.mkdtemp(prefix="sheetbridge-nemesis-"))
    verdict: Verdict = play(
        directory, options.seed, options.minutes, Lines(), lambda text: print(text, flush=True)
    )
    print(told(verdict, options.seed, options.minutes, directory))
    return 0 if verdict.passed else 1


if __name__ == "__main__":
    sys.exit(main())
