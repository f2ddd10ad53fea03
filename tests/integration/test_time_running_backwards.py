"""A topic made anew and a database set back on the real stack: the mapping waits for a person."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest
from kafka import KafkaAdminClient  # type: ignore[import-untyped]  # it ships no types
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from deploy.local.plan import ALL
from deploy.local.stack import Stack
from tests.integration.bridge import eventually
from tests.integration.guarded import NAME, ROWS, TABLE, Guarded, guarded_mapping
from tests.stack import BORROWED, StackOfTheRun

pytestmark = pytest.mark.stack


@pytest.fixture(scope="module")
def own_stack(stack_of_the_run: StackOfTheRun) -> Stack:
    if os.environ.get(BORROWED):
        pytest.skip("a borrowed stack is not ours to set back")
    return stack_of_the_run.with_parts(ALL)


@pytest.fixture(scope="module")
def mapping(own_stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    with guarded_mapping(own_stack, tmp_path_factory.mktemp("backwards")) as found:
        yield found


@pytest.fixture
def guarded(mapping: Guarded) -> Guarded:
    mapping.fill()
    return mapping


def _waits(guarded: Guarded, says: str) -> None:
    eventually(lambda: guarded.reason() or "", lambda reason: says in reason, "the reason")
    assert f"sheetbridge resume {NAME} --prefer" in guarded.status()
    assert "Nothing is merged" in guarded.sheetbridge("resume", NAME).stdout


def _goes_both_ways(guarded: Guarded) -> None:
    guarded.sql(f"UPDATE {TABLE} SET note = 'to the sheet' WHERE id = 7")
    guarded.sheet_shows({"note": "to the sheet"}, 7)
    guarded.edit(f"B{guarded.place(8)}", [["to the table"]])
    guarded.row_becomes({"note": "to the table"}, id=8)
    assert guarded.reason() is None


@pytest.mark.parametrize("side", ["database", "sheet"])
def test_a_topic_that_was_made_anew(guarded: Guarded, own_stack: Stack, side: str) -> None:
    own_stack.kill("sink", signal.SIGKILL)
    guarded.edit(f"B{guarded.place(1)}", [["typed unread"]])
    admin = KafkaAdminClient(bootstrap_servers=guarded.endpoints.kafka_bootstrap)
    try:
        admin.delete_topics([f"sheet.{NAME}"])
        eventually(admin.list_topics, lambda names: f"sheet.{NAME}" not in names, "its deletion")
        guarded.does("register")
    finally:
        admin.close()
    own_stack.restart("sink")
    _waits(guarded, f"topic sheet.{NAME} was made anew")
    assert guarded.row(id=1) == {"id": 1, "note": "text 1"}

    assert f"The {side} is right" in guarded.does("resume", NAME, "--prefer", side)
    wanted = {"note": "text 1" if side == "database" else "typed unread"}
    guarded.row_becomes(wanted, id=1)
    guarded.sheet_shows(wanted, 1)
    _goes_both_ways(guarded)


def test_a_database_whose_transactions_are_behind_what_was_seen(
    guarded: Guarded, own_stack: Stack
) -> None:
    root = create_engine(guarded.endpoints.root_mysql_url, poolclass=NullPool)
    own_stack.kill("sink", signal.SIGKILL)
    with root.connect() as connection:
        connection.execute(text("RESET BINARY LOGS AND GTIDS"))
    guarded.sql(f"UPDATE {TABLE} SET note = 'of the backup' WHERE id = 1")
    own_stack.restart("sink")
    _waits(guarded, "does not know transaction")
    assert guarded.shown(1) == {"id": 1, "note": "text 1", "row": guarded.place(1)}

    guarded.does("register", "--reset-offsets")
    for name in ("planes", "weather", NAME):
        guarded.does("resume", name, "--prefer", "database")
    guarded.sheet_shows({"note": "of the backup"}, 1)
    guarded.both_have(*ROWS)
    _goes_both_ways(guarded)
