"""``python -m deploy.local up|down|status``: the local stack by hand.

``up`` starts it in the background; ``--services`` picks some of them. ``sheetbridge up`` and
``sheetbridge demo`` are the comfortable way.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from deploy.local import stack
from deploy.local.failure import StackError
from deploy.local.plan import ALL
from deploy.local.progress import Lines


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m deploy.local", description=__doc__)
    parser.add_argument("command", choices=["up", "down", "status"])
    parser.add_argument("--directory", type=Path, default=Path(".sheetbridge"))
    parser.add_argument(
        "--services", default=",".join(ALL), help="parts of the stack, comma-separated"
    )
    options = parser.parse_args(arguments)
    try:
        if options.command == "up":
            wanted = [name for name in options.services.split(",") if name]
            stack.start(options.directory, background=True, progress=Lines(), services=wanted)
            print(options.directory / "endpoints.json")
        elif options.command == "down":
            for name in stack.stop(options.directory):
                print(f"{name}: stopped")
        else:
            for name, alive in stack.status(options.directory).items():
                print(f"{name}: {'running' if alive else 'dead'}")
    except StackError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
