"""A table's columns as MySQL declares them; the types come from here, never from a guess."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Column:
    """One column, from ``information_schema.COLUMNS``.

    ``data_type`` is lower case (``decimal``), ``declaration`` the full ``COLUMN_TYPE``
    (``decimal(10,2) unsigned``). ``length`` is in characters for text and bytes for binaries.
    ``fraction`` is the number of fractional-second digits. ``members`` lists an ENUM's or SET's.
    ``default_expression`` is what the server evaluates for a row that leaves the column out
    (``uuid()``); None for a literal.
    """

    name: str
    data_type: str
    declaration: str
    nullable: bool = True
    length: int | None = None
    precision: int | None = None
    scale: int | None = None
    fraction: int = 0
    unsigned: bool = False
    members: tuple[str, ...] = ()
    collation: str | None = None
    has_default: bool = False
    auto_increment: bool = False
    generated: bool = False
    default_expression: str | None = None

    @property
    def gives_keys(self) -> bool:
        """Whether the database makes up a value of its own for each row that leaves it out."""
        return self.auto_increment or self.default_expression is not None


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its columns in declared order and its primary key."""

    name: str
    columns: dict[str, Column] = field(default_factory=dict)
    primary_key: tuple[str, ...] = ()
