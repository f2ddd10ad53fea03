"""What a table's declaration forbids, in memory: MySQL's refusals with its error numbers.

https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from sink.core.change_event import Image
from sink.core.columns import Column
from sink.core.row_key import RowKey
from sink.ports import TableWrite

RANGES = {"smallint": (-(2**15), 2**15 - 1)}


@dataclass(frozen=True, slots=True)
class Broken:
    """A refusal: MySQL's number, its words, and the columns where it names one."""

    code: int
    reason: str
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Constraints:
    """``declared`` are the columns that have a type; ``unique`` those with an index of their own.

    ``checks`` are conditions by name that every row must meet, ``parents`` the values that a
    column may refer to; ``referred`` tells whether rows of another table refer to this one.
    """

    declared: Mapping[str, Column] = field(default_factory=dict)
    unique: tuple[str, ...] = ()
    checks: Mapping[str, Callable[[Image], bool]] = field(default_factory=dict)
    parents: Mapping[str, Callable[[object], bool]] = field(default_factory=dict)
    referred: Callable[[RowKey], bool] = lambda _: False

    @property
    def needed(self) -> tuple[str, ...]:
        """The columns without which the table takes no new row."""
        return tuple(
            column
            for column, declared in self.declared.items()
            if not (declared.nullable or declared.has_default or declared.generated)
        )

    def broken(self, write: TableWrite, table: Mapping[RowKey, Image]) -> Broken | None:
        """The first constraint that the write breaks; None: none."""
        return next(self._broken(write, table), None)

    def _broken(self, write: TableWrite, table: Mapping[RowKey, Image]) -> Iterator[Broken]:
        if write.op == "delete":
            if self.referred(write.key):
                yield Broken(1451, "Cannot delete or update a parent row")
            return
        if write.op == "insert":
            yield from self._not_insertable(write, table)
        for column, value in write.cells.items():
            yield from self._unfit(column, value)
        image = {**table.get(write.key, {}), **write.cells}
        others = [row for key, row in table.items() if key != write.key]
        for column in self.unique:
            value = image.get(column)
            if value is not None and any(row.get(column) == value for row in others):
                yield Broken(1062, f"Duplicate entry {value!r} for key {column!r}")
        for name, holds in self.checks.items():
            if not holds(image):
                yield Broken(3819, f"Check constraint {name!r} is violated.")
        for column, known in self.parents.items():
            if image.get(column) is not None and not known(image[column]):
                yield Broken(1452, "Cannot add or update a child row")

    def _not_insertable(self, write: TableWrite, table: Mapping[RowKey, Image]) -> Iterator[Broken]:
        if write.key in table:
            yield Broken(1062, f"Duplicate entry for key 'PRIMARY': {write.key.display}")
        for column in self.needed:
            if column not in write.cells:
                yield Broken(1364, f"Field {column!r} doesn't have a default value")

    def _unfit(self, column: str, value: object) -> Iterator[Broken]:
        declared = self.declared.get(column)
        if declared is None:
            return
        if value is None and not declared.nullable:
            yield Broken(1048, f"Column {column!r} cannot be null", (column,))
        if isinstance(value, str) and declared.length is not None and len(value) > declared.length:
            yield Broken(1406, f"Data too long for column {column!r}", (column,))
        bounds = RANGES.get(declared.data_type)
        if bounds is not None and isinstance(value, int) and not bounds[0] <= value <= bounds[1]:
            yield Broken(1264, f"Out of range value for column {column!r}", (column,))
