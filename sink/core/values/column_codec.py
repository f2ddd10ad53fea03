"""What all codecs share: NULL passes through, empty and broken cells, one method a kind of content.

A family overrides what it can hold; the rest refuses with the family's own words (``takes``).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Generic, NoReturn, TypeVar

from sink.core.cell import CellContent, CellError, LocalDateTime
from sink.core.columns import Column
from sink.core.errors import UnfitValueError
from sink.core.mapping import in_quotes
from sink.core.values.codec import Shown, Value
from sink.core.values.moments import ZeroDateError

V = TypeVar("V", bool, int, float, str, bool | int)

TEXT_FORMAT = ("TEXT", "@")
"""A cell of this format keeps what is typed: 00123 stays so, 1/2 becomes no date."""


@dataclass(frozen=True)
class ColumnCodec(ABC, Generic[V]):
    """A codec of one column whose values, but for NULL, are of type ``V``."""

    column: Column

    @property
    @abstractmethod
    def takes(self) -> str:
        """What the column takes, to follow "takes": "a whole number from 0 to 255"."""

    @abstractmethod
    def read_debezium(self, raw: object) -> V:
        """Value from the connector's JSON, which is not null."""

    @abstractmethod
    def read_row(self, raw: object) -> V:
        """Value from PyMySQL's object, which is not None."""

    @abstractmethod
    def show(self, value: V) -> Shown:
        """What the cell shows."""

    def write_debezium(self, value: V) -> object:
        """What the connector's JSON holds."""
        return value

    def write_parameter(self, value: V) -> object:
        """What PyMySQL is handed."""
        return value

    def mean_empty(self) -> V:
        """What an empty cell means where the column is NOT NULL."""
        raise UnfitValueError("cannot be empty")

    def mean_number(self, number: int | float) -> V:
        """What a number in the cell means."""
        self.refuse(number)

    def mean_text(self, text: str) -> V:
        """What a text in the cell means; it is not empty."""
        self.refuse(text)

    def mean_bool(self, flag: bool) -> V:
        """What TRUE or FALSE in the cell means."""
        self.refuse(str(flag).upper())

    def mean_moment(self, moment: LocalDateTime) -> V:
        """What a date or time in the cell means, as Apps Script tells it."""
        self.refuse(moment.wall.isoformat(" "))

    def refuse(self, found: object) -> NoReturn:
        """Raise UnfitValueError in the words of the column."""
        raise UnfitValueError(f"takes {self.takes}, not {in_quotes(str(found)[:60])}")

    def broken(self, raw: object) -> NoReturn:
        """Raise UnfitValueError for what a server sent and this column cannot hold."""
        raise UnfitValueError(
            f"holds {raw!r:.80}, which is no value of a column declared {self.column.declaration}"
        )

    def from_debezium(self, raw: object) -> Value:
        """See Codec."""
        return None if raw is None else self.read_debezium(raw)

    def to_debezium(self, value: Value) -> object:
        """See Codec."""
        return None if value is None else self.write_debezium(self.own(value))

    def from_row(self, raw: object) -> Value:
        """See Codec."""
        try:
            return None if raw is None else self.read_row(raw)
        except ZeroDateError:
            if self.column.nullable:
                return None  # as the connector tells it: both must say the same of one cell
            raise

    def to_parameter(self, value: Value) -> object:
        """See Codec."""
        return None if value is None else self.write_parameter(self.own(value))

    def to_cell(self, value: Value) -> Shown:
        """See Codec."""
        return None if value is None else self.show(self.own(value))

    def from_cell(self, content: CellContent) -> Value:
        """See Codec."""
        match content:
            case None | "":
                return None if self.column.nullable else self.mean_empty()
            case CellError(text):
                raise UnfitValueError(f"shows the error {text}; mend the formula or type a value")
            case bool():
                return self.mean_bool(content)
            case int() | float():
                return self.mean_number(content)
            case str():
                return self.mean_text(content)
            case LocalDateTime():
                return self.mean_moment(content)

    @property
    def number_format(self) -> tuple[str, str] | None:
        """See Codec."""
        return None

    @abstractmethod
    def own(self, value: Value) -> V:
        """``value``, which must be one of this codec's own; narrows its type."""


@dataclass(frozen=True)
class TextualCodec(ColumnCodec[str]):
    """A codec whose canonical values are text."""

    def own(self, value: Value) -> str:
        """See ColumnCodec."""
        if not isinstance(value, str):
            self.broken(value)
        return value
