"""The table that a person reads, and ``bench.json`` for whoever compares runs."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.benchmarks.case import Case, Outcome


def machine() -> dict[str, object]:
    """Where and when this is measured; ``load`` is what ran beside it at the beginning."""
    commit = subprocess.run(
        ["git", "describe", "--always", "--dirty"], capture_output=True, text=True, check=False
    )
    return {
        "commit": commit.stdout.strip(),
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "processors": os.cpu_count(),
        "machine": platform.machine(),
        "python": platform.python_version(),
        "load": os.getloadavg()[0],
    }


def save(path: Path, of: dict[str, object], case: Case, outcome: Outcome | str) -> None:
    """Put a case's figures into the file beside those of the other cases."""
    told = json.loads(path.read_text()) if path.exists() else {}
    if isinstance(outcome, str):
        told[case.name] = {**of, "work": case.work, "no_figure": outcome}
    else:
        told[case.name] = {
            **of,
            "work": case.work,
            "figures": [
                {"name": f.name, "value": f.value, "unit": f.unit, "wanted": f.wanted}
                for f in outcome.figures
            ],
            "samples": outcome.samples,
            "processor": outcome.processor,
            "settings": outcome.settings,
            "counts": outcome.counts,
        }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(told, indent=1) + "\n")


def show(console: Console, case: Case, outcome: Outcome | str) -> None:
    """One case as a table."""
    table = Table(title=f"{case.name}: {case.work}", title_justify="left", min_width=70)
    for title in ("figure", "measured", "to reach", ""):
        table.add_column(title, justify="right" if title == "measured" else "left")
    if isinstance(outcome, str):
        table.add_row("no figure", outcome)
    else:
        for figure in outcome.figures:
            reached = {True: "reached", False: "MISSED", None: ""}[figure.reached]
            table.add_row(figure.name, f"{figure.value:,.4g} {figure.unit}", figure.wanted, reached)
        took = ", ".join(f"{name} {seconds:.1f}" for name, seconds in outcome.processor.items())
        if took:
            table.add_row("processor (s)", took)
    console.print(table)
