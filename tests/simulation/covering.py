"""How much of the production code the simulation runs, by branches.

In one process, because what runs beside is not measured: a few hundred histories are enough.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]

PARTS: dict[str, tuple[str, ...]] = {
    "resolver": (
        "sink/core/resolver.py",
        "sink/core/crossing.py",
        "sink/core/database_events.py",
        "sink/core/sheet_events.py",
        "sink/core/sheet_deletes.py",
        "sink/core/sheet_sights.py",
        "sink/core/out_of_sight.py",
        "sink/core/made_on_both.py",
        "sink/core/formulas.py",
        "sink/core/held_deletes.py",
        "sink/core/operator_edits.py",
        "sink/core/row_state.py",
        "sink/core/version.py",
        "sink/core/policies.py",
    ),
    "pipeline": (
        "sink/pipeline.py",
        "sink/inbound.py",
        "sink/posted_rows.py",
        "sink/table_writing.py",
        "sink/merge_point.py",
    ),
    "guards": ("sink/core/guards.py", "sink/core/held_batch.py", "sink/guarding.py"),
    "reconciler": ("sink/reconciler.py", "sink/reconciliation.py", "sink/table_comparison.py"),
    "sheet writer": (
        "sink/sheet_side.py",
        "sink/sheet_calls.py",
        "sink/sheet_writing.py",
        "sink/doubled_rows.py",
        "sink/writers/sheets/answer.py",
        "sink/writers/sheets/call.py",
        "sink/writers/sheets/mending.py",
        "sink/writers/sheets/repairs.py",
        "sink/writers/sheets/row_requests.py",
    ),
}


def report_coverage(first: int, seeds: int) -> int:
    """Play the seeds under ``coverage`` and print what share of branches ran; the exit status."""
    with tempfile.TemporaryDirectory() as directory:
        data, found = Path(directory) / "data", Path(directory) / "found.json"
        told = _coverage(
            *("run", "--branch", "--source=sink", f"--data-file={data}", "-m", "tests.simulation"),
            *("--seeds", str(seeds), "--first", str(first), "--processes", "0"),
        )
        _coverage("json", "--quiet", f"--data-file={data}", "-o", str(found))
        files = json.loads(found.read_text(encoding="utf-8"))["files"]
    print(told.splitlines()[-1])
    for part, paths in PARTS.items():
        sums = [files[path]["summary"] for path in paths]
        ran = sum(each["covered_branches"] for each in sums)
        there = sum(each["num_branches"] for each in sums)
        print(f"{100 * ran / there:6.1f} % of {there} branches of the {part}")
        for path in paths:
            missed = ", ".join(f"{line}→{to}" for line, to in files[path]["missing_branches"])
            if missed:
                print(f"           {path} without {missed}")
    return 0


def _coverage(*arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "coverage", *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return done.stdout
