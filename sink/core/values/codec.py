"""What a codec promises.

A *value* is canonical: equal values are equal Python objects, whatever side they came from, and
every value survives JSON. NULL is ``None``. An absent column has no value at all.

Laws, held by property tests for every column type:

- ``from_debezium(to_debezium(v)) == v``
- ``from_row(what PyMySQL returns after to_parameter(v)) == v``
- ``from_cell(to_cell(v)) == v``, but for the empty text (an empty cell is NULL where the column
  allows it) and for texts longer than a cell, of which a cell shows the beginning. Both are told
  apart by ``sink.core.values.meaning``, which knows what the cell stood for.
"""

from __future__ import annotations

from typing import Protocol

from sink.core.cell import CellContent

Value = None | bool | int | float | str
"""Decimals, dates, times, binaries (base64), JSON and sets are canonical text."""

Shown = None | bool | int | float | str
"""What a codec writes to a cell. A date or time is a number; its ``number_format`` says so."""


class Codec(Protocol):
    """One column type, between Debezium's JSON, PyMySQL and the cell.

    None passes through every method but ``from_cell``, where an empty cell is NULL if the column
    allows it, else ``""`` for text, else refused.
    """

    def from_debezium(self, raw: object) -> Value:
        """Value from the connector's JSON; raises UnfitValueError where it cannot be exact."""

    def to_debezium(self, value: Value) -> object:
        """What the connector's JSON holds for ``value``; row keys are made of it."""

    def from_row(self, raw: object) -> Value:
        """Value from what PyMySQL returns for the column.

        The session's ``time_zone`` must be ``'+00:00'``; select ``read_expression`` of
        ``sink.core.values.sql``, not the bare column.
        """

    def to_parameter(self, value: Value) -> object:
        """What to hand PyMySQL so that the column stores exactly ``value``."""

    def from_cell(self, content: CellContent) -> Value:
        """Value that a person means by ``content``.

        Raises UnfitValueError with a reason that a non-programmer understands, worded to follow
        the column's name: "takes a number with at most 2 decimals".
        """

    def to_cell(self, value: Value) -> Shown:
        """What the cell shows for ``value``: a typed value, text where a double is not exact."""

    @property
    def number_format(self) -> tuple[str, str] | None:
        """The cell's number format as (type, pattern) of the Sheets API, None for the default."""
