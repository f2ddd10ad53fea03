"""The bridges that the tests on the real stack use."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from deploy.local.endpoints import Endpoints
from deploy.local.loopback import LOOPBACK
from tests.integration.bridge import Bridge

READS_FOR_TESTS = 6_000
"""Tests look far more often than a user may; Google's quota is the subject of other tests."""


@pytest.fixture
def planes(stack: Endpoints, tmp_path: Path) -> Iterator[Bridge]:
    with closing(_bridge(stack, "planes", tmp_path)) as bridge:
        yield bridge


@pytest.fixture
def prefix() -> str:
    """With what a test's own keys begin: never the same, so that it can run again on its stack.

    Five characters; the planes' key takes eight.
    """
    return f"X{uuid.uuid4().hex[:4].upper()}"


@pytest.fixture
def weather(stack: Endpoints, tmp_path: Path) -> Iterator[Bridge]:
    with closing(_bridge(stack, "weather", tmp_path)) as bridge:
        yield bridge


def _bridge(stack: Endpoints, mapping: str, directory: Path) -> Bridge:
    LOOPBACK.put(
        f"{stack.sheets_url}/_control/settings", json={"quota_reads_per_minute": READS_FOR_TESTS}
    ).raise_for_status()
    return Bridge(stack, mapping, directory)
