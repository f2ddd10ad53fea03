"""The table that a person reads, and ``.sheetbridge/bench.json`` for programs."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import time
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.benchmarks.figures import Figure, Result

FILE = Path(".sheetbridge/bench.json")


def print_result(result: Result, console: Console) -> None:
    """One case's figures, as soon as it has ended."""
    if result.unequal:
        console.print(f"{result.case}: no figure, the sides differ: {result.unequal}", style="red")
        return
    table = Table(title=result.case, title_justify="left")
    for name in ("figure", "measured", "to reach", "limit beside it"):
        table.add_column(name, justify="left" if name == "figure" else "right")
    for figure in result.figures:
        table.add_row(
            figure.name,
            f"{_number(figure.value)} {figure.unit}",
            _goal(figure),
            "" if figure.limit is None else f"{_number(figure.limit)} {figure.unit}",
            style={True: "green", False: "yellow", None: ""}[figure.reached],
        )
    console.print(table)


def save(results: list[Result]) -> None:
    """Write the results over those of the same cases; other cases' stay.

    Each case carries its commit and machine: cases may stem from several runs.
    """
    known: dict[str, object] = json.loads(FILE.read_text()) if FILE.exists() else {}
    for result in results:
        known[result.case] = {**asdict(result), **_circumstances()}
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(json.dumps(known, indent=1) + "\n")


def _circumstances() -> dict[str, object]:
    def git(*words: str) -> str:
        return subprocess.run(
            ["git", *words], capture_output=True, text=True, check=False
        ).stdout.strip()

    return {
        "commit": git("rev-parse", "HEAD"),
        "changed_since": bool(git("status", "--porcelain", "--untracked-files=no")),
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "processors": os.cpu_count(),
        "machine": platform.machine(),
        "python": platform.python_version(),
    }


def _goal(figure: Figure) -> str:
    if figure.goal is None:
        return ""
    return f"{'≥' if figure.more else '≤'} {_number(figure.goal)} {figure.unit}"


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
