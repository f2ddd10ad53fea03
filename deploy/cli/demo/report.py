"""How the tour looks at the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from deploy.cli.commands import as_typed
from deploy.cli.demo.evidence import Evidence
from deploy.cli.demo.tour import Move


def milliseconds(seconds: float) -> str:
    """A time as people read it: 87 ms, 1.4 s."""
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"


def line(move: Move) -> str:
    """A move in one line, told as it ends."""
    mark = "[green]✓[/green]" if move.problem is None else "[red]✗[/red]"
    return (
        f"  {mark} {move.direction}  {move.title}, by the {move.by}: "
        f"{milliseconds(move.seconds)}  {escape(move.problem or move.found)}"
    )


def table(moves: Sequence[Move]) -> Table:
    """All moves, with what was found on the other side."""
    shown = Table(title="Tour", title_justify="left", header_style="bold")
    shown.add_column("Direction", no_wrap=True)
    shown.add_column("Move")
    shown.add_column("By")
    shown.add_column("Seen after", justify="right", no_wrap=True)
    shown.add_column("Resolution", justify="right", no_wrap=True)
    shown.add_column("Found on the other side", overflow="fold")
    before = moves[0].direction if moves else ""
    for move in moves:
        if move.direction != before:
            shown.add_section()
            before = move.direction
        found = escape(move.found) if move.problem is None else f"[red]{escape(move.problem)}[/red]"
        seen = milliseconds(move.seconds) if move.problem is None else "[red]never[/red]"
        shown.add_row(move.direction, move.title, move.by, seen, milliseconds(move.interval), found)
    return shown


def tell(
    console: Console,
    moves: Sequence[Move],
    before: Evidence,
    after: Evidence,
    objections: Sequence[str],
) -> None:
    """The table, how it was measured, the counts of the topics and the verdict."""
    console.print()
    console.print(table(moves))
    console.print(
        "Seen after: from just before the act until a look at the other side showed it; a read is "
        "one look. Resolution: the look before that one was so much earlier.",
        style="dim",
    )
    for topic, offset in after.offsets.items():
        console.print(
            f"{topic}: {offset - before.offsets.get(topic, 0)} records during the tour",
            highlight=False,
        )
    console.print(f"Connector: {after.connector}", highlight=False, markup=False)
    if objections:
        console.print("[red bold]The tour failed:[/red bold]")
        for objection in objections:
            console.print(f"  {objection}", highlight=False, markup=False, soft_wrap=True)
    else:
        console.print(f"[green bold]All {len(moves)} moves arrived.[/green bold]")


def tell_standing_still(console: Console, obstacles: Sequence[str]) -> None:
    """Why there is no tour: what stands still, each with what mends it."""
    console.print("[red bold]The tour is not played:[/red bold]")
    for obstacle in obstacles:
        console.print(f"  {as_typed(obstacle)}", highlight=False, markup=False, soft_wrap=True)
