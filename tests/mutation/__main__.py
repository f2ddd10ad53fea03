"""``python -m tests.mutation``: run mutmut over the merge, and judge what the tests let through.

Which files are changed and which tests are asked stands in ``pyproject.toml`` (``tool.mutmut``).
mutmut changes no property, since it leaves decorated functions alone. A mutant that survives fails
the command, unless ``survivors.toml`` says why it may.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from mutmut.mutation.diff_apply import get_diff_for_mutant
from mutmut.stats import status_by_exit_code
from mutmut.utils.format_utils import orig_function_and_class_names_from_key

from tests.mutation.survivors import ALIVE, Mutant, Result, judge, listed, mutant_of

LEFT = Path("mutants")
"""Where mutmut works and leaves its results."""


def results() -> Iterator[Result]:
    """Every mutant and what became of it in mutmut's last run."""
    for meta in sorted(LEFT.rglob("*.py.meta")):
        path = meta.relative_to(LEFT).with_suffix("")
        for name, code in json.loads(meta.read_text(encoding="utf-8"))["exit_code_by_key"].items():
            status = status_by_exit_code[code]
            yield Result(name, status, mutant(name, path) if status in ALIVE else None)


def mutant(name: str, path: Path) -> Mutant:
    """What the mutant of that name changes."""
    function, holder = orig_function_and_class_names_from_key(name)
    owner = [holder] if holder else []
    whole = ".".join([path.stem, *owner, function.rpartition(".")[2]])
    return mutant_of(whole, get_diff_for_mutant(name, path=path))


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; see the module's docstring."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--judge", action="store_true", help="only what the last run has left")
    parser.add_argument("--resume", action="store_true", help="go on where the last run ended")
    chosen = parser.parse_args(arguments)
    survivors = listed()
    if not chosen.judge:
        if not chosen.resume:
            shutil.rmtree(LEFT, ignore_errors=True)
        began = time.monotonic()
        run = [sys.executable, "-m", "mutmut", "run", "--max-children", str(chosen.processes)]
        ended = subprocess.run(run, check=False)
        if ended.returncode:
            return ended.returncode
        print(f"\n{(time.monotonic() - began) / 60:.0f} minutes")
    verdict = judge(list(results()), survivors)
    print(verdict)
    return 0 if verdict.passed else 1


if __name__ == "__main__":
    sys.exit(main())
