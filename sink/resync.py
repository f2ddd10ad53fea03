"""Bringing both sides together by the word of one, after time has run backwards.

What the streams still hold may be of a time that is lost: it is left out, and both sides are
compared with what is remembered of them instead. What they show otherwise is merged as found edits,
under rules by which the preferred side always wins; what loses is logged and written back.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import replace

from sink.core.change_event import ChangeEvent, DatabaseChange, Op, SheetDelete
from sink.core.policies import Rules, database_wins, sheet_wins
from sink.core.row_key import RowKey
from sink.core.row_state import RowState
from sink.core.version import Origin
from sink.inbound import Inbox
from sink.parts import Parts
from sink.ports import Progress
from sink.reconciler import confirmed, differences
from sink.table_comparison import astray, confirmed_changes
from sink.writers.sheets.reading import Reading

log = logging.getLogger(__name__)

MERGED_AT_ONCE = 1_000


def preferring(rules: Rules, side: Origin) -> Rules:
    """Rules by which an edit of the other side never wins."""
    decide = database_wins if side is Origin.DATABASE else sheet_wins
    return replace(rules, default=(f"prefer_{side}", decide), by_column={}, mute=side.other)


class Resync:
    """One re-synchronisation of a mapping that stands still."""

    def __init__(self, parts: Parts, side: Origin) -> None:
        self._parts = parts
        self._side = side
        self._states: dict[RowKey, RowState] = {}

    def run(self, reading: Reading) -> Mapping[RowKey, RowState]:
        """Merge what ``reading`` and the table show; returns the rows that changed."""
        parts, store = self._parts, self._parts.store
        began, received, latest = store.server_time(), parts.now(), parts.latest()
        table = astray(store, parts.table)
        changes = confirmed_changes(table, table, began, received, latest, store.number)
        sheet = differences(reading, store.known_keys(), store.states, parts.table)
        edits = confirmed(sheet, sheet, reading.lo, received, store.states, parts.table)
        there = reading.rows.keys()
        if self._side is Origin.DATABASE:
            gone = self._never_known(event.key for event in edits)
            held = store.table_rows(gone)
            self._apply([_no_row(key, began, received, latest) for key in gone if key not in held])
        else:
            # an unknown row of the table is taken for what it is, and then what the sheet has wins
            new = frozenset(self._never_known(event.key for event in changes))
            self._apply([each for each in changes if each.key in new], parts.pipeline.rules)
            alone = [key for key in new if key not in there]
            self._apply([_not_shown(key, reading.lo, received) for key in sorted(alone)])
            changes = [change for change in changes if change.key not in new]
        self._apply([*changes, *edits])
        log.info("re-synchronised by the %s: %d rows differed", self._side, len(self._states))
        return self._states

    def _never_known(self, keys: Iterable[RowKey]) -> list[RowKey]:
        asked = list(dict.fromkeys(keys))
        states = self._parts.store.states(asked)
        return [key for key in asked if key not in states or states[key].life is None]

    def _apply(self, events: Iterable[ChangeEvent], rules: Rules | None = None) -> None:
        pipeline, waiting = self._parts.pipeline, list(events)
        pipeline = replace(pipeline, rules=rules or preferring(pipeline.rules, self._side))
        for at in range(0, len(waiting), MERGED_AT_ONCE):
            inbox = Inbox(
                rows=list(waiting[at : at + MERGED_AT_ONCE]),
                progress=Progress(read_at=self._parts.now()),
                guarded=False,
            )
            self._states.update(pipeline.apply(inbox).states)


def _no_row(key: RowKey, time: int, received: int, latest: int) -> DatabaseChange:
    name = f"found:{time}"
    return DatabaseChange(
        name, key, Op.DELETE, None, None, time, received, found=True, latest=latest
    )


def _not_shown(key: RowKey, time: int, received: int) -> SheetDelete:
    return SheetDelete(f"found:{time}", key, time, received, time)
