"""Turns what the tail reads into messages for the pages: change events and the rows behind them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from deploy.live_feed.catalogue import Catalogue
from deploy.live_feed.display import ColumnType
from deploy.live_feed.health import Health
from deploy.live_feed.hub import Hub
from deploy.live_feed.records import Change, Record, read_database_record, read_sheet_record
from deploy.live_feed.tables import MAX_KEYS, Key, TableReader, TableUnreadableError
from sink.core.mapping import Mapping

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
        """Publish one ``changes`` message for the records of one poll."""
        topics = self._catalogue.topics()
        changes: list[Change] = []
        for record in records:
            mapping = topics.get(record.topic)
            if mapping is None:
                continue
            if record.topic == mapping.sheet_topic:
                changes.extend(read_sheet_record(record, mapping))
                continue
            self._learn(mapping)
            types = self._types.get(mapping.name, ())
            change = read_database_record(record, mapping, types, self._server_uuid)
            if change is not None:
                changes.append(change)
        if not changes:
            return
        self._hub.publish(
            "changes",
            {
                "changes": [_without_gaps(change) for change in changes[-_LISTED:]],
                "unlisted": max(0, len(changes) - _LISTED),
                "rows": self._rows(changes),
            },
        )

    def _learn(self, mapping: Mapping) -> None:
        """Column types and the server's UUID, as soon as MySQL tells them."""
        if self._server_uuid is not None and mapping.name in self._types:
            return
        try:
            self._server_uuid = self._server_uuid or self._reader.server_uuid()
            self._types[mapping.name] = self._reader.column_types(mapping)
        except TableUnreadableError as error:
            self._health.is_away("mysql", str(error))

    def _rows(self, changes: Sequence[Change]) -> dict[str, object]:
        """For each mapping the changed rows as MySQL shows them now, or null: read all anew."""
        found: dict[str, object] = {}
        for mapping in self._catalogue.mappings:
            touched = [
                change
                for change in changes
                if change.mapping == mapping.name and change.origin == "database"
            ]
            if touched:
                found[mapping.name] = self._rows_of(mapping, touched)
        return found

    def _rows_of(self, mapping: Mapping, touched: Sequence[Change]) -> list[object] | None:
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
            self._health.is_away("mysql", str(error))
            return None
        self._health.is_up("mysql")
        return [{"key": list(key), "row": rows.get(key)} for key in keys]

    def _altered(self, mapping: Mapping, touched: Sequence[Change]) -> bool:
        """Whether an event names a column that was not there before."""
        known = {kind.name for kind in self._types.get(mapping.name, ())}
        return any(cell["column"] not in known for change in touched for cell in change.changed)


def _without_gaps(change: Change) -> dict[str, object]:
    return {name: value for name, value in asdict(change).items() if value is not None}
