"""Steps of installing and starting, shown live at a terminal; one line each elsewhere."""

from __future__ import annotations

import threading
import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn


class StepProgress:
    """Implements ``deploy.local.progress.Progress``; use it as a context manager.

    A finished step leaves one line with its outcome and its seconds; at a terminal the steps under
    way are shown below with a spinner.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._lock = threading.Lock()
        self._begun: dict[str, float] = {}
        self._tasks: dict[str, TaskID] = {}
        self._live = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(bar_width=20),
            TimeElapsedColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._live.stop()

    def begin(self, step: str) -> None:
        """Show the step with a spinner."""
        with self._lock:
            self._begun[step] = time.monotonic()
            self._tasks[step] = self._live.add_task(escape(step), total=None)

    def advance(self, step: str, done: int, total: int | None) -> None:
        """Move the step's bar."""
        with self._lock:
            if step in self._tasks:
                self._live.update(self._tasks[step], completed=done, total=total)

    def finish(self, step: str, outcome: str) -> None:
        """Leave a line that says with what the step ended."""
        self._end(step, "[green]✓[/green]", outcome)

    def fail(self, step: str, reason: str) -> None:
        """Leave a line that says that it failed; the error itself tells the rest."""
        self._end(step, "[red]✗[/red]", next(iter(reason.splitlines()), "failed"))

    def _end(self, step: str, mark: str, text: str) -> None:
        with self._lock:
            seconds = time.monotonic() - self._begun.pop(step, time.monotonic())
            task = self._tasks.pop(step, None)
            if task is not None:
                self._live.remove_task(task)
        told = f"{mark} {escape(step)}: {escape(text)} [dim]({seconds:.1f} s)[/dim]"
        self._console.print(told, highlight=False, soft_wrap=True)
