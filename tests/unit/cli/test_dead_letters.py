"""Dead letters are told as the sink wrote them; they are tried again, and dropped, once each."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from deploy.cli import dead_letters, main
from deploy.cli.dead_letter_topic import Raw, understood
from deploy.cli.failure import CommandError
from sink.core.topics import DEAD_LETTERS
from sink.ports import DeadLetter
from sink.writers import dead_letters as writers
from tests.unit.live_feed.test_catalogue import BASE, mapping

CONNECTED = "__connect.errors."
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

    monkeypatch.setattr(dead_letters, "letters", lambda _: understood(found.letters))
    monkeypatch.setattr(dead_letters, "publisher", publisher)
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
    return [json.loads(line)["number"] for line in told.splitlines()]


def call(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(main.app, ["dead-letters", *arguments])
    return result.exit_code, result.output


def test_the_headers_are_kafka_connect_s() -> None:
    said = {name: text.decode() for name, text in writers.headers("orders", REFUSED)}
    assert said[f"{CONNECTED}topic"] == "sheet.orders"
    assert said[f"{CONNECTED}partition"] == "0"
    assert said[f"{CONNECTED}offset"] == "12"
    assert said[f"{CONNECTED}stage"] == "TASK_PUT"
    assert said[f"{CONNECTED}exception.class.name"] == "RefusedEdit"
    assert said[f"{CONNECTED}exception.message"] == REFUSED.reason
    assert {f"{CONNECTED}{name}" for name in ("connector.name", "task.id", "class.name")} <= set(
        said
    )
    assert said["sheetbridge.edit"] == "e1/0"


def test_what_the_sink_writes_is_what_is_read(topics: Topics) -> None:
    found = understood(topics.letters)[0]
    assert (found.mapping, found.topic, found.offset) == ("orders", "sheet.orders", "12")
    assert (found.error, found.reason) == (REFUSED.error, REFUSED.reason)
    assert (found.key, found.value, found.stage) == ('["7"]', '{"id": "e1"}', "TASK_PUT")
    assert found.settled is None


FOUND = replace(REFUSED, offset=-1, edit="found:5", occasion="the row as it was")


@pytest.mark.parametrize(
    "again", [REFUSED, replace(REFUSED, reason="“price” is wrong"), replace(REFUSED, offset=99)]
)
def test_a_letter_that_was_written_twice_is_listed_once(
    config: str, topics: Topics, again: DeadLetter
) -> None:
    topics.write("orders", again)
    assert numbers(config) == [0, 1, 2]
    assert call("drop", "0", "--config", config)[0] == 0
    topics.write("orders", again)
    assert numbers(config) == [1, 2]
    assert numbers(config, "--all") == [0, 1, 2]


@pytest.mark.parametrize(
    "other",
    [
        replace(REFUSED, column="name"),
        replace(REFUSED, edit="e1/1"),
        replace(REFUSED, occasion="row 2"),
        replace(UNREADABLE, topic="cdc.shop.orders", value=b"no json"),
        replace(UNREADABLE, offset=4),
        replace(REFUSED, topic="sheet.others"),
        FOUND,
    ],
)
def test_another_letter_is_another_one(config: str, topics: Topics, other: DeadLetter) -> None:
    topics.write("orders", other)
    topics.write("planes", REFUSED)
    assert numbers(config) == [0, 1, 2, 3, 4]


def test_what_was_found_again_is_listed_again_once_the_first_was_settled(
    config: str, topics: Topics
) -> None:
    topics.write("orders", FOUND)
    topics.write("orders", replace(FOUND, edit="found:6"))
    topics.write("orders", replace(FOUND, occasion="the row as it is by now"))
    assert numbers(config) == [0, 1, 2, 3, 5]
    call("drop", "3", "--config", config)
    topics.write("orders", FOUND)
    assert numbers(config) == [0, 1, 2, 5, 7]


def test_letters_of_before_bear_no_names_and_are_all_listed(config: str, topics: Topics) -> None:
    old = [each for each in writers.headers("orders", REFUSED) if each[0] != "sheetbridge.letter"]
    for _ in range(2):
        topics.append(old, REFUSED.key, REFUSED.value)
    assert numbers(config) == [0, 1, 2, 3, 4]


def test_the_list_says_where_and_why(config: str) -> None:
    status, told = call("list", "--config", config)
    assert status == 0
    for text in ("2013-11-21", "orders", "id = 7: price", "RefusedEdit", "“price” takes a number"):
        assert text in told


def test_the_list_of_one_mapping_as_json(config: str) -> None:
    _, told = call("list", "--mapping", "orders", "--limit", "2", "--json", "--config", config)
    line, _ = told.splitlines()
    assert json.loads(line) | {"at": ""} == {
        "number": 0,
        "at": "",
        "mapping": "orders",
        "topic": "sheet.orders",
        "offset": 12,
        "error": "RefusedEdit",
        "stage": "TASK_PUT",
        "reason": REFUSED.reason,
        "settled": None,
        "edit": "e1/0",
        "key": '["7"]',
        "value": {"id": "e1"},
    }


def test_the_newest_are_kept_where_there_are_more_than_the_limit(config: str) -> None:
    assert numbers(config, "--limit", "1") == [2]


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


def test_a_refused_cell_is_tried_again_as_an_edit_made_now(config: str, topics: Topics) -> None:
    status, _ = call("retry", "0", "--config", config)
    assert status == 0
    ((topic, record),) = topics.sent
    assert (topic, record["kind"], record["id"]) == (
        *("sheet.orders", "operator"),
        "retry:0:1385000000000",
    )
    assert record["wish"]["contents"] == {"price": "dear"}
    assert record["editor"].startswith("retried by ")
    assert numbers(config) == [1, 2]
    assert numbers(config, "--all") == [0, 1, 2]


def test_a_post_is_written_again_under_another_id(config: str, topics: Topics) -> None:
    call("retry", "2", "--config", config)
    assert topics.sent == [("sheet.orders", {"id": "retry:2:1385000000000", "rows": [1]})]


def test_a_change_event_is_not_read_twice_but_found_by_comparing(
    config: str, topics: Topics
) -> None:
    _, told = call("retry", "1", "--config", config)
    ((topic, record),) = topics.sent
    assert (topic, record["command"]) == ("commands.planes", "reconcile")
    assert "compared" in told


def test_a_retry_that_broke_off_is_the_same_edit_when_it_is_made_again(
    config: str, topics: Topics
) -> None:
    topics.lost = 1
    assert call("retry", "0", "--config", config)[0] == 1
    assert numbers(config) == [0, 1, 2]
    assert call("retry", "0", "--config", config)[0] == 0
    (_, first), (_, second) = topics.sent
    assert first["id"] == second["id"], "the sink applies an id once"
    status, told = call("retry", "0", "--config", config)
    assert (status, len(topics.sent)) == (0, 2)
    assert "retried already" in told


def test_a_dropped_letter_is_listed_no_more_and_may_be_dropped_again(
    config: str, topics: Topics
) -> None:
    assert call("drop", "0", "2", "--config", config)[0] == 0
    assert numbers(config) == [1]
    written = len(topics.letters)
    status, told = call("drop", "0", "--config", config)
    assert (status, len(topics.letters)) == (0, written)
    assert "dropped already" in told
    assert topics.sent == []


@pytest.mark.parametrize("command", ["retry", "drop"])
def test_with_an_unknown_number_nothing_is_done(command: str, config: str, topics: Topics) -> None:
    before = len(topics.letters)
    result = CliRunner().invoke(main.app, ["dead-letters", command, "0", "99", "--config", config])
    assert result.exit_code == 1
    assert "no dead letter 99" in str(result.exception)
    assert (topics.sent, len(topics.letters)) == ([], before)


def test_a_letter_of_a_mapping_that_is_gone_can_only_be_dropped(
    config: str, topics: Topics
) -> None:
    topics.write("gone", REFUSED)
    result = CliRunner().invoke(main.app, ["dead-letters", "retry", "3", "--config", config])
    assert "'gone', which is not configured" in str(result.exception)
    assert topics.sent == []
    assert call("drop", "3", "--config", config)[0] == 0
