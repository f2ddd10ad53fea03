"""How a mapped table was declared when its rows were last taken over, and what is still to be done.

Row states speak of columns by name and hold values in each column's canonical form. What those
were is stored beside them, so that a change of the table is found by comparing, whoever made it,
and while no sink was running too.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Self

from sink.core.columns import Column
from sink.core.mapped_table import MappedTable
from sink.core.values.codec import Codec
from sink.core.values.registry import codec_for


@dataclass(frozen=True, slots=True)
class Declared:
    """The mapped columns in sheet order, with their headers, and the zone of their TIMESTAMPs.

    ``filling`` are columns whose cells are still to be read from the table. ``titles`` are columns
    whose header is still to be written: over the older one that is given, or (None) as a new one;
    ``formats`` those whose cells still want another number format. ``left`` are headers whose
    columns are mapped no more: they stay in the sheet and are the person's. ``passed_over`` are
    columns that no cell can hold (``MappedTable.passed_over``).
    """

    columns: dict[str, Column]
    headers: dict[str, str]
    key: tuple[str, ...]
    time_zone: str
    filling: tuple[str, ...] = ()
    titles: dict[str, str | None] = field(default_factory=dict)
    formats: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    passed_over: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, table: MappedTable) -> Self:
        """The table as it is mapped now, with nothing left to be done."""
        return cls(
            {column: table.declared[column] for column in table.columns},
            {column: table.mapping.header(column) for column in table.columns},
            table.key,
            table.mapping.time_zone,
            passed_over=dict(table.passed_over),
        )

    @property
    def settled(self) -> bool:
        """Whether nothing is left to be done."""
        return not (self.filling or self.titles or self.formats)

    def codec(self, column: str) -> Codec:
        """The codec of a column as it was declared then."""
        return codec_for(self.columns[column], time_zone=self.time_zone)

    def filled(self) -> Self:
        """The same once all cells have been read."""
        return replace(self, filling=())

    def titled(self) -> Self:
        """The same once all headers and formats stand."""
        return replace(self, titles={}, formats=())

    def encoded(self) -> str:
        """The text that ``decoded`` reads."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def decoded(cls, stored: str) -> Self:
        """What ``encoded`` wrote."""
        fields: dict[str, Any] = json.loads(stored)
        columns = {name: _column(column) for name, column in fields["columns"].items()}
        tuples = {name: tuple(fields[name]) for name in ("key", "filling", "formats", "left")}
        return cls(**{**fields, **tuples, "columns": columns})


def _column(fields: Mapping[str, Any]) -> Column:
    return Column(**{**fields, "members": tuple(fields["members"])})
