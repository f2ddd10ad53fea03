"""ENUM: canonical value is the member's text, as declared. SET builds on it (``sets``)."""

from __future__ import annotations

from sink.core.errors import UnfitValueError
from sink.core.mapping import in_quotes
from sink.core.values.cell_numbers import exact_number, number_text
from sink.core.values.codec import Shown
from sink.core.values.column_codec import TEXT_FORMAT, TextualCodec

_LISTED = 12
"""How many members a refusal names."""


def listed(members: tuple[str, ...]) -> str:
    """The members, or the first of them, for people."""
    more = ", …" if len(members) > _LISTED else ""
    return ", ".join(members[:_LISTED]) + more


def member(members: tuple[str, ...], text: str) -> str | None:
    """The member that ``text`` names: exactly, else in any case of letters if only one fits."""
    if text in members:
        return text
    wanted = text.strip().casefold()
    fitting = [candidate for candidate in members if candidate.casefold() == wanted]
    return fitting[0] if len(fitting) == 1 else None


def unescaped(members: tuple[str, ...], raw: str) -> str:
    """The member that the connector means by ``raw``.

    Debezium takes members from the table's declaration as they are written there, so that a
    backslash comes doubled.
    """
    return raw if raw in members else raw.replace(r"\\", "\\")


class ChoiceCodec(TextualCodec):
    """What ENUM and SET share: text chosen from the column's members."""

    def read_row(self, raw: object) -> str:
        """See ColumnCodec."""
        return self.read_debezium(raw)

    def show(self, value: str) -> Shown:
        """See ColumnCodec."""
        return value or None

    def mean_number(self, number: int | float) -> str:
        """See ColumnCodec. A number names the member of that text, never an index."""
        return self.mean_text(number_text(exact_number(number)))

    def mean_bool(self, flag: bool) -> str:
        """See ColumnCodec."""
        return self.mean_text("TRUE" if flag else "FALSE")

    @property
    def number_format(self) -> tuple[str, str] | None:
        """See Codec."""
        return TEXT_FORMAT


class EnumCodec(ChoiceCodec):
    """One of the column's members.

    ``""`` is what MySQL stores for an invalid value outside strict mode; it is passed on, and
    cannot be written.
    """

    @property
    def takes(self) -> str:
        """See ColumnCodec."""
        return f"one of: {listed(self.column.members)}"

    def read_debezium(self, raw: object) -> str:
        """See ColumnCodec."""
        if not isinstance(raw, str):
            self.broken(raw)
        found = unescaped(self.column.members, raw)
        if found and found not in self.column.members:
            self.broken(raw)
        return found

    def write_parameter(self, value: str) -> object:
        """See ColumnCodec."""
        if value not in self.column.members:
            raise UnfitValueError(f"takes {self.takes}, not {in_quotes(value[:60])}")
        return value

    def mean_empty(self) -> str:
        """See ColumnCodec."""
        if "" in self.column.members:
            return ""
        return super().mean_empty()

    def mean_text(self, text: str) -> str:
        """See ColumnCodec."""
        found = member(self.column.members, text)
        if found is None:
            self.refuse(text)
        return found
