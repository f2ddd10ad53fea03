"""What both stores remember: states, ids, offsets, calls, losses, markers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import MISSING, fields, is_dataclass, replace

import pytest

from sink.core.belief import Belief
from sink.core.change_event import Position
from sink.core.decision import FIRST_SYNC
from sink.core.marks import Face, Mark
from sink.core.row_key import RowKey
from sink.core.row_state import Find, HeldDelete, OpenWrite, RowState
from sink.core.version import EVER, Origin, Version
from sink.ports import Progress, TableWrite
from sink.state.records import FirstSync
from tests.contract.stores.bench import Bench, image, key, loss, row

MANY = 2_300
"""More rows than one statement of ours names."""

STATES = {
    "of a row that is as the first sync left it": row(1),
    "of a row without life": RowState(key(1), refused={"": "no room"}),
    "of a tombstone": RowState(
        key(1),
        life=Version(False, 5, Origin.SHEET, in_db=EVER, seen_from=5, shown=5, author="ann"),
        cells={"a": Version("kept", None, Origin.DATABASE, in_db=EVER)},
    ),
    "with everything": RowState(
        key(1),
        life=Version(True, 5, Origin.SHEET, in_db=7, seen_from=5, shown=5, author="ann@example"),
        cells={
            "a": Version("ä\U0001f600 ", 6, Origin.DATABASE, in_db=EVER, seen_from=7),
            "b": Version(None, None, Origin.DATABASE, made=True),
            "n": Version(-3, 2**53 + 1, Origin.SHEET, in_db=8, shown=9),
            "u": Version("", 0, Origin.SHEET, outside=True),
        },
        table={"a": "other", "b": None, "n": 0, "u": "", "p": 1},
        open_writes=(
            OpenWrite(
                3,
                image(a="w"),
                4,
                {"a": Version("w", 1, Origin.SHEET)},
                frozenset({"b", "n"}),
                Version(True, 1, Origin.SHEET),
            ),
            OpenWrite(4, None, 5),
        ),
        present=Belief(True, 1, 2, ((3, True),), True, (1, 2)),
        beliefs={
            "a": Belief("x", 1, 2, ((3, "y"), (4, None)), edited=4),
            "b": Belief("v", 3, 4, (), True, (3, 4), over=(2, "u"), hid=1),
            "n": Belief(None, 0, 0),
        },
        newest={"a": 4},
        seen_until=11,
        refused={"a": "takes at most 10 characters", "": "row"},
        unfit={"a": "far too long"},
        told={"a": "told"},
        finds={"b": Find("found", 5, 6), "n": Find(None, 1, 2)},
        marks={
            "a": Mark("said", "said before", sure=False, under="#ff0000"),
            "n": Mark(put_back=Face("a person's own", "#00ff00")),
        },
        held=(
            HeldDelete(Origin.SHEET, 5, 6, 4, "ann@example"),
            HeldDelete(Origin.DATABASE, 7, 8, latest=9),
        ),
        formulas={"u": 12},
        apart=True,
    ),
}


def parts(value: object) -> Iterator[object]:
    """The value and all that it is made of."""
    yield value
    if isinstance(value, dict):
        value = tuple(value.values())
    if isinstance(value, tuple):
        for each in value:
            yield from parts(each)
    elif is_dataclass(value) and not isinstance(value, RowKey):
        for each in fields(value):
            yield from parts(getattr(value, each.name))


BARE: dict[type, object] = {
    RowState: RowState(key(0)),
    Version: Version("", -1, Origin.DATABASE),
    Belief: Belief("", -1, -1),
    OpenWrite: OpenWrite(-1, None, -1),
}
"""With nothing that need not be told, of those whose constructors are written out."""


def test_the_row_with_everything_has_everything() -> None:
    """Whatever a row may come to remember beside is to be stored, and tried here."""
    known: set[str] = set()
    tried: set[str] = set()
    for part in parts(STATES["with everything"]):
        if not is_dataclass(part) or isinstance(part, RowKey):
            continue
        for each in fields(part):
            name = f"{type(part).__name__}.{each.name}"
            known.add(name)
            default = each.default
            if each.default_factory is not MISSING:
                default = each.default_factory()
            if type(part) in BARE:
                default = getattr(BARE[type(part)], each.name)
            if getattr(part, each.name) != default:
                tried.add(name)
    assert known - tried == {"RowState.in_call"}, "which is known of the worker's own call"


@pytest.mark.parametrize("state", STATES.values(), ids=STATES.keys())
def test_a_state_comes_back_as_it_was_stored(bench: Bench, state: RowState) -> None:
    store = bench.worker()
    with store.begin() as transaction:
        transaction.save([row(1, "old"), row(2)])
    with store.begin() as transaction:
        transaction.save([state])
        assert transaction.states([key(1)]) == {key(1): state}
    assert store.states([key(1)]) == bench.worker().states([key(1)]) == {key(1): state}
    assert store.states([key(2)]) == {key(2): row(2)}
    assert sorted(store.known_keys()) == [key(1), key(2)]


def test_many_rows_at_once(bench: Bench) -> None:
    store = bench.worker()
    keys = [key(number) for number in range(MANY)]
    with store.begin() as transaction:
        writes = [TableWrite("insert", each, image()) for each in keys]
        assert transaction.write(writes) == []
        transaction.save([row(number) for number in range(MANY)])
        assert len(transaction.lock(keys)) == MANY
    assert len(store.states([*keys, key(MANY)])) == MANY
    assert sorted(store.table_keys()) == sorted(store.known_keys()) == keys
    assert len(store.table_rows(keys)) == MANY


def test_of_no_keys_nothing_is_asked(bench: Bench) -> None:
    store = bench.worker()
    assert store.states([]) == {}
    assert store.table_rows([]) == {}
    with store.begin() as transaction:
        assert transaction.states([]) == {}
        assert transaction.lock([]) == {}
        assert transaction.known_ids([]) == frozenset()
        assert transaction.write([]) == []
        transaction.save([])
        transaction.log(key(1), [])
        transaction.record(Progress())
    assert (bench.offsets(), bench.conflicts()) == ({}, [])


def test_ids_are_known_from_the_record_on_and_to_later_workers(bench: Bench) -> None:
    store = bench.worker()
    ids = [f"edit-{number}" for number in range(MANY)]
    with store.begin() as transaction:
        assert transaction.known_ids(ids) == frozenset()
        transaction.record(Progress(edit_ids=ids))
        assert transaction.known_ids(ids) == set(ids)
    with bench.worker().begin() as transaction:
        assert transaction.known_ids(["edit-0", "edit-x"]) == {"edit-0"}


def test_offsets_are_kept_by_topic_and_a_record_without_one_leaves_them(bench: Bench) -> None:
    store = bench.worker()
    for progress in (
        Progress({"cdc": 5}, position=Position("binlog.000007", 3, 1, 1, 77)),
        Progress({"sheet": 1}),
        Progress({"cdc": 6}),
        Progress(),
    ):
        with store.begin() as transaction:
            transaction.record(progress)
    assert bench.offsets() == {"cdc": 6, "sheet": 1}
    assert bench.position() == Position("binlog.000007", 3, 1, 1, 77)


def test_the_call_under_way_is_stored_and_taken_back(bench: Bench) -> None:
    store = bench.worker()
    with store.begin() as transaction:
        transaction.store_call(1, "before", '{"a": "ö"}')
    assert bench.call() == (1, "before", '{"a": "ö"}')
    with store.begin() as transaction:
        transaction.store_call(1, "after", None)
    assert bench.call() == (1, "after", None)


def test_facts_are_noted_one_by_one(bench: Bench) -> None:
    store = bench.worker()
    with store.begin() as transaction:
        transaction.store_call(1, "fence", None)
        transaction.note({"reason": "the header is gone"})
    with store.begin() as transaction:
        transaction.note({"reason": None})
    assert (bench.call(), bench.reason()) == ((1, "fence", None), None)


def test_losses_are_logged_in_order_and_again_where_they_come_again(bench: Bench) -> None:
    store = bench.worker()
    with store.begin() as transaction:
        transaction.log(key(1), [loss("x", "y"), loss("z", "y", None)])
        transaction.log(key(2), [loss("x", "y")])
    with store.begin() as transaction:
        transaction.log(key(1), [loss("x", "y")])
    assert [logged[:3] for logged in bench.conflicts()] == [
        (key(1), "a", "x"),
        (key(1), None, "z"),
        (key(2), "a", "x"),
        (key(1), "a", "x"),
    ]


def test_rows_that_the_sheet_is_owed_or_whose_content_waits_need_attention(bench: Bench) -> None:
    owed, waiting, refused = row(2), row(3), row(4)
    owed.cells["a"] = Version("new", 9, Origin.DATABASE, in_db=EVER)
    waiting.finds["a"] = Find("typed", 1, 2)
    refused.refused["a"] = "does not fit"
    store = bench.worker()
    with store.begin() as transaction:
        transaction.save([row(1), owed, waiting, refused])
    assert sorted(store.keys_with_attention()) == [key(2), key(3)]
    with store.begin() as transaction:
        transaction.save([row(2)])
    assert bench.worker().keys_with_attention() == [key(3)]


def test_a_call_under_way_needs_attention(bench: Bench) -> None:
    store = bench.worker()
    called = row(1)
    called.in_call = True
    with store.begin() as transaction:
        transaction.save([called])
    assert store.keys_with_attention() == [key(1)]
    assert store.states([key(1)]) == {key(1): row(1)}


def test_a_first_sync_s_stamps_hold_from_then_on(bench: Bench) -> None:
    store = bench.worker()
    first = FirstSync(1_000, 2_000)
    with store.begin() as transaction:
        transaction.note({"first_read": first.read, "first_shown": first.shown})
    store.begin_with(bench.synced(first))
    synced = first.row(key(1), image())
    with store.begin() as transaction:
        transaction.save([synced])
    assert store.states([key(1)]) == {key(1): synced}


def test_markers_are_written_at_once_and_in_order(bench: Bench) -> None:
    store = bench.worker()
    store.mark("one")
    with store.begin():
        store.mark("two")
        assert bench.marks() == ["one", "two"]


def test_one_read_of_the_whole_table_in_the_order_of_its_key(bench: Bench) -> None:
    for number in (12, 3, 100):
        bench.program(number, image(a=f"a{number}"))
    parts = list(bench.worker().scan())
    assert [pair for part in parts for pair in part.rows] == [
        (key(number), image(a=f"a{number}")) for number in (3, 12, 100)
    ]
    assert parts[0].rows == []
    assert len({part.gtids for part in parts}) == 1


def test_a_read_shows_the_table_as_it_was_when_it_began(bench: Bench) -> None:
    bench.program(1, image(a="before"))
    parts = bench.worker().scan()
    first = next(parts)
    bench.program(1, image(a="after"))
    bench.program(2, image(a="after"))
    rows = [*first.rows, *(pair for part in parts for pair in part.rows)]
    assert rows == [(key(1), image(a="before"))]


def test_a_first_sync_that_is_made_again_forgets_its_rows_and_its_own_losses(bench: Bench) -> None:
    store = bench.worker()
    with store.begin() as transaction:
        transaction.save([row(1), row(2)])
        transaction.log(key(1), [replace(loss("met", "w"), rule=FIRST_SYNC), loss("merged", "w")])
    with store.begin() as transaction:
        transaction.forget_all()
        assert transaction.known_keys() == []
    assert store.known_keys() == []
    assert [logged[2] for logged in bench.conflicts()] == ["merged"]
