import asyncio
import time
from typing import Any

import anyio
import httpx
import pytest

from sink.core.envelope import decode_post
from sink.core.mapping import Mapping
from tests.unit.webhook.stage import MAPPINGS, Stage, code, edit, encoded, signed, stage
from webhook.publisher import PublishError, RecordTooLargeError

pytestmark = pytest.mark.anyio


def _row(**changes: Any) -> dict[str, Any]:
    return {"row": 1, "key": {"k": 1}, "cells": {"c": {"value": 1}}, **changes}


def _cell(**changes: Any) -> dict[str, Any]:
    return edit(rows=[_row(cells={"c": {"value": 1, **changes}})])


async def test_an_edit_is_accepted_once_it_is_published(webhook: Stage) -> None:
    post = edit()
    before = int(time.time() * 1000)
    response = await webhook.post(post)
    assert response.status_code == 202
    assert response.json() == {"id": post["id"], "accepted": 1}
    (record,) = webhook.publisher.published
    assert record.topic == "sheet.planes"
    assert record.key == post["id"].encode()
    (value,) = webhook.publisher.values()
    received = value.pop("received_ms")
    assert before <= received <= int(time.time() * 1000)
    assert value == {**post, "mapping": "planes"}


async def test_an_edit_is_not_accepted_before_it_is_confirmed(webhook: Stage) -> None:
    webhook.publisher.hold()
    sending = asyncio.create_task(webhook.post(edit()))
    await anyio.wait_all_tasks_blocked()
    assert len(webhook.publisher.published) == 1
    assert not sending.done()
    webhook.publisher.release()
    assert (await sending).status_code == 202


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "hint", "change_type": "REMOVE_ROW"},
        {"kind": "heartbeat"},
    ],
)
async def test_hints_and_heartbeats_are_published_too(
    webhook: Stage, change: dict[str, Any]
) -> None:
    post = edit(**change)
    del post["rows"]
    response = await webhook.post(post)
    assert (response.status_code, response.json()["accepted"]) == (202, 0)
    assert webhook.publisher.values()[0]["kind"] == change["kind"]


async def test_texts_and_numbers_stay_as_the_script_wrote_them(webhook: Stage) -> None:
    body = encoded(edit()).replace(b"2004", b"100000000000000000000.50")
    body = body.replace(b"ann@example.com", "ännchen \\ud83d\\ude00".encode())
    assert (await webhook.post(b" \n" + body)).status_code == 202
    value = webhook.publisher.published[0].value
    assert b'"value": 100000000000000000000.50' in value
    assert "ännchen \\ud83d\\ude00".encode() in value


async def test_the_sink_understands_what_is_published(webhook: Stage) -> None:
    cells: dict[str, Any] = {
        "text": {"value": "a", "old": "b", "formula": '="a"'},
        "empty": {"value": None, "old": True},
        "number": {"value": -1.5, "old": 2**60},
        "date": {
            "value": {"date": "2004-02-29T23:59:59.999"},
            "old": {"date": "1999-01-01T00:00:00"},
        },
        "error": {"value": {"error": "#REF!"}, "old": ""},
    }
    row = {
        "row": 1,
        "key": {"a": 1, "b": None},
        "old_key": {"a": 2},
        "key_edited": True,
        "cells": cells,
    }
    assert (await webhook.post(edit(rows=[row], editor=None))).status_code == 202
    post = decode_post(webhook.publisher.values()[0])
    assert post.time == 1_763_939_915_123_000
    (decoded,) = post.rows
    assert decoded.key == {"a": 1, "b": None}
    assert decoded.old_key == {"a": 2}
    assert decoded.key_edited
    assert not decoded.typed
    assert set(decoded.cells) == set(cells)
    assert decoded.cells["text"].formula == '="a"'


async def test_a_tab_is_known_whatever_its_case(webhook: Stage) -> None:
    assert (await webhook.post(edit(tab="PLANES"))).status_code == 202


async def test_a_tab_of_several_mappings_is_published_to_each() -> None:
    second = Mapping("copy", "demo.copy", "sheet-1", "planes", ("tailnum",))
    async for webhook in stage(mappings=(*MAPPINGS, second)):
        assert (await webhook.post(edit())).status_code == 202
        assert [record.topic for record in webhook.publisher.published] == [
            "sheet.planes",
            "sheet.copy",
        ]
        assert [value["mapping"] for value in webhook.publisher.values()] == ["planes", "copy"]


@pytest.mark.parametrize("change", [{"tab": "Other"}, {"spreadsheet_id": "copied"}])
async def test_an_unknown_tab_or_spreadsheet_is_refused(
    webhook: Stage, change: dict[str, Any]
) -> None:
    response = await webhook.post(edit(**change))
    assert response.status_code == 404
    assert code(response) == "unknown_mapping"
    assert webhook.publisher.published == []


