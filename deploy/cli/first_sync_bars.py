"""First syncs as bars at a terminal, one a mapping; the log goes on above them."""

from __future__ import annotations

import threading
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)


class FirstSyncBars:
    """Implements ``sink.parts.TellProgress``; use it as a context manager.

    What is written to stderr while it is open goes above the bars. Shows nothing where there is no
    terminal: a log is not a bar.
    """

    def __init__(self, console: Console) -> None:
        self._lock = threading.Lock()
        self._bars: dict[tuple[str, str], TaskID] = {}
        self._live = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=30),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
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

    def __call__(self, mapping: str, what: str, done: int, total: int) -> None:
        """Move the mapping's bar; one that is full goes."""
        with self._lock:
            bar = self._bars.get((mapping, what))
            if bar is None:
                label = f"{mapping}: first sync, {what}"
                bar = self._bars[mapping, what] = self._live.add_task(escape(label), total=total)
            self._live.update(bar, completed=done, total=total)
            if done >= total:
                self._live.remove_task(self._bars.pop((mapping, what)))
