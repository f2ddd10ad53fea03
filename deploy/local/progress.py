"""How installing and starting is told to whoever watches.

The methods are called from several threads at once. A step is named by its text; every step that
begins either finishes or fails.
"""

from __future__ import annotations

import sys
import threading
import time
from typing import Protocol, TextIO


class Progress(Protocol):
    """A watcher of steps that run side by side."""

    def begin(self, step: str) -> None:
        """``step`` has begun."""

    def advance(self, step: str, done: int, total: int | None) -> None:
        """``done`` of ``total`` items of the step are there; ``total`` is None where unknown."""

    def finish(self, step: str, outcome: str) -> None:
        """``step`` is done; ``outcome`` says with what ("9.7.4, from the cache")."""

    def fail(self, step: str, reason: str) -> None:
        """``step`` failed; the error itself is raised to the caller."""


class Silent:
    """A watcher that looks away."""

    def begin(self, step: str) -> None:
        """Say nothing."""

    def advance(self, step: str, done: int, total: int | None) -> None:
        """Say nothing."""

    def finish(self, step: str, outcome: str) -> None:
        """Say nothing."""

    def fail(self, step: str, reason: str) -> None:
        """Say nothing."""


class Lines:
    """A watcher that writes one line a finished step, with the seconds it took."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream if stream is not None else sys.stderr
        self._lock = threading.Lock()
        self._begun: dict[str, float] = {}

    def begin(self, step: str) -> None:
        """Note the time."""
        with self._lock:
            self._begun[step] = time.monotonic()

    def advance(self, step: str, done: int, total: int | None) -> None:
        """Say nothing: a log is not a bar."""

    def finish(self, step: str, outcome: str) -> None:
        """Write the step, its outcome and its seconds."""
        self._write(step, outcome)

    def fail(self, step: str, reason: str) -> None:
        """Write the step and the first line of the reason."""
        self._write(step, "failed: " + reason.splitlines()[0])

    def _write(self, step: str, text: str) -> None:
        with self._lock:
            seconds = time.monotonic() - self._begun.pop(step, time.monotonic())
            print(f"{step}: {text} ({seconds:.1f} s)", file=self._stream, flush=True)
