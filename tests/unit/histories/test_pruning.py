"""Histories of what is forgotten: nothing comes back, and what is at rest costs nothing."""

from __future__ import annotations

from dataclasses import replace

import orjson

from sink.core import operator_record
from sink.core.envelope import Post, PostedCell, PostedRow
from sink.core.mapping import Policy, Rule
from sink.core.operator_record import Wish
from sink.core.retention import Retention
from sink.core.row_key import RowKey
from sink.core.version import ABSENT
from sink.inbound import FOUND, Inbox
from sink.keyless_rows import KeylessRow
from sink.old_posts import set_aside_old
from sink.ports import DeadLetter
from sink.pruning import REST_SECONDS
from sink.state.records import StoredRow
from tests.doubles.memory_store import MemoryStore
from tests.simulation.acts import row_key
from tests.simulation.agenda import MILLISECOND, SECOND
from tests.simulation.process import RECONCILE_SECONDS
from tests.simulation.setting import FOR_EVER, KEYS, Setting
from tests.unit.histories.whole import Bridge

SHORT = Retention(5 * SECOND, 10 * SECOND, FOR_EVER.conflicts)


def forgetful() -> Bridge:
    """Edit ids are kept for five seconds, tombstones for ten."""
    quiet = Setting.quiet(Rule(Policy.LAST_WRITE_WINS))
    return Bridge(setting=replace(quiet, retention=SHORT))


def stored(bridge: Bridge) -> dict[RowKey, StoredRow]:
    return dict(bridge.world.server.data.states)


def letters(bridge: Bridge) -> list[DeadLetter]:
    return bridge.world.letters


def resend(bridge: Bridge, number: int = -1) -> None:
    """The script posts one of its posts again."""
    record = bridge.world.posts.records[number]
    bridge.world.posts.append(record.key, record.value)
    bridge.pass_time(SECOND)


def test_an_unchanged_table_costs_no_transaction_and_no_byte() -> None:
    bridge = forgetful()
    bridge.edit(1, a="X")
    bridge.database(2, b="Y")
    bridge.rest()
    bridge.pass_time(int(60 * SECOND))  # until all that is old is forgotten
    before, transactions = stored(bridge), bridge.world.server.data.transactions
    looked = bridge.met("reconciling readings")
    bridge.pass_time(int(20 * RECONCILE_SECONDS * SECOND))
    assert bridge.met("reconciling readings") >= looked + 20
    assert stored(bridge) == before
    assert bridge.world.server.data.transactions == transactions
    assert bridge.world.server.markers == []


def test_an_edit_id_is_forgotten_when_it_is_old() -> None:
    bridge = forgetful()
    bridge.edit(1, a="X")
    bridge.pass_time(2 * SECOND)
    assert len(bridge.world.server.data.edit_ids) == 1
    bridge.pass_time(6 * SECOND)
    assert bridge.world.server.data.edit_ids == {}
    assert bridge.both() == {"a": "X", "b": "A1", "u": "A1"}


def test_a_post_older_than_the_edit_ids_is_set_aside_and_never_applied_again() -> None:
    bridge = forgetful()
    bridge.edit(1, a="X")
    bridge.pass_time(8 * SECOND)
    bridge.database(1, a="Y")
    bridge.rest()
    resend(bridge, 0)
    (letter,) = letters(bridge)
    assert letter.error == "TooOldEditError"
    assert "type it again" in letter.reason
    record = bridge.world.posts.records[0]
    assert (letter.topic, letter.offset) == (record.topic, 1)
    assert orjson.loads(letter.value or b"")["rows"][0]["cells"]["a"]["value"] == "X"
    resend(bridge, 0)
    assert len(letters(bridge)) == 1  # its id is known again
    bridge.rest()
    assert bridge.both() == {"a": "Y", "b": "A1", "u": "A1"}


def give_back(bridge: Bridge, name: str, wish: Wish) -> None:
    """What ``conflicts restore`` and ``dead-letters retry`` write."""
    told = operator_record.record(
        name, wish.to_json(), author="ada", time_ms=bridge.world.agenda.now // MILLISECOND
    )
    bridge.world.posts.append(None, orjson.dumps(told))
    bridge.pass_time(SECOND)


def test_a_post_that_came_too_late_can_be_retried_as_an_edit_made_now() -> None:
    bridge = forgetful()
    bridge.edit(1, a="X")
    bridge.pass_time(8 * SECOND)
    bridge.database(1, a="Y")
    bridge.rest()
    resend(bridge, 0)
    (letter,) = letters(bridge)
    give_back(bridge, "retry:1", Wish(**orjson.loads(letter.wish or b"")))
    bridge.rest()
    assert bridge.both() == {"a": "X", "b": "A1", "u": "A1"}
    assert len(letters(bridge)) == 1


def test_what_an_operator_gave_back_is_not_given_back_again_when_its_id_is_forgotten() -> None:
    bridge = forgetful()
    give_back(bridge, "restore:1", Wish({"id": 1}, {"a": "X"}))
    assert bridge.both() == {"a": "X", "b": "A1", "u": "A1"}
    bridge.pass_time(8 * SECOND)
    bridge.database(1, a="Y")
    bridge.rest()
    resend(bridge, 0)
    assert [letter.error for letter in letters(bridge)] == ["TooOldEditError"]
    assert bridge.both() == {"a": "Y", "b": "A1", "u": "A1"}


