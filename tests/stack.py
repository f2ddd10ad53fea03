"""The real stack for tests: started once a run, part by part as tests ask for it.

A test says what it needs: ``@pytest.mark.stack("mysql", "kafka")`` (names of ``plan.NEEDS``), or
``@pytest.mark.stack`` for everything, and takes the fixture ``stack`` (its endpoints) or
``running_stack`` (to kill and restart services). Nothing is started for a test without the mark.

``SHEETBRIDGE_TEST_STACK=<run directory>`` uses a stack that is up already (``make up``).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local import first_sync, observers
from deploy.local.endpoints import Endpoints
from deploy.local.plan import ALL
from deploy.local.progress import Lines
from deploy.local.run_directory import RunDirectory
from deploy.local.stack import Stack

BORROWED = "SHEETBRIDGE_TEST_STACK"
CALLS_PER_MINUTE = 6_000
"""The sink's own pace of writes and reads: at Google's 60 tests would wait for each other."""


class StackOfTheRun:
    """One foreground stack in a directory of its own; it ends with the run, however that ends."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._stack: Stack | None = None
        self._synced = False

    def with_parts(self, parts: tuple[str, ...]) -> Stack:
        """The stack with at least ``parts`` up and alive."""
        if self._stack is None:
            self._stack = Stack(RunDirectory(self._directory))
        self._stack.require_alive()
        endpoints = self._stack.start(Lines(), parts)
        if "sink" in parts and not self._synced:
            self._hasten(Path(endpoints.config))
            files = observers.key_files(self._stack.directory, endpoints.sheets_url)
            first_sync.wait(endpoints, files, Lines(), still_alive=self._stack.require_alive)
            self._synced = True
        return self._stack

    def _hasten(self, config: Path) -> None:
        text, section = config.read_text(), "[google]\n"
        quota = "".join(f"{kind}_per_minute = {CALLS_PER_MINUTE}\n" for kind in ("writes", "reads"))
        config.write_text(text.replace(section, section + quota, 1))
        if self._stack is not None:
            self._stack.restart("sink")

    def close(self) -> None:
        """Stop it, if it was started."""
        if self._stack is not None:
            self._stack.close()


@pytest.fixture(scope="session")
def stack_of_the_run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StackOfTheRun]:
    of_the_run = StackOfTheRun(tmp_path_factory.mktemp("stack"))
    yield of_the_run
    of_the_run.close()


@pytest.fixture
def stack(request: pytest.FixtureRequest) -> Endpoints:
    """Where the parts that the test's mark names listen."""
    parts = _wanted(request)
    borrowed = os.environ.get(BORROWED)
    if borrowed:
        return Endpoints.load(Path(borrowed) / "endpoints.json")
    of_the_run = request.getfixturevalue("stack_of_the_run")
    assert isinstance(of_the_run, StackOfTheRun)
    return of_the_run.with_parts(parts).endpoints


@pytest.fixture
def running_stack(request: pytest.FixtureRequest) -> Stack:
    """The stack itself. A test that kills a service must leave it restarted."""
    parts = _wanted(request)
    if os.environ.get(BORROWED):
        pytest.skip("a borrowed stack is not ours to kill")
    of_the_run = request.getfixturevalue("stack_of_the_run")
    assert isinstance(of_the_run, StackOfTheRun)
    return of_the_run.with_parts(parts)


def _wanted(request: pytest.FixtureRequest) -> tuple[str, ...]:
    mark = request.node.get_closest_marker("stack")
    if mark is None:
        pytest.fail("a test that uses the stack must carry @pytest.mark.stack", pytrace=False)
    return tuple(mark.args) or ALL
