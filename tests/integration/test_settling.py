"""A move settles: it makes its own events and no further ones."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.integration.bridge import Bridge
from tests.integration.topics import topic

pytestmark = pytest.mark.stack


def _of_plane(event: Mapping[str, object], tailnum: str) -> bool:
    images = (event.get("after"), event.get("before"))
    return any(isinstance(image, dict) and image.get("tailnum") == tailnum for image in images)


def test_a_person_s_edit_makes_one_post_and_one_echo(planes: Bridge) -> None:
    bootstrap = planes.endpoints.kafka_bootstrap
    with (
        topic(bootstrap, "cdc.demo.planes") as changes,
        topic(bootstrap, "sheet.planes") as posts,
    ):
        changes_before, posts_before = changes.end(), posts.end()
        planes.edit(f"{planes.letter('seats')}{planes.place('N109UW')}", [[61]])
        planes.row_becomes({"seats": 61}, tailnum="N109UW")
        # a second edit, a full round after the first: what the first one caused is before it
        planes.edit(f"{planes.letter('seats')}{planes.place('N110UW')}", [[62]])
        planes.row_becomes({"seats": 62}, tailnum="N110UW")
        planes.sql("UPDATE demo.planes SET seats = 63 WHERE tailnum = 'N110UW'")
        planes.sheet_shows({"seats": 63}, "N110UW")

        echoes = [e for e in changes.since(changes_before) if _of_plane(e, "N109UW")]
        edits = [p for p in posts.since(posts_before) if p["kind"] == "edit"]
    assert len(echoes) == 1
    assert len(edits) == 2
    planes.sheet_shows({"seats": 61}, "N109UW")


def test_a_program_s_write_is_not_posted_back(planes: Bridge) -> None:
    with topic(planes.endpoints.kafka_bootstrap, "sheet.planes") as posts:
        before = posts.end()
        planes.sql("UPDATE demo.planes SET speed = 301 WHERE tailnum = 'N11106'")
        planes.sheet_shows({"speed": 301}, "N11106")
        planes.edit(f"{planes.letter('speed')}{planes.place('N11107')}", [[302]])
        planes.row_becomes({"speed": 302}, tailnum="N11107")
        edits = [post for post in posts.since(before) if post["kind"] == "edit"]
    assert len(edits) == 1
