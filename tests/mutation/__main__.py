"""``python -m tests.mutation``: run mutmut over the merge, and judge what the tests let through.

Which files are changed and which tests are asked stands in ``pyproject.toml`` (``tool.mutmut``).
A mutant that survives fails the command, unless ``survivors.toml`` says why it may.
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

from tests.mutation.survivors import Mutant, Survivor, listed, mutant_of

RESULTS = Path("mutants")
LEAST = 95.0
"""Per cent of the mutants that the tests must find."""

FOUND = frozenset({"killed", "timeout"})
"""A mutant that never comes to an end is found as well."""

ALIVE = frozenset({"survived", "no tests"})


def results() -> Iterator[tuple[str, Path, str]]:
    """Every mutant's name, its file and what became of it, as mutmut has left it."""
    for meta in sorted(RESULTS.rglob("*.py.meta")):
        path = meta.relative_to(RESULTS).with_suffix("")
        for name, code in json.loads(meta.read_text())["exit_code_by_key"].items():
            yield name, path, status_by_exit_code[code]


def mutant(name: str, path: Path) -> Mutant:
    """What the mutant of that name changes."""
    function, holder = orig_function_and_class_names_from_key(name)
    owner = [holder] if holder else []
    own_name = ".".join([path.stem, *owner, function.rpartition(".")[2]])
    return mutant_of(own_name, get_diff_for_mutant(name, path=path))


def judge(survivors: dict[Mutant, Survivor]) -> int:
    """Print the figures and what fails the command; the exit status."""
    every = list(results())
    files = {path for _, path, _ in every}
    alive = [mutant(name, path) for name, path, status in every if status in ALIVE]
    unchecked = [name for name, _, status in every if status not in ALIVE | FOUND]
    unlisted = [each for each in alive if each not in survivors]
    equivalent = sum(each in survivors and survivors[each].equivalent for each in alive)
    stale = survivors.keys() - set(alive)
    found = len(every) - len(alive) - len(unchecked)
    share = 100 * found / max(1, len(every) - equivalent)
    print(
        f"{len(every):,} mutants of {len(files)} files: {found:,} found, which is {share:.1f} % of "
        f"all that a test could find ({100 * found / max(1, len(every)):.1f} % of all); "
        f"{len(alive)} survive, {equivalent} of them equivalent"
    )
    for each in unlisted:
        print(f"\nsurvives, and survivors.toml does not say why it may:\n{each}")
    for each in sorted(stale, key=str):
        print(
            f"\nis listed in survivors.toml and does not survive (any more); strike it out:\n{each}"
        )
    if unchecked:
        print(f"\n{len(unchecked)} came to no end: {', '.join(unchecked[:5])} …")
    return 1 if unlisted or stale or unchecked or share < LEAST or not every else 0


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; see the module's docstring."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--judge", action="store_true", help="only what the last run has left")
    chosen = parser.parse_args(arguments)
    survivors = listed()
    if not chosen.judge:
        shutil.rmtree(RESULTS, ignore_errors=True)
        began = time.monotonic()
        run = [sys.executable, "-m", "mutmut", "run", "--max-children", str(chosen.processes)]
        ended = subprocess.run(run, check=False)
        if ended.returncode:
            return ended.returncode
        print(f"\n{(time.monotonic() - began) / 60:.0f} minutes")
    return judge(survivors)


if __name__ == "__main__":
    sys.exit(main())
