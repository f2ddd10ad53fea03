"""The bench of the double in memory."""

from __future__ import annotations

from sink.core.change_event import Image, Position
from sink.core.columns import Column, Table
from sink.core.errors import SheetbridgeError
from sink.core.mapped_table import MappedTable
from sink.core.row_key import RowKey
from sink.ports import Store
from sink.state.errors import DatabaseUnavailableError
from sink.state.mapping_record import MappingRecord
from sink.state.records import FirstSync
from tests.contract.stores.bench import CHECKED, FIRST, MAPPING, PARENT, Logged, Waiting, key
from tests.doubles.constraints import Constraints
from tests.doubles.memory_server import MemoryServer
from tests.doubles.memory_store import MemoryStore

CELLS = ("a", "b", "u", "n", "p")

COLUMNS = {
    "id": Column("id", "int", "int", nullable=False, precision=10),
    "a": Column("a", "varchar", "varchar(10)", nullable=False, length=10),
    "b": Column("b", "varchar", "varchar(10)", length=10),
    "u": Column("u", "varchar", "varchar(10)", length=10),
    "n": Column("n", "smallint", "smallint", precision=5),
    "p": Column("p", "int", "int", precision=10),
}


class MemoryBench:
    """The double."""

    def __init__(self) -> None:
        table = Table(MAPPING.table, COLUMNS, ("id",))
        self.table = MappedTable.of(MAPPING, table)
        self._referred: set[RowKey] = set()
        self._server = MemoryServer(
            columns=CELLS,
            constraints=Constraints(
                declared={name: COLUMNS[name] for name in CELLS},
                unique=("u",),
                checks={"items_chk_1": lambda row: row.get("n") != CHECKED},
                parents={"p": lambda value: value == PARENT},
                referred=lambda number: number in self._referred,
            ),
        )
        self._server.first = FIRST

    def worker(self) -> Store:
        return MemoryStore(self._server)

    def synced(self, first: FirstSync) -> MappingRecord:
        return MappingRecord(
            1, MAPPING.name, "", 0, "running", None, False, "", first, None, 0, None, None, None
        )

    def program(self, number: int, cells: Image | None) -> None:
        self._server.now += 1
        self._server.put(key(number), cells, time=self._server.now)

    def refer_to(self, number: int) -> None:
        self._referred.add(key(number))

    def begins(self, store: Store) -> Waiting:
        try:
            _begin(store)
        except DatabaseUnavailableError:
            return _TryAgain(store)
        raise AssertionError("two transactions of one mapping at once")

    def transactions(self) -> int:
        return self._server.committed.transactions

    def offsets(self) -> dict[str, int]:
        return self._server.committed.offsets

    def position(self) -> Position | None:
        return self._server.committed.position

    def call(self) -> tuple[int, str | None, str | None]:
        notes = self._server.committed.notes
        number, fence, call = (notes.get(name) for name in ("call_number", "fence", "open_call"))
        assert isinstance(number, int | None)
        assert isinstance(fence, str | None)
        assert isinstance(call, str | None)
        return number or 0, fence, call

    def reason(self) -> str | None:
        reason = self._server.committed.notes.get("reason")
        assert isinstance(reason, str | None)
        return reason

    def conflicts(self) -> list[Logged]:
        return [
            (number, loss.column, loss.loser.value, loss.winner.value, loss.rule)
            for number, loss in self._server.committed.conflicts
        ]

    def marks(self) -> list[str]:
        return [token for _, token in self._server.markers]

    def clock(self) -> int:
        self._server.now += 1
        return self._server.now

    def close(self) -> None:
        """Nothing is left of it."""


class _TryAgain:
    def __init__(self, store: Store) -> None:
        self._store = store

    def end(self) -> SheetbridgeError | None:
        try:
            _begin(self._store)
        except SheetbridgeError as error:
            return error
        return None


def _begin(store: Store) -> None:
    with store.begin():
        pass
