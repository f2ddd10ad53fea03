"""Plants a fault in a copy of the code and looks for a seed that finds it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.simulation.faults.catalogue import Fault

ROOT = Path(__file__).parents[3]
PACKAGES = ("sink", "webhook", "deploy", "tests")


@dataclass(frozen=True, slots=True)
class Found:
    """The seed that found a fault, and the violation with its numbers as N."""

    seed: int
    violation: str


def search(fault: Fault, directory: Path, *, first: int, seeds: int) -> Found | None:
    """Plant ``fault`` in a copy of the code in ``directory`` and play until a seed fails.

    None where none of ``seeds`` seeds from ``first`` on does. Raises AssertionError where the fault
    does not fit the code any more, or the copy does not run.
    """
    _copy(directory)
    _plant(fault, directory)
    ended = subprocess.run(
        [
            *(sys.executable, "-m", "tests.simulation", "--until-first"),
            *("--first", str(first), "--seeds", str(seeds)),
        ],
        cwd=directory,
        env={**os.environ, "PYTHONPATH": str(directory), "PYTHONSAFEPATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    if ended.returncode == 0:
        return None
    found = re.search(r"^seed (\d+): (.*)$", ended.stdout, re.MULTILINE)
    assert found is not None, ended.stdout + ended.stderr
    return Found(int(found[1]), re.sub(r"\d+", "N", found[2]))


def _copy(target: Path) -> None:
    # with what Python has compiled: a copy keeps the times by which that is known to be current
    ignored = shutil.ignore_patterns("node_modules", "golden*", "page", "*.png")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, target / package, ignore=ignored)


def _plant(fault: Fault, root: Path) -> None:
    path = root / fault.file
    text = path.read_text(encoding="utf-8")
    assert text.count(fault.old) == 1, f"{fault.name}: {fault.file} has changed"
    path.write_text(text.replace(fault.old, fault.new), encoding="utf-8")
