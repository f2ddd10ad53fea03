"""The command: runs every area, lists what was found, and fails if anything does not work."""

from __future__ import annotations

from collections import Counter

import typer
from rich.text import Text

from deploy.cli.check.areas import areas, open_pieces
from deploy.cli.check.finding import Finding, Level
from deploy.cli.check.runner import run
from deploy.cli.commands import as_typed
from deploy.cli.configuration import load
from deploy.cli.console import console, error_console
from deploy.cli.failure import FAILED
from deploy.cli.options import ConfigOption

app = typer.Typer(add_completion=False)

_MARKS = {
    Level.OK: ("✓", "green"),
    Level.NOTE: ("i", "blue"),
    Level.UNKNOWN: ("?", "dim"),
    Level.WARNING: ("!", "yellow"),
    Level.PROBLEM: ("✗", "red"),
}


@app.command()
def check(config: ConfigOption = None) -> None:
    """Look for everything that can be set wrong, and say how to mend it.

    It changes neither data nor settings. To the webhook it posts a signed heartbeat, which goes
    into Kafka like the script's own. Exit status: 1 if there is a problem; warnings do not count.

    Example:

        sheetbridge check
    """
    configuration = load(config)
    counts: Counter[Level] = Counter()
    area = ""
    with (
        error_console.status("looking", spinner="dots") as status,
        open_pieces(configuration) as pieces,
    ):
        found = run(
            areas(configuration, pieces),
            progress=lambda title: status.update(f"looking at: {title}"),
        )
        for title, finding in found:
            if title != area:
                area = title
                console.print(Text(f"\n{title}", style="bold"))
            console.print(line(finding), soft_wrap=True)
            counts[finding.level] += 1
    console.print()
    console.print(summary(counts))
    if counts[Level.PROBLEM]:
        raise typer.Exit(FAILED)


def line(finding: Finding) -> Text:
    """A finding as it is listed: a mark and what is so; below it, indented, the mend."""
    mark, style = _MARKS[finding.level]
    text = Text.assemble("  ", (mark, style), " ", (finding.what, "" if mark != "?" else "dim"))
    if finding.mend:
        text.append(f"\n    → {as_typed(finding.mend)}", style="cyan")
    return text


def summary(counts: Counter[Level]) -> Text:
    """The last line."""
    problems, warnings = counts[Level.PROBLEM], counts[Level.WARNING]
    if not problems and not warnings:
        return Text("All is well.", style="green")
    told = [
        f"{number} {word}{'s' if number > 1 else ''}"
        for number, word in ((problems, "problem"), (warnings, "warning"))
        if number
    ]
    return Text(f"{' and '.join(told)}.", style="red" if problems else "yellow")
