"""Waiting until a stack has come to rest: by its own word, and by looking at both sides."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
from sqlalchemy.exc import DBAPIError

from deploy.cli.configuration import load
from deploy.cli.kafka_offsets import end_offsets
from deploy.cli.status import gather
from deploy.local.stack import Stack
from sink.core.errors import SheetbridgeError
from tests.fault.nemesis.checks import End, unequal
from tests.fault.nemesis.stage import NAME, Sheet, Table

DEADLINE_SECONDS = 240.0
LOOKS_ALIKE = 3
"""So many looks in a row, a second apart, must find nothing on its way."""

_ATTENTION = (
    "SELECT COUNT(*) FROM sheetbridge.row_state JOIN sheetbridge.mapping ON mapping_id = id "
    f"WHERE name = '{NAME}' AND attention & 3"
)
_OFFSETS = (
    "SELECT topic, next_offset FROM sheetbridge.topic_offset "
    f"JOIN sheetbridge.mapping ON mapping_id = id WHERE name = '{NAME}'"
)


class Restlessness:
    """What still moves, or is not well, in a running stack."""

    def __init__(self, stack: Stack, sheet: Sheet, table: Table) -> None:
        self._stack = stack
        self._sheet = sheet
        self._table = table
        self._configuration = load(Path(stack.endpoints.config))

    def reasons(self, letters: Callable[[], list[str]]) -> Iterator[str]:
        """Why it is not quiet; none: at this moment it is. ``letters``: the dead letters."""
        for name, alive in self._stack.alive().items():
            if not alive:
                yield f"{name} has died"
        if pending := self._sheet.pending():
            yield f"{pending} runs of the script"
        if waiting := self._sheet.waiting_posts():
            yield f"{len(waiting)} pages in the script's outbox"
        for line in gather(self._configuration):
            if not line.well:
                yield f"{line.part}: {line.says}"
        yield from self._behind()
        (owed,) = self._table.stored(_ATTENTION)[0]
        if owed:
            yield f"{owed} rows not at rest"
        for violation in unequal(End(self._sheet.look(), self._table.look(), letters=letters())):
            yield str(violation)

    def _behind(self) -> Iterator[str]:
        stored = dict(self._table.stored(_OFFSETS))
        ends = end_offsets(self._configuration.kafka.bootstrap, stored)
        for topic, offset in stored.items():
            if ends.get(str(topic), 0) > offset:
                yield f"{ends[str(topic)] - offset} records of {topic} not read"


def wait_for_quiet(restlessness: Restlessness, letters: Callable[[], list[str]]) -> list[str]:
    """Wait until nothing moves; returns why it does not come to rest, or nothing."""
    ends = time.monotonic() + DEADLINE_SECONDS
    quiet = 0
    while True:
        try:
            reasons = list(restlessness.reasons(letters))
        except (httpx.HTTPError, SheetbridgeError, DBAPIError) as error:
            reasons = [repr(error)]
        quiet = 0 if reasons else quiet + 1
        if quiet == LOOKS_ALIKE:
            return []
        if time.monotonic() > ends:
            return reasons
        time.sleep(1.0)
