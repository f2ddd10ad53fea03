"""A mapping met with its table: which columns are the key, which are cells, and their codecs."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from collections.abc import Mapping as ReadOnly
from dataclasses import dataclass, field
from typing import Self

from sink.core.cell import CellContent
from sink.core.change_event import Image
from sink.core.chosen_columns import chosen_columns, columns_passed_over, needs_a_value
from sink.core.columns import Column, Table
from sink.core.errors import ConfigurationError, UnfitValueError
from sink.core.mapping import Mapping, in_quotes
from sink.core.row_key import RowKey
from sink.core.values.codec import Codec, Value
from sink.core.values.registry import codec_for

log = logging.getLogger(__name__)

_Readers = dict[str, Callable[[object], Value]]


@dataclass(frozen=True, slots=True)
class MappedTable:
    """What must be known to read and write the rows of one mapping.

    ``key`` are the key columns in primary-key order, ``cells`` the other mapped columns in sheet
    order. Headers are those of the sheet. ``given`` are the key columns that the database
    fills in a row that leaves them out, ``passed_over`` the columns that ``"*"`` passes
    over because no cell can hold their types, with their declarations.
    """

    mapping: Mapping
    key: tuple[str, ...]
    cells: tuple[str, ...]
    codecs: dict[str, Codec]
    declared: dict[str, Column]
    columns_by_header: dict[str, str]
    required: frozenset[str]
    generated: frozenset[str]
    given: frozenset[str] = frozenset()
    passed_over: ReadOnly[str, str] = field(default_factory=dict)
    _from_debezium: _Readers = field(init=False, repr=False, compare=False)
    _from_row: _Readers = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # looked up once: of every row that is read each cell is asked for its reader
        codecs = {column: self.codecs[column] for column in self.cells}
        told = {column: codec.from_debezium for column, codec in codecs.items()}
        read = {column: codec.from_row for column, codec in codecs.items()}
        object.__setattr__(self, "_from_debezium", told)
        object.__setattr__(self, "_from_row", read)

    @classmethod
    def of(cls, mapping: Mapping, table: Table) -> Self:
        """Meet ``mapping`` with the declared ``table``.

        Raises ConfigurationError where the mapping names columns that the table lacks or no cell
        can hold, or a key that is not its primary key.
        """
        if not table.primary_key:
            raise ConfigurationError(
                f"mapping {mapping.name!r}: table {mapping.table} has no primary key",
                mend=f"Add one: ALTER TABLE {mapping.table} ADD PRIMARY KEY (…)",
            )
        if set(table.primary_key) != set(mapping.key):
            raise ConfigurationError(
                f"mapping {mapping.name!r}: key {list(mapping.key)} is not the primary key of "
                f"{mapping.table}",
                mend=f"Write key = {list(table.primary_key)}",
            )
        mapped = chosen_columns(mapping, table)
        unknown = [column for column in mapped if column not in table.columns]
        if unknown:
            raise ConfigurationError(
                f"mapping {mapping.name!r}: {mapping.table} has no column {unknown[0]!r}",
                mend=f"Its columns are {', '.join(table.columns)}",
            )
        cells = tuple(column for column in mapped if column not in table.primary_key)
        return cls(
            mapping,
            table.primary_key,
            cells,
            {
                column: codec_for(table.columns[column], time_zone=mapping.time_zone)
                for column in mapped
            },
            {column: table.columns[column] for column in mapped},
            {mapping.header(column): column for column in mapped},
            frozenset(
                column.name
                for column in table.columns.values()
                if column.name in cells and needs_a_value(column)
            ),
            frozenset(
                column.name
                for column in table.columns.values()
                if column.generated and column.name in cells
            ),
            frozenset(name for name in table.primary_key if table.columns[name].gives_keys),
            columns_passed_over(mapping, table),
        )

    @property
    def columns(self) -> tuple[str, ...]:
        """All mapped columns in sheet order: the key first where the mapping does not place it."""
        return tuple(self.columns_by_header.values())

    def key_from_debezium(self, raw: object) -> RowKey:
        """The row key of a change event's key."""
        return RowKey.from_debezium(raw, self.key, self.codecs)

    def key_from_values(self, values: ReadOnly[str, Value]) -> RowKey:
        """The row key of canonical values; other columns may be among them."""
        return RowKey.from_values(self.key, [values[column] for column in self.key])

    def key_from_canonical(self, canonical: bytes) -> RowKey:
        """The row key with these canonical bytes, which we stored ourselves."""
        return self.key_from_values(json.loads(canonical))

    def key_image(self, key: RowKey) -> Image:
        """The key's columns and values."""
        return dict(zip(self.key, key.values, strict=True))

    def key_from_cells(self, contents: ReadOnly[str, CellContent]) -> RowKey | None:
        """The row key that key cells show, by header; None while one of them is empty.

        Raises UnfitValueError where a cell is no key of its column's type.
        """
        shown = [contents.get(self.mapping.header(column)) for column in self.key]
        if None in shown or "" in shown:
            return None
        values: Image = {}
        for column, content in zip(self.key, shown, strict=True):
            try:
                values[column] = self.codecs[column].from_cell(content)
            except UnfitValueError as error:
                header = self.mapping.header(column)
                raise UnfitValueError(f"{in_quotes(header)} {error.reason}") from error
        try:
            return self.key_from_values(values).require_storable()
        except UnfitValueError as error:
            first = in_quotes(self.mapping.header(self.key[0]))
            raise UnfitValueError(f"{first} {error.reason}") from error

    def unfit_key(self, shown: ReadOnly[str, CellContent]) -> dict[str, str]:
        """Why the key cells of a row (by column) are no key, by header.

        Nothing where they are one, or where one of them is empty.
        """
        header = self.mapping.header
        cells = {header(column): shown.get(column) for column in self.key}
        try:
            self.key_from_cells(cells)
        except UnfitValueError as error:
            whole = error.reason
        else:
            return {}
        reasons: dict[str, str] = {}
        for column in self.key:
            try:
                self.codecs[column].from_cell(shown.get(column))
            except UnfitValueError as error:
                reasons[header(column)] = error.reason
        first = header(self.key[0])
        return reasons or {first: whole.removeprefix(f"{in_quotes(first)} ")}

    def image_from_debezium(self, raw: ReadOnly[str, object] | None) -> Image | None:
        """The mapped cells of a before or after image.

        A column that is not there, or whose value its codec cannot tell (a zero date), is absent:
        nothing is said of it, and the row's other cells go on.
        """
        if raw is None:
            return None
        return self._image(raw, self._from_debezium)

    def image_from_row(self, row: ReadOnly[str, object]) -> Image:
        """The mapped cells of a row that PyMySQL read; a value that no codec can tell is absent."""
        return self._image(row, self._from_row)

    def _image(self, raw: ReadOnly[str, object], readers: _Readers) -> Image:
        image: Image = {}
        for column, read in readers.items():
            if column in raw:
                try:
                    image[column] = read(raw[column])
                except UnfitValueError as error:
                    log.warning("%s.%s %s", self.mapping.table, column, error.reason)
        return image
