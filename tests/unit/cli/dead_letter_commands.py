"""The commands over dead letters, without Kafka and MySQL, and three letters of each kind."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from deploy.cli import dead_letters, known_letters, main, stored_state
from deploy.cli.dead_letter_topic import Raw, understood
from deploy.cli.failure import CommandError
from deploy.cli.letter_standing import RefusedCell, Row
from sink.core.row_state import RowState
from sink.core.topics import DEAD_LETTERS
from sink.ports import DeadLetter
from sink.writers import dead_letters as writers
from tests.unit.live_feed.test_catalogue import BASE, mapping

REFUSED = DeadLetter(
    "sheet.orders",
    12,
    "RefusedEdit",
    "“price” takes a number; the database still holds 12.50",
    b'["7"]',
    b'{"id": "e1"}',
    edit="e1/0",
    wish=b'{"key": {"id": 7}, "values": {}, "contents": {"price": "dear"}, "exists": null}',
)
UNREADABLE = DeadLetter(
    "cdc.shop.orders", 3, "EnvelopeError", "no op", None, b"\xffno json", "VALUE_CONVERTER"
)
POST = DeadLetter(
    *("sheet.orders", 9, "MissingKeyError", "“id” is empty", None, b'{"id": "e2", "rows": [1]}'),
    stage="VALUE_CONVERTER",
)


class Topics:
    """Kafka as far as the commands need it: the dead-letter topic, and what else was written."""

    def __init__(self) -> None:
        self.letters: list[Raw] = []
        self.sent: list[tuple[str, dict[str, Any]]] = []
        self.lost = 0
        self.states: dict[Row, RowState] = {}
        self.refused: list[RefusedCell] = []
        self.database_is_away = False

    def write(self, mapping: str, letter: DeadLetter) -> None:
        """What the sink writes."""
        self.append(writers.headers(mapping, letter), letter.key, letter.value)

    def append(
        self, headers: Sequence[tuple[str, bytes]], key: bytes | None, value: bytes | None
    ) -> None:
        number = len(self.letters)
        self.letters.append(Raw(number, 1_385_000_000_000, list(headers), key, value))

    def send(
        self,
        topic: str,
        key: bytes | None,
        value: bytes | None,
        headers: Sequence[tuple[str, bytes]] = (),
    ) -> int:
        """What an operator's command writes; ``lost`` decisions are not taken."""
        assert key is not None or value is not None, "kafka-python takes no empty record"
        if topic != DEAD_LETTERS:
            assert value is not None
            self.sent.append((topic, json.loads(value)))
        elif self.lost:
            self.lost -= 1
            raise CommandError("Kafka is away", mend="Try again")
        else:
            self.append(headers, key, value)
        return 0


@pytest.fixture
def topics(monkeypatch: pytest.MonkeyPatch) -> Topics:
    found = Topics()
    found.write("orders", REFUSED)
    found.write("planes", UNREADABLE)
    found.write("orders", POST)

    @contextmanager
    def publisher(_: str) -> Iterator[Topics]:
        yield found

    @contextmanager
    def connected(_: object) -> Iterator[None]:
        if found.database_is_away:
            raise CommandError("MySQL is away", mend="Start it")
        yield

    monkeypatch.setattr(dead_letters, "letters", lambda _: understood(found.letters))
    monkeypatch.setattr(dead_letters, "publisher", publisher)
    monkeypatch.setattr(stored_state, "connected", connected)
    for module in (dead_letters, known_letters):
        monkeypatch.setattr(module, "read_states", lambda *_: found.states)
    monkeypatch.setattr(known_letters, "refused_cells", lambda *_: found.refused)
    return found


@pytest.fixture
def config(topics: Topics, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    assert topics.letters
    monkeypatch.setenv("COLUMNS", "160")
    for name in ("A_VARIABLE_THAT_IS_NOT_SET", "OTHER"):
        monkeypatch.setenv(name, "0123456789abcdef")
    (tmp_path / "a-file-that-is-not-there").write_text("0123456789abcdef")
    path = tmp_path / "sheetbridge.toml"
    path.write_text(BASE + mapping("orders") + mapping("planes"), encoding="utf-8")
    return str(path)


def numbers(config: str, *options: str) -> list[int]:
    _, told = call("list", "--json", *options, "--config", config)
    found = [json.loads(line)["number"] for line in told.splitlines()]
    return [number for number in found if number is not None]


def call(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(main.app, ["dead-letters", *arguments])
    return result.exit_code, result.output
