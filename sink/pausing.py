"""Stops the sink dead at a named point of its work, for tests that kill it there.

``SHEETBRIDGE_PAUSE_AT=point:mapping:count:prefix``: at ``point``, in that mapping, once at least
``count`` of the rows in hand have a key that begins with ``prefix``. Unset, nothing ever stops.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection

from sink.core.row_key import RowKey

log = logging.getLogger(__name__)

VARIABLE = "SHEETBRIDGE_PAUSE_AT"

Pause = Callable[[str, Collection[RowKey]], None]
"""Called at named points (``before_database_write`` …) with the keys of the rows in hand."""


def never(_point: str, _rows: Collection[RowKey]) -> None:
    """The pause of everyday: none."""


def pause_at(wanted: str, mapping: str) -> Pause:
    """What ``wanted``, the variable's value, means for ``mapping``; ValueError if it is no such."""
    if not wanted:
        return never
    point, name, count, prefix = wanted.split(":", 3)
    least = int(count)
    if name != mapping:
        return never

    def pause(reached: str, rows: Collection[RowKey]) -> None:
        if reached != point:
            return
        there = sum(row.display.startswith(prefix) for row in rows)
        if there >= least:
            log.warning("paused at %s with %d rows", point, there)
            threading.Event().wait()

    return pause
