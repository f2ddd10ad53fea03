"""CHAR, VARCHAR, TINYTEXT … LONGTEXT: canonical value is the text itself.

CHAR loses trailing spaces on retrieval, so they are no part of its value; VARCHAR and TEXT keep
them. CHAR and VARCHAR are limited in characters, the TEXT types in bytes:
https://dev.mysql.com/doc/refman/9.4/en/string-type-syntax.html. What looks like a number stays
text: cells of text columns have the format "@".
"""

from __future__ import annotations

from dataclasses import dataclass

from sink.core.cell import LocalDateTime
from sink.core.errors import UnfitValueError
from sink.core.values.cell_numbers import exact_number, number_text
from sink.core.values.codec import Shown
from sink.core.values.column_codec import TEXT_FORMAT, TextualCodec
from sink.core.values.long_text import fit_cell, refuse_cut
from sink.core.values.serials import local_text

TEXT_BYTES = {
    "tinytext": 2**8 - 1,
    "text": 2**16 - 1,
    "mediumtext": 2**24 - 1,
    "longtext": 2**32 - 1,
}

CHARACTER_SETS = {
    "utf8mb4": "utf-8",
    "utf8mb3": "utf-8",
    "utf8": "utf-8",
    "latin1": "cp1252",
    "ascii": "ascii",
}
"""Python's names of MySQL's character sets; the server judges those that are not listed."""


@dataclass(frozen=True)
class TextCodec(TextualCodec):
    """Text of at most ``characters`` or ``size`` bytes (None: no such limit)."""

    characters: int | None
    size: int | None

    @property
    def takes(self) -> str:
        """See ColumnCodec."""
        return "text"

    def read_debezium(self, raw: object) -> str:
        """See ColumnCodec."""
        if not isinstance(raw, str):
            self.broken(raw)
        return self.canonical(raw)

    def read_row(self, raw: object) -> str:
        """See ColumnCodec."""
        return self.read_debezium(raw)

    def show(self, value: str) -> Shown:
        """See ColumnCodec. The empty text is an empty cell."""
        return fit_cell(value) or None

    def mean_empty(self) -> str:
        """See ColumnCodec."""
        return ""

    def mean_text(self, text: str) -> str:
        """See ColumnCodec."""
        refuse_cut(text)
        return self.fit(self.canonical(text))

    def mean_number(self, number: int | float) -> str:
        """See ColumnCodec. A number is written without ``.0``."""
        return self.fit(number_text(exact_number(number)))

    def mean_bool(self, flag: bool) -> str:
        """See ColumnCodec."""
        return self.fit("TRUE" if flag else "FALSE")

    def mean_moment(self, moment: LocalDateTime) -> str:
        """See ColumnCodec. A date that was typed is kept as ISO text."""
        return self.fit(local_text(moment.wall))

    def canonical(self, text: str) -> str:
        """The text as MySQL gives it back."""
        return text.rstrip(" ") if self.column.data_type == "char" else text

    def fit(self, text: str) -> str:
        """``text``, if the column can hold it; the reason says by how much it is too long."""
        if self.characters is not None and len(text) > self.characters:
            raise UnfitValueError(
                f"takes at most {self.characters} characters; this text has {len(text)}"
            )
        size = len(self._encoded(text))
        if self.size is not None and size > self.size:
            raise UnfitValueError(f"takes at most {self.size} bytes; this text has {size}")
        return text

    def _encoded(self, text: str) -> bytes:
        character_set = (self.column.collation or "utf8mb4").partition("_")[0]
        try:
            text.encode("utf-8")
            encoded = text.encode(CHARACTER_SETS.get(character_set, "utf-8"))
        except UnicodeEncodeError as error:
            wrong = error.object[error.start]
        else:
            beyond = (character for character in text if character > "\uffff")
            wrong = next(beyond, "") if character_set in ("utf8mb3", "utf8") else ""
            if not wrong:
                return encoded
        name = wrong if wrong.isprintable() else f"U+{ord(wrong):04X}"
        raise UnfitValueError(
            f"cannot store the character {name}: the column's character set is {character_set}"
        )

    @property
    def number_format(self) -> tuple[str, str] | None:
        """See Codec."""
        return TEXT_FORMAT
