"""A person in a real browser: what they type arrives in MySQL, what SQL changes shows to them."""

from __future__ import annotations

import json
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

import pytest
from sqlalchemy import text

from deploy.local.connections import a_new_connection_each_time
from deploy.local.endpoints import Endpoints

pytestmark = pytest.mark.stack

HERE = Path(__file__).parent / "page"
PATIENCE = 90.0
ROW = 6
"""Below the first rows, which other tests may look at."""


class Person:
    """A person at the page, led line by line."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._input: IO[str] = process.stdin
        self._output: IO[str] = process.stdout
        self._process = process

    def listen(self) -> dict[str, str]:
        """The next answer; ends the browser where none comes in time."""
        timer = threading.Timer(PATIENCE, self._process.kill)
        timer.start()
        try:
            line = self._output.readline()
        finally:
            timer.cancel()
        assert line, "the browser ended or gave no answer in time"
        answer: dict[str, str] = json.loads(line)
        assert "error" not in answer, answer["error"]
        return answer

    def begin(self, act: str, column: str, content: str = "") -> None:
        """Ask for an act at ROW without waiting for its answer."""
        command = {"do": act, "row": ROW, "column": column, "text": content}
        self._input.write(json.dumps(command) + "\n")
        self._input.flush()

    def do(self, act: str, column: str, content: str = "") -> dict[str, str]:
        """Ask for an act at ROW and wait until it is done."""
        self.begin(act, column, content)
        return self.listen()


@pytest.fixture(scope="module")
def browser() -> None:
    """The packages that bring the browser, installed once."""
    if shutil.which("npm") is None:
        pytest.skip("there is no npm to install the browser with")
    if not (HERE / "node_modules" / "playwright-core").is_dir():
        subprocess.run(
            ["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"],
            cwd=HERE,
            check=True,
            capture_output=True,
            timeout=180,
        )


@pytest.fixture
def person(browser: None, stack: Endpoints) -> Iterator[Person]:
    with subprocess.Popen(
        ["node", "person.mjs", stack.page_url],
        cwd=HERE,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        person = Person(process)
        try:
            assert "ready" in person.listen()
            yield person
        finally:
            process.stdin.close() if process.stdin else None
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()


def in_database(stack: Endpoints, statement: str, **values: object) -> list[tuple[object, ...]]:
    """Run a statement on a fresh connection of the application's account."""
    engine = a_new_connection_each_time(stack.mysql_url)
    with engine.begin() as connection:
        result = connection.execute(text(statement), values)
        return [tuple(row) for row in result] if result.returns_rows else []


def eventually(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.1)


def test_what_a_person_types_on_the_page_arrives_in_mysql(stack: Endpoints, person: Person) -> None:
    key = person.do("read", "tailnum")["text"]
    old = person.do("read", "year")["text"]
    new = str(1950 + int(old or 0) % 40)
    answer = person.do("type", "year", new)
    query = "SELECT year FROM demo.planes WHERE tailnum = :key"
    assert in_database(stack, query, key=key) == [(int(new),)]
    assert answer["latency"].endswith("s")


def test_a_block_that_is_pasted_on_the_page_arrives_in_mysql(
    stack: Endpoints, person: Person
) -> None:
    key = person.do("read", "tailnum")["text"]
    model, engines = f"Paste {time.time_ns() % 100_000}", time.time_ns() % 9
    person.do("paste", "model", f"{model}\t{engines}")
    query = "SELECT model, engines FROM demo.planes WHERE tailnum = :key"
    eventually(
        lambda: in_database(stack, query, key=key) == [(model, engines)],
        "the pasted block did not arrive",
    )


def test_what_sql_changes_shows_in_the_grid_of_the_page(stack: Endpoints, person: Person) -> None:
    key = person.do("read", "tailnum")["text"]
    old = person.do("read", "seats")["text"]
    new = str(100 + (int(old or 0) + 1) % 300)
    person.begin("await", "seats", new)
    statement = "UPDATE demo.planes SET seats = :new WHERE tailnum = :key"
    in_database(stack, statement, new=new, key=key)
    assert person.listen()["latency"].endswith("s")
