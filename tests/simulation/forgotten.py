"""What must be forgotten once a history has come to rest: the rows that are gone on both sides."""

from __future__ import annotations

from tests.doubles.memory_server import MemoryServer
from tests.doubles.memory_store import MemoryStore
from tests.simulation.agenda import SECOND
from tests.simulation.setting import FOR_EVER, Setting
from tests.simulation.sheet import PersonsSheet

WRONG = 10 * SECOND
"""A clock that is wrong by more may still have to reach a tombstone's time when all is quiet."""


def kept_too_long(
    server: MemoryServer, sheet: PersonsSheet, setting: Setting, now: int
) -> list[str]:
    """Where tombstones are kept for seconds, the quiet at the end is longer than that.

    A row stays whose delete was ours, where the connector passed over its echo with a part of the
    binlog: nothing tells that it came through.
    """
    clocks = {setting.skew, setting.server_time(now) - now}
    if setting.retention == FOR_EVER or any(abs(ahead) > WRONG for ahead in clocks):
        return []
    there = sheet.rows().keys()
    states = MemoryStore(server).states(list(server.data.states))
    passed_over = setting.snapshot > 0 or setting.lost_change > 0
    return [
        f"row {key.display} is gone on both sides, and not forgotten"
        for key in server.data.states
        if key not in server.data.table and int(str(key.values[0])) not in there
        if not (passed_over and states[key].open_writes)
    ]
