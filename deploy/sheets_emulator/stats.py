"""What the emulator was asked to do, counted."""

import threading
from collections import Counter
from collections.abc import Sequence

from deploy.sheets_emulator.json_types import JsonObject


class Stats:
    """Counters; safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.reset()

    def reset(self) -> None:
        """Start again from zero."""
        with self._lock:
            self._calls: Counter[str] = Counter()
            self._requests: Counter[str] = Counter()
            self._outcomes: Counter[str] = Counter()
            self._cells_written = 0
            self._internal_cells_written = 0

    def count_call(self, call: str, is_write: bool) -> None:
        """Count a call of the public API, whatever becomes of it."""
        with self._lock:
            self._calls[call] += 1
            self._outcomes["writes" if is_write else "reads"] += 1

    def count_outcome(self, name: str) -> None:
        """Count a refusal, a scripted failure or a late call."""
        with self._lock:
            self._outcomes[name] += 1

    def count_cells(self, cells: int, kinds: Sequence[str], *, is_internal: bool) -> None:
        """Count what a changing call wrote."""
        with self._lock:
            if is_internal:
                self._internal_cells_written += cells
                return
            self._cells_written += cells
            self._requests.update(kinds)

    def to_json(self) -> JsonObject:
        """All counters; `rejected_429` are the calls refused for quota."""
        with self._lock:
            outcomes = self._outcomes
            return {
                "calls": dict(self._calls),
                "requests": dict(self._requests),
                "reads": outcomes["reads"],
                "writes": outcomes["writes"],
                "cells_written": self._cells_written,
                "internal_cells_written": self._internal_cells_written,
                "rejected_429": outcomes["rejected_429"],
                "errors_4xx": outcomes["errors_4xx"],
                "scripted_failures": outcomes["scripted_failures"],
                "late_calls": outcomes["late_calls"],
                "late_calls_pending": outcomes["late_calls"] - outcomes["late_calls_done"],
                "late_calls_refused": outcomes["late_calls_refused"],
            }
