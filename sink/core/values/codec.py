"""What a codec promises.

A *value* is canonical: equal values are equal Python objects, whatever side they came from, and
every value survives JSON. NULL is ``None``. An absent column has no value at all.
"""

from __future__ import annotations

from typing import Protocol

from sink.core.cell import CellContent

Value = None | bool | int | float | str
"""Decimals, dates, times, binaries (base64), JSON and sets are canonical text."""


class Codec(Protocol):
    """One column type, between Debezium's JSON, PyMySQL and the cell.

    None passes through every method but ``from_cell``, where an empty cell is NULL if the column
    allows it, else ``""`` for text, else refused.
    """

    def from_debezium(self, raw: object) -> Value:
        """Value from the connector's JSON; raises UnfitValueError where it cannot be exact."""

    def from_row(self, raw: object) -> Value:
        """Value from what PyMySQL returns for the column."""

    def to_parameter(self, value: Value) -> object:
        """What to hand PyMySQL so that the column stores exactly ``value``."""

    def from_cell(self, content: CellContent) -> Value:
        """Value that a person means by ``content``.

        Raises UnfitValueError with a reason that a non-programmer understands.
        """

    def to_cell(self, value: Value) -> None | bool | int | float | str:
        """What the cell shows for ``value``: a typed value, text where a double is not exact."""

    @property
    def number_format(self) -> tuple[str, str] | None:
        """The cell's number format as (type, pattern) of the Sheets API, None for the default."""
