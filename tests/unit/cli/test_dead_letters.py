"""Dead letters are told as the sink wrote them: where from, why, and what."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from deploy.cli import dead_letters, main
from deploy.cli.dead_letter_topic import StoredLetter, letter
from sink.core.configuration import KafkaSettings
from sink.ports import DeadLetter
from sink.writers import dead_letters as writers
from tests.unit.live_feed.test_catalogue import BASE, mapping

REFUSED = DeadLetter(
    "sheet.orders", 12, "RefusedCell", "price: 'dear' is no number", b'["7"]', b'{"id": "e1"}'
)
UNREADABLE = DeadLetter("cdc.shop.orders", 3, "EnvelopeError", "no op", None, b"\xffno json")


class Acknowledged:
    """A send that Kafka has taken."""

    def get(self, timeout: float) -> None:
        pass


def written(mapping: str, *set_aside: DeadLetter) -> list[StoredLetter]:
    """What is read of letters that the sink's own writer has written."""
    sent: list[StoredLetter] = []

    class Producer:
        def __init__(self, **settings: object) -> None:
            pass

        def send(
            self,
            topic: str,
            key: bytes | None,
            value: bytes | None,
            headers: list[tuple[str, bytes]],
        ) -> Acknowledged:
            sent.append(letter(len(sent), 1_385_000_000_000, headers, key, value))
            return Acknowledged()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(writers, "KafkaProducer", Producer)
        writers.DeadLetterWriter(KafkaSettings("kafka.test:9092")).set_aside(mapping, set_aside)
    return sent


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("COLUMNS", "160")
    for name in ("A_VARIABLE_THAT_IS_NOT_SET", "OTHER"):
        monkeypatch.setenv(name, "0123456789abcdef")
    (tmp_path / "a-file-that-is-not-there").write_text("0123456789abcdef")
    path = tmp_path / "sheetbridge.toml"
    path.write_text(BASE + mapping("orders"), encoding="utf-8")
    stored = [*written("orders", REFUSED)]
    stored += [replace(each, number=1) for each in written("planes", UNREADABLE)]

    def read(bootstrap: str, *, start: int = 0) -> Iterator[StoredLetter]:
        return iter(stored[start:])

    monkeypatch.setattr(dead_letters, "letters", read)
    return str(path)


def call(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(main.app, ["dead-letters", *arguments])
    return result.exit_code, result.output


def test_what_the_sink_writes_is_what_is_read() -> None:
    [found] = written("orders", REFUSED)
    assert (found.mapping, found.topic, found.offset) == ("orders", "sheet.orders", "12")
    assert (found.error, found.reason) == (REFUSED.error, REFUSED.reason)
    assert (found.key, found.value) == ('["7"]', '{"id": "e1"}')


def test_the_list_says_where_and_why(config: str) -> None:
    status, told = call("list", "--config", config)
    assert status == 0
    for text in ("2013-11-21", "orders", '["7"]', "RefusedCell", "price: 'dear' is no number"):
        assert text in told


def test_the_list_of_one_mapping_as_json(config: str) -> None:
    _, told = call("list", "--mapping", "orders", "--json", "--config", config)
    [line] = told.splitlines()
    assert json.loads(line) | {"at": ""} == {
        "number": 0,
        "at": "",
        "mapping": "orders",
        "topic": "sheet.orders",
        "offset": 12,
        "error": "RefusedCell",
        "reason": "price: 'dear' is no number",
        "key": '["7"]',
        "value": {"id": "e1"},
    }


def test_the_newest_are_kept_where_there_are_more_than_the_limit(config: str) -> None:
    _, told = call("list", "--limit", "1", "--json", "--config", config)
    assert [json.loads(line)["number"] for line in told.splitlines()] == [1]


def test_one_is_shown_whole_with_where_it_came_from(config: str) -> None:
    _, told = call("show", "0", "--config", config)
    assert "sheet.orders, offset 12" in told
    assert '"id": "e1"' in told


def test_content_that_is_no_text_is_shown_as_far_as_it_goes(config: str) -> None:
    status, told = call("show", "1", "--config", config)
    assert status == 0
    assert "no json" in told


def test_a_number_that_is_not_there_fails_and_names_the_list(config: str) -> None:
    result = CliRunner().invoke(main.app, ["dead-letters", "show", "9", "--config", config])
    assert result.exit_code == 1
    assert "sheetbridge dead-letters list" in str(result.exception)
