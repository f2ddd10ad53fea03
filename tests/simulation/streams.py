"""The two topics, the connector that fills one of them, and the webhook's records in the other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random

import orjson

from sink.core.change_event import Image
from sink.core.mapped_table import MappedTable
from sink.record import Record
from tests.doubles.memory_server import Change, MemoryServer
from tests.simulation.agenda import Agenda
from tests.simulation.setting import ORIGIN_OF_OTHERS, OWN_SOURCE, Setting
from webhook.intake import record_of
from webhook.schemas import POST


class Topic:
    """A topic of one partition: records are appended, and read by offset."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.records: list[Record] = []

    def append(self, key: bytes | None, value: bytes | None) -> None:
        self.records.append(Record(self.name, len(self.records), key, value))

    def after(self, offset: int, most: int) -> list[Record]:
        return self.records[offset : offset + most]


class Connector:
    """Debezium: reads the binlog a little late, and some of it again after a crash of its own."""

    def __init__(
        self,
        server: MemoryServer,
        topic: Topic,
        table: MappedTable,
        setting: Setting,
        agenda: Agenda,
        count: Callable[[str], None],
    ) -> None:
        self._server = server
        self._topic = topic
        self._table = table
        self._setting = setting
        self._agenda = agenda
        self._count = count
        self._chance = Random(f"{setting.seed}/connector")
        self._place = 0
        self._lost: set[int] = set()
        self.healed = False
        self.away = False
        self._awake = False
        self.lose: Callable[[int], None] = lambda _: None

    @property
    def behind(self) -> bool:
        """Whether the binlog holds what has not been read."""
        return self._place < len(self._server.binlog)

    def wake(self) -> None:
        """See to it that what has come will be read, after the time that it takes to notice it."""
        if self.behind and not self.away and not self._awake:
            self._awake = True
            delay = self._chance.uniform(0.2, 1.8) * self._setting.capture_delay
            self._agenda.after(int(delay) + 1, self._run)

    def _run(self) -> None:
        self._awake = False
        while self.behind and not self.away:
            self._send(self._server.binlog[self._place])
            self._place += 1
            if not self.healed and self._chance.random() < self._setting.snapshot:
                self._snapshot()
            if not self.healed and self._chance.random() < self._setting.connector_restart:
                self._place -= min(self._place, self._chance.randint(1, 4))
                self._count("connector restarts")
                break

    def _snapshot(self) -> None:
        """The binlog was purged: what is unread is skipped, and every row is read as it stands."""
        self._count("snapshots")
        for change in self._server.binlog[self._place :]:
            if change.own is None and change.marker is None:
                self._lost.add(change.place)
                self.lose(change.time)
        self._place = len(self._server.binlog)
        source = {
            "db": "demo",
            "table": "rows",
            "file": "binlog.000001",
            "pos": self._server.binlog[-1].place,
            "row": 0,
            "ts_us": self._server.now,
            "gtid": None,
            "snapshot": "true",
        }
        for key, image in self._server.data.table.items():
            whole = {**self._table.key_image(key), **image}
            name = orjson.dumps(dict(self._table.key_image(key)))
            self._topic.append(name, _envelope("r", None, whole, source))

    def go_on_from_now(self) -> None:
        """Its offsets were reset: what is in the binlog by now is left out."""
        self._place = len(self._server.binlog)

    def send_all_again(self) -> None:
        """Every change event once more, as after the loss of the connector's offsets."""
        self._place = 0

    def _send(self, change: Change) -> None:
        if change.place in self._lost:
            return
        theirs = change.own is None and change.marker is None
        if theirs and not self.healed and self._chance.random() < self._setting.lost_change:
            self._lost.add(change.place)
            self.lose(change.time)
            self._count("lost changes")
            return
        self._topic.append(*self._record(change))
        if change.after is None and change.key is not None:
            self._topic.append(orjson.dumps(self._key(change)), None)

    def _key(self, change: Change) -> object:
        return None if change.key is None else dict(self._table.key_image(change.key))

    def _record(self, change: Change) -> tuple[bytes | None, bytes]:
        place = change.position
        gtid = f"{OWN_SOURCE}:{change.own}" if change.own else f"{ORIGIN_OF_OTHERS}:{change.place}"
        source = {
            "db": "demo",
            "table": "rows",
            "file": place.file,
            "pos": place.offset,
            "row": 0,
            "ts_us": change.time,
            "gtid": gtid,
            "snapshot": "false",
        }
        if change.marker is not None:
            source |= dict(zip(("db", "table"), self._marker_table(), strict=True))
            after: Mapping[str, object] | None = {"id": 1, "token": change.marker}
            return orjson.dumps({"id": 1}), _envelope("c", None, after, source)
        if change.truncated:
            return None, _envelope("t", None, None, source)
        op = "d" if change.after is None else "u" if change.before is not None else "c"
        before, after = self._whole(change, change.before), self._whole(change, change.after)
        return orjson.dumps(self._key(change)), _envelope(op, before, after, source)

    def _marker_table(self) -> list[str]:
        return self._table.mapping.marker_table.split(".", 1)

    def _whole(self, change: Change, image: Image | None) -> Image | None:
        if image is None or change.key is None:
            return None
        return {**self._table.key_image(change.key), **image}


def _envelope(
    op: str,
    before: Mapping[str, object] | None,
    after: Mapping[str, object] | None,
    source: Mapping[str, object],
) -> bytes:
    return orjson.dumps({"op": op, "before": before, "after": after, "source": source})


def publish(post: Mapping[str, object], topic: Topic, mapping: str) -> None:
    """What the webhook does with a signed post: check its form, and put it into the topic."""
    body = orjson.dumps(post)
    POST.validate_json(body)
    topic.append(str(post["id"]).encode(), record_of(body, mapping, received=0))
