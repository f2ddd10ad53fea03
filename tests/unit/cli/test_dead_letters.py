"""Dead letters are told as the sink wrote them; they are tried again, and dropped, once each."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from typer.testing import CliRunner

from deploy.cli import main
from deploy.cli.dead_letter_topic import Raw, understood
from sink.core.row_state import WHOLE_ROW
from sink.ports import DeadLetter
from sink.writers import dead_letters as writers
from tests.unit.cli.dead_letter_commands import (
    REFUSED,
    UNREADABLE,
    Topics,
    call,
    config,
    numbers,
    topics,
)

__all__ = ["config", "topics"]

CONNECTED = "__connect.errors."


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
    assert "sheetbridge.stands" not in said


@pytest.mark.parametrize("column", ["price", WHOLE_ROW])
def test_a_header_tells_of_which_cell_the_state_knows_more(column: str) -> None:
    letter = replace(REFUSED, column=column, stands=True)
    (found,) = understood([Raw(0, 0, writers.headers("orders", letter), None, None)])
    assert found.stands == column


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
    for text in ("2013-11-21", "orders", "id = 7: price", "“price” takes a number"):
        assert text in told
    for name in ("RefusedEdit", "TASK_PUT", "VALUE_CONVERTER"):
        assert name not in told, "a name of Kafka Connect's headers, or of a class"


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
        "row": "id = 7: price",
        "open": True,
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
