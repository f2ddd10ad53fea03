"""Each deliberate fault is found within 3,000 seeds, in a copy of the code that has it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.simulation.faults.catalogue import FAULTS, Fault
from tests.simulation.test_simulation import SEEDS

ROOT = Path(__file__).parents[3]
PACKAGES = ("sink", "webhook", "deploy", "tests")
ENOUGH = 3_000

pytestmark = pytest.mark.skipif(
    SEEDS < ENOUGH, reason="the faults are planted where everything is tested (make test)"
)


def _copy(target: Path) -> None:
    ignored = shutil.ignore_patterns("node_modules", "__pycache__", "golden*", "page", "*.png")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, target / package, ignore=ignored)


def _plant(fault: Fault, root: Path) -> None:
    path = root / fault.file
    text = path.read_text(encoding="utf-8")
    assert text.count(fault.old) == 1, f"{fault.name}: {fault.file} has changed"
    path.write_text(text.replace(fault.old, fault.new), encoding="utf-8")


@pytest.mark.timeout(600)
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_is_found(fault: Fault, tmp_path: Path) -> None:
    _copy(tmp_path)
    _plant(fault, tmp_path)
    command = [sys.executable, "-m", "tests.simulation", "--seeds", str(ENOUGH), "--until-first"]
    ended = subprocess.run(
        command,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path), "PYTHONSAFEPATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 1, f"not found within {ENOUGH} seeds: {ended.stdout}{ended.stderr}"
    found = re.search(r"^seed (\d+): (.*)$", ended.stdout, re.MULTILINE)
    assert found is not None, ended.stdout + ended.stderr
    shown = re.sub(r"\d+", "N", found[2])
    assert shown.startswith(fault.shows), f"seed {found[1]} shows {found[2]!r}"
    print(f"{fault.name}: seed {found[1]}: {found[2]}")
