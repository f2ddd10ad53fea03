"""Turns what the tail reads into messages for the pages: change events and the rows behind them."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import asdict

from deploy.live_feed.catalogue import Catalogue
from deploy.live_feed.display import ColumnType
from deploy.live_feed.health import Health
from deploy.live_feed.hub import Hub
from deploy.live_feed.records import Change, Record, read_database_record, read_sheet_record
from deploy.live_feed.tables import (
    MAX_KEYS,
    Key,
    TableReader,
    TableUnreadableError,
    UnreadableMappingError,
)
from sink.core.mapping import Mapping

log = logging.getLogger(__name__)

_LISTED = 300
"""Change events of one poll that the page is sent one by one; a mass change is only counted."""


class Watcher:
    """Called by the tail with the records of one poll; used by its thread alone."""

    def __init__(self, catalogue: Catalogue, reader: TableReader, hub: Hub, health: Health) -> None:
        self._catalogue = catalogue
        self._reader = reader
        self._hub = hub
        self._health = health
        self._server_uuid: str | None = None
        self._types: dict[str, tuple[ColumnType, ...]] = {}

    def deliver(self, records: Sequence[Record]) -> None:
        """Publish one ``changes`` message for the records of one poll.

        What goes wrong with a mapping is told by ``Health`` and leaves the others alone.
        """
        changes: list[Change] = []
        rows: dict[str, object] = {}
        for mapping in self._catalogue.mappings:
            topics = (mapping.cdc_topic, mapping.sheet_topic)
            try:
                found = self._changes(
                    mapping, [record for record in records if record.topic in topics]
                )
                changes.extend(found)
                touched = [change for change in found if change.origin == "database"]
                if touched:
                    rows[mapping.name] = self._rows_of(mapping, touched)
            except Exception as error:
                log.exception("mapping %s: its records cannot be shown", mapping.name)
                self._health.cannot_show(
                    mapping.name, f"The feed cannot show its changes: {error!r}. See its log."
                )
        if not changes:
            return
        self._hub.publish(
            "changes",
            {
                "changes": [_without_gaps(change) for change in changes[-_LISTED:]],
                "unlisted": max(0, len(changes) - _LISTED),
                "rows": rows,
            },
        )

    def _changes(self, mapping: Mapping, records: Sequence[Record]) -> list[Change]:
        changes: list[Change] = []
        if any(record.topic == mapping.cdc_topic for record in records):
            self._learn(mapping)
        types = self._types.get(mapping.name, ())
        for record in records:
            if record.topic == mapping.sheet_topic:
                changes.extend(read_sheet_record(record, mapping))
                continue
            change = read_database_record(record, mapping, types, self._server_uuid)
            if change is not None:
                changes.append(change)
        return changes

    def _learn(self, mapping: Mapping) -> None:
        """Column types and the server's UUID, as soon as MySQL tells them."""
        if self._server_uuid is not None and mapping.name in self._types:
            return
        try:
            self._server_uuid = self._server_uuid or self._reader.server_uuid()
            self._types[mapping.name] = self._reader.column_types(mapping)
        except TableUnreadableError as error:
            self._tell(mapping, error)

    def _tell(self, mapping: Mapping, error: TableUnreadableError) -> None:
        if isinstance(error, UnreadableMappingError):
            self._health.cannot_show(mapping.name, str(error))
        else:
            self._health.is_away("mysql", str(error))

    def _rows_of(self, mapping: Mapping, touched: Sequence[Change]) -> list[object] | None:
        """The changed rows as MySQL shows them now, or None: read all anew."""
        keys: dict[Key, None] = {}
        for change in touched:
            if change.op not in {"c", "u", "d", "r"}:
                return None
            keys[tuple(change.key.get(column) for column in mapping.key)] = None
        if len(keys) > MAX_KEYS:
            return None
        if self._altered(mapping, touched):
            self._types.pop(mapping.name, None)
        self._learn(mapping)
        types = self._types.get(mapping.name)
        if types is None:
            return None
        try:
            rows = self._reader.rows_by_key(mapping, keys, types)
        except TableUnreadableError as error:
            self._types.pop(mapping.name, None)
            self._tell(mapping, error)
            return None
        self._health.is_up("mysql")
        self._health.shows(mapping.name)
        return [{"key": list(key), "row": rows.get(key)} for key in keys]

    def _altered(self, mapping: Mapping, touched: Sequence[Change]) -> bool:
        """Whether an event names a column that was not there before."""
        known = {kind.name for kind in self._types.get(mapping.name, ())}
        return any(cell["column"] not in known for change in touched for cell in change.changed)


def _without_gaps(change: Change) -> dict[str, object]:
    return {name: value for name, value in asdict(change).items() if value is not None}
