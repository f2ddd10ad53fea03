"""One worker's way to a ``MemoryServer``: ``sink.ports.Store`` and ``Transaction`` over it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from sink.core.change_event import Image
from sink.core.decision import Loss
from sink.core.refusal import Refusal
from sink.core.row_key import RowKey
from sink.core.row_state import RowState
from sink.ports import Progress, TableWrite
from sink.state.errors import OvertakenError
from sink.state.mapping_record import MappingRecord
from sink.state.records import HAS_FINDS, HAS_HELD, OWED_TO_SHEET, decode, encode
from tests.doubles.memory_server import MemoryServer


class MemoryStore:
    """The numbered transactions of one worker, from the number that stands when it is made."""

    def __init__(self, server: MemoryServer) -> None:
        self._server = server
        self._number = server.data.transactions

    @contextmanager
    def begin(self) -> Iterator[MemoryTransaction]:
        server, number = self._server, self._number + 1
        before = server.data.copy()
        if before.transactions != number - 1:
            raise OvertakenError("rows", number)
        try:
            server.data.transactions = number
            yield MemoryTransaction(server, number, self)
        except BaseException:
            server.data = before
            raise
        finally:
            self._unlock()
        self._number = number

    def _unlock(self) -> None:
        locks = self._server.locks
        for key in [key for key, session in locks.items() if session is self]:
            del locks[key]

    def begin_with(self, record: MappingRecord) -> None:
        self._server.first = record.first

    def states(self, keys: Sequence[RowKey]) -> dict[RowKey, RowState]:
        server = self._server
        found = {}
        for key in keys:
            stored = server.data.states.get(key)
            if stored is not None:
                found[key] = decode(key, stored.agreed, stored.record, server.first)
        return found

    def known_keys(self) -> list[RowKey]:
        return list(self._server.data.states)

    def keys_with_attention(self) -> list[RowKey]:
        return self._keys_with(OWED_TO_SHEET | HAS_FINDS)

    def held_keys(self) -> list[RowKey]:
        return self._keys_with(HAS_HELD)

    def _keys_with(self, flags: int) -> list[RowKey]:
        states = self._server.data.states
        return [key for key, stored in states.items() if stored.attention & flags]

    def table_keys(self) -> list[RowKey]:
        return list(self._server.data.table)

    def table_rows(self, keys: Sequence[RowKey]) -> dict[RowKey, Image]:
        table = self._server.data.table
        return {key: dict(table[key]) for key in keys if key in table}

    def server_time(self) -> int:
        return self._server.now

    def mark(self, token: str) -> None:
        self._server.mark(token)

    def close(self) -> None:
        self._unlock()


class MemoryTransaction:
    """See ``sink.ports.Transaction``."""

    def __init__(self, server: MemoryServer, number: int, store: MemoryStore) -> None:
        self._server = server
        self._number = number
        self._store = store

    @property
    def number(self) -> int:
        return self._number

    def known_ids(self, ids: Sequence[str]) -> frozenset[str]:
        return frozenset(ids) & self._server.data.edit_ids

    def states(self, keys: Sequence[RowKey]) -> dict[RowKey, RowState]:
        return self._store.states(keys)

    def known_keys(self) -> list[RowKey]:
        return self._store.known_keys()

    def table_size(self) -> int:
        return len(self._server.data.table)

    def lock(self, keys: Sequence[RowKey]) -> dict[RowKey, Image]:
        table = self._server.data.table
        for key in keys:
            self._server.locks[key] = self._store
        return {key: dict(table[key]) for key in keys if key in table}

    def server_time(self) -> int:
        return self._server.now

    def write(self, writes: Sequence[TableWrite]) -> list[Refusal]:
        server = self._server
        refusals = []
        for write in writes:
            reason = server.refuses(write)
            if reason is not None:
                refusals.append(Refusal(write.key, write.op, tuple(write.cells), reason, 3819))
                continue
            image = None
            if write.op != "delete":
                image = {**server.data.table.get(write.key, {}), **write.cells}
            server.put(write.key, image, time=server.now, own=self._number, session=self._store)
        return refusals

    def save(self, states: Iterable[RowState]) -> None:
        for state in states:
            self._server.data.states[state.key] = encode(state, self._server.first)

    def log(self, key: RowKey, losses: Sequence[Loss]) -> None:
        self._server.data.conflicts.extend((key, loss) for loss in losses)

    def record(self, progress: Progress) -> None:
        data = self._server.data
        data.offsets.update(progress.offsets)
        data.edit_ids.update(progress.edit_ids)
        data.position = progress.position or data.position

    def store_call(self, number: int, fence: str | None, call: str | None) -> None:
        self.note({"call_number": number, "fence": fence, "open_call": call})

    def note(self, facts: Mapping[str, object]) -> None:
        self._server.data.notes.update(facts)
