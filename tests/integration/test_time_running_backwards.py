"""A topic made anew and a database set back on the real stack: the mapping waits for a person."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest
from kafka import KafkaAdminClient  # type: ignore[import-untyped]  # it ships no types
from sqlalchemy import text

from deploy.local.connections import a_new_connection_each_time
from deploy.local.plan import ALL
from deploy.local.stack import Stack
from tests.integration.backup import Backup
from tests.integration.bridge import eventually
from tests.integration.guarded import ROWS, Guarded, guarded_mapping
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
    assert f"sheetbridge resume {guarded.mapping.name} --prefer" in guarded.status()
    assert "Nothing is merged" in guarded.sheetbridge("resume", guarded.mapping.name).stdout


def _goes_both_ways(guarded: Guarded) -> None:
    guarded.sql(f"UPDATE {guarded.mapping.table} SET note = 'to the sheet' WHERE id = 7")
    guarded.sheet_shows({"note": "to the sheet"}, 7)
    guarded.edit(f"B{guarded.place(8)}", [["to the table"]])
    guarded.row_becomes({"note": "to the table"}, id=8)
    assert guarded.reason() is None


def _made_anew(guarded: Guarded) -> None:
    """The topic of the sheet's edits is deleted, and made anew by who sets the bridge up."""
    topic = f"sheet.{guarded.mapping.name}"
    admin = KafkaAdminClient(bootstrap_servers=guarded.endpoints.kafka_bootstrap)
    try:
        admin.delete_topics([topic])
        eventually(admin.list_topics, lambda names: topic not in names, "its deletion")
        guarded.does("register")
    finally:
        admin.close()


def _decide(guarded: Guarded, side: str) -> None:
    """Say which side is right: of this mapping, and of others that have lost something too."""
    for mapping in guarded.endpoints.mappings:
        said = guarded.sheetbridge("resume", mapping.name, "--prefer", side).stdout
        unhurt = mapping.name != guarded.mapping.name and "time has not run backwards" in said
        assert f"The {side} is right" in said or unhurt


@pytest.mark.parametrize("side", ["database", "sheet"])
def test_a_topic_that_was_made_anew(guarded: Guarded, own_stack: Stack, side: str) -> None:
    own_stack.kill("sink", signal.SIGKILL)
    guarded.edit(f"B{guarded.place(1)}", [["typed unread"]])
    _made_anew(guarded)
    own_stack.restart("sink")
    _waits(guarded, f"topic sheet.{guarded.mapping.name} was made anew")
    assert guarded.row(id=1) == {"id": 1, "note": "text 1"}

    assert f"The {side} is right" in guarded.does("resume", guarded.mapping.name, "--prefer", side)
    wanted = {"note": "text 1" if side == "database" else "typed unread"}
    guarded.row_becomes(wanted, id=1)
    guarded.sheet_shows(wanted, 1)
    _goes_both_ways(guarded)


def test_a_topic_that_is_made_anew_under_a_running_sink(guarded: Guarded) -> None:
    guarded.edit(f"B{guarded.place(1)}", [["typed before"]])
    guarded.row_becomes({"note": "typed before"}, id=1)
    _made_anew(guarded)
    _waits(guarded, f"topic sheet.{guarded.mapping.name} was made anew")
    guarded.edit(f"B{guarded.place(2)}", [["typed meanwhile"]])

    guarded.does("resume", guarded.mapping.name, "--prefer", "sheet")
    guarded.row_becomes({"note": "typed meanwhile"}, id=2)
    _goes_both_ways(guarded)


def test_a_database_whose_transactions_are_behind_what_was_seen(
    guarded: Guarded, own_stack: Stack
) -> None:
    root = a_new_connection_each_time(guarded.endpoints.root_mysql_url)
    own_stack.kill("sink", signal.SIGKILL)
    with root.connect() as connection:
        connection.execute(text("RESET BINARY LOGS AND GTIDS"))
    guarded.sql(f"UPDATE {guarded.mapping.table} SET note = 'of the backup' WHERE id = 1")
    own_stack.restart("sink")
    _waits(guarded, "does not know transaction")
    assert guarded.shown(1) == {"id": 1, "note": "text 1", "row": guarded.place(1)}

    guarded.does("register", "--reset-offsets")
    _decide(guarded, "database")
    guarded.sheet_shows({"note": "of the backup"}, 1)
    guarded.both_have(*ROWS)
    _goes_both_ways(guarded)


@pytest.mark.parametrize("side", ["database", "sheet"])
def test_a_database_restored_with_our_state_from_a_backup(
    guarded: Guarded, own_stack: Stack, side: str
) -> None:
    own_stack.kill("sink", signal.SIGKILL)
    backup = Backup.taken(guarded.endpoints.root_mysql_url, "demo", "sheetbridge")
    own_stack.restart("sink")
    guarded.sql(f"UPDATE {guarded.mapping.table} SET note = 'since then' WHERE id = 1")
    guarded.sheet_shows({"note": "since then"}, 1)
    guarded.edit(f"B{guarded.place(2)}", [["typed since"]])
    guarded.row_becomes({"note": "typed since"}, id=2)
    guarded.sql(f"DELETE FROM {guarded.mapping.table} WHERE id = 3")
    guarded.sheet_shows(None, 3)

    own_stack.kill("sink", signal.SIGKILL)
    backup.restore()
    own_stack.restart("sink")
    _waits(guarded, "does not know transaction")
    assert guarded.row(id=1) == {"id": 1, "note": "text 1"}
    assert guarded.shown(3) is None

    guarded.does("register", "--reset-offsets")
    _decide(guarded, side)
    if side == "database":
        guarded.both_have(*ROWS)
        guarded.texts_become({f"text {row}" for row in ROWS})
    else:
        guarded.both_have(*(row for row in ROWS if row != 3))
        guarded.row_becomes({"note": "since then"}, id=1)
        guarded.row_becomes({"note": "typed since"}, id=2)
    _goes_both_ways(guarded)