def test_a_post_that_comes_before_anything_is_forgotten_is_no_old_one() -> None:
    """Where nothing was forgotten nothing can have been applied before."""
    bridge = forgetful()
    bridge.edit(1, a="X")
    held = bridge.world.posts.records
    bridge.pass_time(SECOND)
    assert len(held) == 1
    resend(bridge)
    assert letters(bridge) == []
    assert bridge.both() == {"a": "X", "b": "A1", "u": "A1"}


def test_a_row_deleted_on_both_sides_is_forgotten_when_it_is_old() -> None:
    bridge = forgetful()
    bridge.database_delete(1)
    bridge.pass_time(5 * SECOND)
    assert row_key(1) in stored(bridge)
    bridge.pass_time(20 * SECOND)
    assert row_key(1) not in stored(bridge)
    assert bridge.both(1) is None
    bridge.database(1, a="again")
    bridge.rest()
    assert bridge.both(1) == {"a": "again", "b": None, "u": None}


def test_a_row_that_once_had_a_crossing_is_forgotten_like_any_other() -> None:
    bridge = forgetful()
    bridge.database(1, a="B")
    bridge.edit(1, a="C")  # neither was made in sight of the other
    bridge.pass_time(SECOND)
    assert bridge.logged() == [("a", "C")]
    bridge.database_delete(1)
    bridge.pass_time(5 * SECOND)
    assert row_key(1) in stored(bridge)
    bridge.pass_time(20 * SECOND)
    assert row_key(1) not in stored(bridge)


def test_a_row_that_both_sides_deleted_is_forgotten() -> None:
    bridge = forgetful()
    bridge.database_delete(1)
    bridge.delete(1)  # the tombstone that stays is only known to be the table's from the row lock
    bridge.pass_time(5 * SECOND)
    assert row_key(1) in stored(bridge)
    bridge.pass_time(20 * SECOND)
    assert row_key(1) not in stored(bridge)


def test_a_row_of_which_a_post_told_after_it_was_gone_is_forgotten() -> None:
    bridge = forgetful()
    bridge.edit(1, a="X")
    bridge.pass_time(SECOND)
    bridge.delete(1)
    bridge.pass_time(2 * SECOND)
    told = orjson.loads(bridge.world.posts.records[0].value or b"")
    told["rows"][0]["cells"] = {"b": told["rows"][0]["cells"]["a"]}
    bridge.world.posts.append(None, orjson.dumps({**told, "id": "late"}))
    bridge.pass_time(SECOND)
    assert letters(bridge) == []
    assert row_key(1) in stored(bridge)
    bridge.pass_time(20 * SECOND)
    assert row_key(1) not in stored(bridge)


def test_an_edit_older_than_a_forgotten_row_does_not_bring_it_back() -> None:
    bridge = forgetful()
    bridge.edit(1, a="X")
    bridge.pass_time(SECOND)
    bridge.delete(1)
    bridge.pass_time(30 * SECOND)
    assert row_key(1) not in stored(bridge)
    resend(bridge, 0)
    bridge.rest()
    assert [letter.error for letter in letters(bridge)] == ["TooOldEditError"]
    assert bridge.both(1) is None
    assert row_key(1) not in bridge.world.server.data.table


def test_change_events_sent_again_do_not_bring_a_forgotten_row_back() -> None:
    bridge = forgetful()
    bridge.database(1, a="X")
    bridge.pass_time(SECOND)
    bridge.database_delete(1)
    bridge.pass_time(30 * SECOND)
    assert row_key(1) not in stored(bridge)
    bridge.world.connector.send_all_again()
    bridge.rest()
    assert bridge.both(1) is None
    assert bridge.logged() == []


def test_a_forgotten_row_that_a_person_types_again_is_a_new_one() -> None:
    bridge = forgetful()
    bridge.database_delete(2)
    bridge.pass_time(30 * SECOND)
    bridge.create(2, a="P", b="Q")
    bridge.rest()
    assert bridge.both(2) == {"a": "P", "b": "Q", "u": None}
    assert bridge.logged() == []


def test_no_row_is_forgotten_while_the_stream_has_not_been_read_past_the_look() -> None:
    bridge = forgetful()
    bridge.database_delete(1)
    bridge.pass_time(8 * SECOND)
    bridge.world.connector.away = True
    bridge.pass_time(30 * SECOND)
    assert row_key(1) in stored(bridge)
    bridge.world.connector.away = False
    bridge.pass_time(5 * SECOND)
    assert row_key(1) not in stored(bridge)


def test_what_was_found_by_looking_is_no_old_post_however_long_it_was_held() -> None:
    bridge = forgetful()
    bridge.edit(1, a="X")
    bridge.pass_time(20 * SECOND)
    point = bridge.sink.point.parts
    row = PostedRow(7, {"id": None}, None, False, False, {"a": PostedCell("N", ABSENT, None)})
    for name, kept in ((f"{FOUND}1:t", True), ("an id", False)):
        post = Post(name, "edit", 1, None, None, (row,))
        inbox = Inbox(rows=[KeylessRow(post, 0, row, "t", 1)])
        with point.store.begin() as transaction:
            aside = set_aside_old(transaction, inbox, set(), point.table)
        assert (bool(inbox.rows), not aside) == (kept, kept), name


def test_a_mapping_at_rest_keeps_no_memory_for_the_rows_that_changed_last() -> None:
    bridge = forgetful()
    store = bridge.world.processes[-1].point.parts.store
    assert isinstance(store, MemoryStore)
    keys = [row_key(number) for number in KEYS]
    bridge.database(a="new")
    bridge.pass_time(SECOND)
    assert store.recent.of(keys)
    bridge.pass_time(3 * int(REST_SECONDS) * SECOND)
    assert not store.recent.of(keys)
