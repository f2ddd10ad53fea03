"""Several posts in one request: all or none, in order, each as it was written."""

import asyncio
from typing import Any

import anyio
import pytest

from sink.core.command import Order, decode_command
from sink.core.envelope import decode_post
from tests.unit.webhook.stage import Stage, code, edit, encoded, stage
from webhook.publisher import RecordTooLargeError

pytestmark = pytest.mark.anyio


def lines(*posts: Any) -> bytes:
    return b"\n".join(post if isinstance(post, bytes) else encoded(post) for post in posts)


def command(name: str, **changes: Any) -> dict[str, Any]:
    post = edit(kind="command", command=name, **changes)
    del post["rows"]
    return post


async def test_a_batch_is_published_in_order_and_each_post_as_it_was_written(
    webhook: Stage,
) -> None:
    posts = [edit(), command("pause", tab="Orders"), edit()]
    first = encoded(posts[0]).replace(b"2004", b"100000000000000000000.50")
    response = await webhook.post(lines(first, *posts[1:]), "/v1/batches")
    assert response.status_code == 202
    assert response.json() == {"ids": [post["id"] for post in posts], "accepted": 2}
    published = webhook.publisher.published
    assert [record.topic for record in published] == [
        "sheet.planes",
        "commands.orders",
        "sheet.planes",
    ]
    assert [record.key.decode() for record in published] == [post["id"] for post in posts]
    assert b'"value": 100000000000000000000.50' in published[0].value
    assert decode_command(webhook.publisher.values()[1]).order is Order.PAUSE


async def test_a_single_post_and_a_newline_at_the_end_are_a_batch_too(webhook: Stage) -> None:
    response = await webhook.post(encoded(edit()) + b"\n", "/v1/batches")
    assert (response.status_code, response.json()["accepted"]) == (202, 1)


@pytest.mark.parametrize(
    ("bad", "status", "says"),
    [
        (b"{", 422, "Line 2: The body: "),
        (b"", 422, "Line 2: "),
        (edit(kind="other"), 422, "Line 2: "),
        (edit(tab="elsewhere"), 404, "Tab 'elsewhere'"),
    ],
)
async def test_one_bad_post_refuses_the_batch_and_nothing_is_published(
    webhook: Stage, bad: Any, status: int, says: str
) -> None:
    response = await webhook.post(lines(edit(), bad, edit()), "/v1/batches")
    assert response.status_code == status
    assert response.json()["error"]["message"].startswith(says)
    assert webhook.publisher.published == []


async def test_an_empty_batch_and_one_of_too_many_posts_are_refused() -> None:
    async for webhook in stage(max_body=2_000_000):
        response = await webhook.post(b"", "/v1/batches")
        assert (response.status_code, code(response)) == (422, "malformed")
        post = command("reconcile")
        response = await webhook.post(lines(*[post] * 1_001), "/v1/batches")
        assert (response.status_code, code(response)) == (413, "too_large")
        assert webhook.publisher.published == []


async def test_what_was_taken_of_a_batch_is_not_published_again(webhook: Stage) -> None:
    taken, failed = edit(), edit()
    assert (await webhook.post(taken)).status_code == 202
    webhook.publisher.fail_next()
    body = lines(taken, failed)
    assert (await webhook.post(body, "/v1/batches")).status_code == 503
    assert (await webhook.post(body, "/v1/batches")).status_code == 202
    ids = [record.key.decode() for record in webhook.publisher.published]
    assert ids == [taken["id"], failed["id"], failed["id"]]


async def test_a_batch_is_accepted_only_when_all_of_it_is_confirmed(webhook: Stage) -> None:
    webhook.publisher.hold()
    sending = asyncio.create_task(webhook.post(lines(edit(), edit()), "/v1/batches"))
    await anyio.wait_all_tasks_blocked()
    assert len(webhook.publisher.published) == 2
    assert not sending.done()
    webhook.publisher.release()
    assert (await sending).status_code == 202


async def test_a_post_too_large_for_kafka_refuses_its_batch_for_good(webhook: Stage) -> None:
    webhook.publisher.fail_next(RecordTooLargeError("Kafka does not take a post of 9 bytes."))
    response = await webhook.post(lines(edit(), edit()), "/v1/batches")
    assert (response.status_code, code(response)) == (413, "too_large")


@pytest.mark.parametrize("name", ["reconcile", "pause", "resume"])
async def test_the_script_may_command_no_more_than_three_things(webhook: Stage, name: str) -> None:
    assert (await webhook.post(command(name))).status_code == 202
    assert webhook.publisher.values()[0]["command"] == name


@pytest.mark.parametrize(
    "post",
    [
        command("approve_deletes"),
        command("drop"),
        command("reconcile", prefer="sheet"),
        {**command("pause"), "command": None},
        {**edit(), "command": "pause"},
    ],
)
async def test_every_other_command_is_refused(webhook: Stage, post: dict[str, Any]) -> None:
    response = await webhook.post(post)
    assert (response.status_code, code(response)) == (422, "malformed")
    assert webhook.publisher.published == []


async def test_a_row_without_a_key_brings_its_tag(webhook: Stage) -> None:
    row: dict[str, Any] = {"row": 9, "key": {"tailnum": None}, "cells": {"year": {"value": 2004}}}
    assert (await webhook.post(edit(rows=[{**row, "row_tag": "3f2a9c01d4e8"}]))).status_code == 202
    [posted] = decode_post(webhook.publisher.values()[0]).rows
    assert (posted.row_tag, posted.key) == ("3f2a9c01d4e8", {"tailnum": None})
    for tag in ("", "A", "x" * 41, 1, "a\n"):
        response = await webhook.post(edit(rows=[{**row, "row_tag": tag}]))
        assert (response.status_code, code(response)) == (422, "malformed")
