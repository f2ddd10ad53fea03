"""A mapping that cannot begin leaves its reason where ``sheetbridge status`` finds it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import pytest

from sink import service
from sink.core.clock import GoogleClock
from sink.core.columns import Table
from sink.core.configuration_file import parse
from sink.core.errors import ConfigurationError, SheetbridgeError
from sink.core.mapping import Mapping
from sink.core.quota import Pace
from sink.notices import Notices
from sink.state.engine import open_engine
from sink.state.errors import DatabaseUnavailableError
from sink.writers.dead_letters import DeadLetterWriter
from sink.writers.sheets.client import Quota

CONFIGURATION = parse(
    """
    [database]
    host = "db.test"
    user = "u"
    password = "${env:A}"
    [kafka]
    bootstrap = "kafka.test:9092"
    [connect]
    url = "http://connect.test"
    database_user = "u"
    database_password = "${env:A}"
    [google]
    credentials = "application_default"
    [[mapping]]
    name = "orders"
    table = "shop.orders"
    spreadsheet = "S"
    tab = "orders"
    key = ["number"]
    """,
    source="sheetbridge.toml",
    environment={"A": "0123456789abcdef"},
    read_file=lambda _: "",
)


TABLE = Table("shop.orders", {}, ("id",))

posted: list[tuple[str, str]] = []
"""What was said in tabs, with the mapping's name."""


class Noticed:
    """Stands for whoever posts notices in tabs."""

    def post(self, mapping: Mapping, reason: str) -> None:
        posted.append((mapping.name, reason))


@pytest.fixture
def noted(monkeypatch: pytest.MonkeyPatch) -> dict[int, str]:
    """What was stored as the reason, by the mapping's number; ``orders`` has number 7."""
    told: dict[int, str] = {}
    monkeypatch.setattr(
        service, "load_mapping", lambda *_: SimpleNamespace(id=7, reason=told.get(7))
    )
    posted.clear()

    monkeypatch.setattr(
        service, "note_reason", lambda _, record, text: told.update({record.id: text})
    )
    return told


def begin() -> None:
    quota = Quota(Pace(60), Pace(60), GoogleClock.starting_from(0, 0))
    letters = DeadLetterWriter(CONFIGURATION.kafka, 2_000_000)
    engine = open_engine(CONFIGURATION.database)
    begun = service.Service(CONFIGURATION, engine, quota, letters)
    begun.notices.close()
    begun.notices = cast("Notices", Noticed())
    begun.worker(CONFIGURATION.mappings[0])


def test_a_key_that_is_not_the_primary_key_is_stored_as_the_reason(
    noted: dict[int, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "read_tables", lambda *_: {"shop.orders": TABLE})
    with pytest.raises(ConfigurationError):
        begin()
    assert "is not the primary key of shop.orders" in noted[7]
    assert posted == [("orders", noted[7])]


def test_a_server_that_is_away_is_no_reason_of_the_mappings(
    noted: dict[int, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> dict[str, Table]:
        raise DatabaseUnavailableError("gone")

    monkeypatch.setattr(service, "read_tables", away)
    with pytest.raises(SheetbridgeError):
        begin()
    assert noted == {}
    assert not posted


def test_what_nobody_foresaw_is_stored_too(
    noted: dict[int, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> dict[str, Table]:
        raise ValueError("what a row holds")

    monkeypatch.setattr(service, "read_tables", fail)
    with pytest.raises(ValueError, match="what a row holds"):
        begin()
    assert "ValueError" in noted[7]
    assert "what a row holds" not in noted[7]
