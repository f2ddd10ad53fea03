"""The sink of the running stack compares the clocks, and ``sheetbridge status`` tells of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from deploy.cli.configuration import load
from deploy.cli.status import gather
from deploy.cli.status_topic import told
from deploy.local.endpoints import Endpoints
from tests.integration.bridge import Bridge, eventually

pytestmark = pytest.mark.stack


def test_the_status_says_how_far_the_clocks_are_apart(stack: Endpoints, planes: Bridge) -> None:
    """All run on one machine here, so they agree as far as whole seconds can tell."""
    configuration = load(Path(stack.config))
    records = eventually(
        lambda: told(configuration.kafka.bootstrap),
        lambda seen: bool(seen) and seen[0].clocks.database is not None,
        "what the sink says of the clocks",
    )
    known = records[0].clocks
    assert known.database is not None
    assert known.machine is not None
    assert not known.noticeable
    assert known.database.high - known.database.low < 2_000_000
    (line,) = [line for line in gather(configuration) if line.part == "Clocks"]
    assert (line.well, line.warns) == (True, False)
    assert line.says.startswith("MySQL's clock ")
    assert "as of" not in line.says
