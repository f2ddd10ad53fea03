"""One mapping that cannot be shown silences neither the others nor the thread that reads Kafka."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest

from deploy.live_feed import tail
from deploy.live_feed.catalogue import Catalogue
from deploy.live_feed.display import ColumnType, Shown
from deploy.live_feed.health import Health
from deploy.live_feed.hub import Hub
from deploy.live_feed.records import Record
from deploy.live_feed.tables import Key, TableReader, UnreadableMappingError
from deploy.live_feed.tail import Tail
from deploy.live_feed.watcher import Watcher
from sink.core.mapping import Mapping
from tests.unit.live_feed.test_catalogue import BASE, mapping

TYPES = (ColumnType("id", "int"), ColumnType("name", "varchar"))
GRANT = "GRANT SELECT ON `demo`.`hidden` TO 'reader'@'%';"


class Tables(TableReader):
    """A MySQL that shows table ``planes`` and hides ``hidden``."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def server_uuid(self) -> str:
        return "11111111-1111-1111-1111-111111111111"

    def column_types(self, mapping: Mapping) -> tuple[ColumnType, ...]:
        self.asked.append(mapping.name)
        if mapping.name == "hidden":
            raise UnreadableMappingError(GRANT)
        return TYPES

    def rows_by_key(
        self, mapping: Mapping, keys: Iterable[Key], types: Sequence[ColumnType]
    ) -> dict[Key, list[Shown]]:
        return {key: [*key, "Bo"] for key in keys}


class Ear(Hub):
    """Keeps what is published."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[tuple[str, object]] = []

    def publish(self, event: str, data: object) -> None:
        self.heard.append((event, data))


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    path = tmp_path / "sheetbridge.toml"
    path.write_text(BASE + mapping("hidden") + mapping("planes"), encoding="utf-8")
    return Catalogue(path)


def insert(table: str, number: int) -> Record:
    value = {
        "before": None,
        "after": {"id": number, "name": "Bo"},
        "op": "c",
        "source": {"db": "demo", "table": table, "ts_ms": 5},
    }
    return Record(f"cdc.demo.{table}", number, b'{"id":%d}' % number, json.dumps(value).encode())


def test_a_hidden_table_leaves_the_others_and_health_says_how_to_show_it(
    catalogue: Catalogue,
) -> None:
    hub, health, tables = Ear(), Health(lambda: None), Tables()
    watcher = Watcher(catalogue, tables, hub, health)
    watcher.deliver([insert("hidden", 1), insert("hidden", 2), insert("planes", 3)])
    [(event, message)] = hub.heard
    assert event == "changes"
    assert isinstance(message, dict)
    assert message["rows"] == {"planes": [{"key": [3], "row": [3, "Bo"]}], "hidden": None}
    assert [change["mapping"] for change in message["changes"]] == ["hidden", "hidden", "planes"]
    assert health.report()["mappings"] == {"hidden": GRANT}
    assert health.report()["mysql"] == {"up": True, "problem": None}
    assert tables.asked.count("hidden") == 2  # once a poll and part, not once a record


def test_an_unforeseen_error_of_one_mapping_is_told_and_the_others_go_on(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub, health, tables = Ear(), Health(lambda: None), Tables()

    def broken(self: Tables, mapping: Mapping) -> tuple[ColumnType, ...]:
        if mapping.name == "hidden":
            raise ValueError("zip() argument 2 is longer than argument 1")
        return TYPES

    monkeypatch.setattr(Tables, "column_types", broken)
    Watcher(catalogue, tables, hub, health).deliver([insert("hidden", 1), insert("planes", 2)])
    [(_, message)] = hub.heard
    assert isinstance(message, dict)
    assert list(message["rows"]) == ["planes"]
    assert "zip() argument 2" in str(health.report()["mappings"])


def test_a_mapping_that_can_be_read_again_is_no_trouble_any_more() -> None:
    turns: list[int] = []
    health = Health(lambda: turns.append(1))
    health.cannot_show("orders", GRANT)
    health.cannot_show("orders", GRANT)
    health.shows("orders")
    health.shows("orders")
    assert health.report()["mappings"] == {}
    assert len(turns) == 2


def test_the_thread_outlives_an_unforeseen_error(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[str] = []
    again = threading.Event()
    told: list[object] = []
    health = Health(lambda: told.append(health.report()["kafka"]))

    def follow(self: Tail) -> None:
        tries.append("")
        if len(tries) > 1:
            again.set()
        raise ValueError("unforeseen")

    monkeypatch.setattr(tail, "answers", lambda *_: True)
    monkeypatch.setattr(tail, "_LOOK_AROUND", 0.01)
    monkeypatch.setattr(Tail, "_follow", follow)
    follower = Tail("kafka.test:9092", catalogue, lambda _: None, health)
    follower.start()
    assert again.wait(10)
    assert follower.is_alive()
    follower.stop()
    assert "unforeseen" in str(told)