MALFORMED: dict[str, Any] = {
    "no JSON": b"{",
    "no UTF-8": b'{"a": "\xff"}',
    "a lone surrogate": encoded(edit()).replace(b"ann", b"\\ud800"),
    "two documents": encoded(edit()) + b"{}",
    "a list": [],
    "no version": {key: value for key, value in edit().items() if key != "version"},
    "another version": edit(version=2),
    "a version as text": edit(version="1"),
    "an id that is no UUID": edit(id="1"),
    "a strange kind": edit(kind="delete"),
    "an unknown field": edit(mapping="planes"),
    "an unknown field of a row": edit(rows=[_row(x=1)]),
    "an unknown field of a cell": _cell(x=1),
    "no rows": edit(rows=[]),
    "too many rows": edit(rows=[{"row": 1, "key": {}, "cells": {}}] * 2_001),
    "rows in a hint": edit(kind="hint", change_type="OTHER"),
    "a hint without its type": {**edit(kind="hint"), "rows": None},
    "a row number of 0": edit(rows=[_row(row=0)]),
    "a row number as text": edit(rows=[_row(row="1")]),
    "a key as a list": edit(rows=[_row(key=[1])]),
    "a blank header": edit(rows=[_row(key={"": 1})]),
    "a time as text": edit(time_ms="1"),
    "a time before 1970": edit(time_ms=-1),
    "a time with a fraction": edit(time_ms=1.5),
    "a flag as a number": edit(rows=[_row(typed=1)]),
    "a cell without a value": edit(rows=[_row(cells={"c": {"old": 1}})]),
    "a list in a cell": _cell(value=[1]),
    "a strange object in a cell": _cell(value={"money": 1}),
    "a date that is none": _cell(value={"date": "2004-02-30T00:00:00.000"}),
    "a date with a zone": _cell(value={"date": "2004-02-20T00:00:00.000Z"}),
    "an old content that is none": _cell(old={"date": "today"}),
    "a text beyond a cell's limit": _cell(value="x" * 50_001),
    "an infinite number": encoded(edit()).replace(b"2004", b"1e400"),
    "a number that is none": encoded(edit()).replace(b"2004", b"NaN"),
}


@pytest.mark.parametrize("case", MALFORMED)
async def test_a_malformed_post_is_refused_with_the_place_and_changes_nothing(case: str) -> None:
    async for webhook in stage(max_body=1_000_000):
        response = await webhook.post(MALFORMED[case])
        assert response.status_code == 422, response.text
        assert code(response) == "malformed"
        assert len(response.content) < 1_500
        assert webhook.publisher.published == []


async def test_a_known_id_is_accepted_again_and_changes_nothing(webhook: Stage) -> None:
    post = edit()
    first = await webhook.post(post)
    again = await webhook.post(post)
    assert (first.status_code, again.status_code) == (202, 202)
    assert first.json() == again.json()
    assert len(webhook.publisher.published) == 1


async def test_a_resend_while_the_first_is_under_way_waits_for_it(webhook: Stage) -> None:
    post = edit()
    webhook.publisher.hold()
    sendings = [asyncio.create_task(webhook.post(post)) for _ in range(2)]
    await anyio.wait_all_tasks_blocked()
    assert len(webhook.publisher.published) == 1
    assert not any(sending.done() for sending in sendings)
    webhook.publisher.release()
    assert [(await sending).status_code for sending in sendings] == [202, 202]


@pytest.mark.parametrize("error", [PublishError("away"), PublishError("")])
async def test_a_failed_post_is_refused_and_published_again_when_resent(
    webhook: Stage, error: PublishError
) -> None:
    post = edit()
    webhook.publisher.fail_next(error)
    response = await webhook.post(post)
    assert response.status_code == 503
    assert code(response) == "kafka_away"
    assert int(response.headers["Retry-After"]) >= 1
    assert (await webhook.post(post)).status_code == 202
    assert len(webhook.publisher.published) == 2


async def test_a_post_that_kafka_finds_too_large_is_refused_for_good(webhook: Stage) -> None:
    webhook.publisher.fail_next(RecordTooLargeError("Kafka does not take a post of 9 bytes."))
    response = await webhook.post(edit())
    assert (response.status_code, code(response)) == (413, "too_large")


async def test_a_hanging_kafka_means_503_within_2_s_while_others_are_answered(
    webhook: Stage,
) -> None:
    webhook.publisher.stop()
    start = time.monotonic()
    sendings = [asyncio.create_task(webhook.post(edit())) for _ in range(5)]
    await asyncio.sleep(0)
    health = await webhook.client.get("/healthz")
    mappings = await webhook.post({"version": 1, "spreadsheet_id": "sheet-1"}, "/v1/mappings")
    assert time.monotonic() - start < 1.0
    assert (health.status_code, mappings.status_code) == (200, 200)
    assert not any(sending.done() for sending in sendings)
    responses = await asyncio.gather(*sendings)
    assert [response.status_code for response in responses] == [503] * 5
    assert time.monotonic() - start < 2.0


async def test_a_post_confirmed_after_its_503_is_not_published_again(webhook: Stage) -> None:
    post = edit()
    webhook.publisher.hold()
    assert (await webhook.post(post)).status_code == 503
    webhook.publisher.release()
    assert (await webhook.post(post)).status_code == 202
    assert len(webhook.publisher.published) == 1


async def test_concurrent_posts_are_published_in_the_order_in_which_their_bodies_arrived(
    webhook: Stage,
) -> None:
    """Requests begin in one order and end their bodies in another: the end counts."""
    posts = [edit() for _ in range(20)]
    ends = [asyncio.Event() for _ in posts]

    async def send(number: int) -> httpx.Response:
        body = encoded(posts[number])

        async def pieces() -> Any:
            yield body[:100]
            await ends[number].wait()
            yield body[100:]

        return await webhook.client.post("/v1/edits", content=pieces(), headers=signed(body))

    webhook.publisher.hold()
    sendings = [asyncio.create_task(send(number)) for number in range(len(posts))]
    order = [(number * 7 + 3) % len(posts) for number in range(len(posts))]
    for count, number in enumerate(order, 1):
        ends[number].set()
        while len(webhook.publisher.published) < count:
            await asyncio.sleep(0)
    webhook.publisher.release()
    assert {(await sending).status_code for sending in sendings} == {202}
    assert [value["id"] for value in webhook.publisher.values()] == [
        posts[number]["id"] for number in order
    ]
