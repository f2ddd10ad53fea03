"""``python -m tests.benchmarks [CASE …]``: run cases and write ``.sheetbridge/bench.json``."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from rich.console import Console

from tests.benchmarks.cases import CASES, ON_THE_STACK, WITHOUT_STACK
from tests.benchmarks.figures import Result
from tests.benchmarks.ground import Ground, UnequalError
from tests.benchmarks.report import FILE, print_result, save


def main() -> int:
    """Run the cases that were asked for, all without a name; 1 where a case ended unequal."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cases", nargs="*", metavar="CASE", help=", ".join(CASES))
    wanted = parser.parse_args().cases or list(CASES)
    unknown = set(wanted) - set(CASES)
    if unknown:
        parser.error(f"{', '.join(sorted(unknown))}: not a case; there are {', '.join(CASES)}")
    console = Console()
    results = [_alone(name, console) for name in wanted if name in WITHOUT_STACK]
    on_stack = [name for name in wanted if name in ON_THE_STACK]
    if on_stack:
        with tempfile.TemporaryDirectory(prefix="sheetbridge-bench-") as directory:
            ground = Ground(Path(directory))
            try:
                results += [_on_the_stack(name, ground, console) for name in on_stack]
            finally:
                ground.close()
    save(results)
    console.print(f"Written to {FILE}")
    return 1 if any(result.unequal for result in results) else 0


def _alone(name: str, console: Console) -> Result:
    result = Result(name)
    console.print(f"{name} …", style="dim")
    WITHOUT_STACK[name](result)
    print_result(result, console)
    return result


def _on_the_stack(name: str, ground: Ground, console: Console) -> Result:
    result = Result(name)
    console.print(f"{name} …", style="dim")
    try:
        ON_THE_STACK[name](ground, result)
    except UnequalError as error:
        result.unequal, result.figures = str(error), []
    print_result(result, console)
    return result


if __name__ == "__main__":
    sys.exit(main())
