"""Dead letters of the reading: records, and rows of posts, that mean no row of the table.

``stage`` is Kafka Connect's: VALUE_CONVERTER where a record cannot be decoded.
"""

from __future__ import annotations

from sink.core.envelope import PostedRow
from sink.core.errors import EnvelopeError, SheetbridgeError, UnfitValueError
from sink.core.mapped_table import MappedTable
from sink.core.mapping import in_quotes
from sink.ports import DeadLetter
from sink.record import Record

CONVERTER = "VALUE_CONVERTER"


class MissingKeyError(UnfitValueError):
    """A posted row that lacks a part of its key: no row of the table can be meant."""


def unreadable(
    record: Record, error: Exception, post: str | None = None, number: int | None = None
) -> DeadLetter:
    """The dead letter of a record that could not be decoded, or of one row of a post.

    A post of many rows is cut to the row.
    """
    reason = str(error)
    if not isinstance(error, SheetbridgeError):
        reason = f"the record cannot be read: {error}"
    return DeadLetter(
        record.topic,
        record.offset,
        (EnvelopeError if isinstance(error, ValueError) else type(error)).__name__,
        reason,
        record.key,
        record.value if number is None else record.of_row(number),
        CONVERTER,
        post,
        occasion=None if number is None else f"row {number}",
    )


def missing_key(row: PostedRow, table: MappedTable) -> MissingKeyError | None:
    """What a posted row without its full key lacks; None where it is no loss.

    That is where nothing was typed but blanks and formulas (a total below the table), or where the
    database gives the missing part.
    """
    header = table.mapping.header
    missing = [
        column
        for column in table.key
        if row.key.get(header(column)) in (None, "") and not table.declared[column].auto_increment
    ]
    typed = any(
        cell.value is not None and cell.formula is None and name in table.columns_by_header
        for name, cell in row.cells.items()
    )
    if not missing or not typed:
        return None
    names = " and ".join(in_quotes(header(column)) for column in missing)
    are = "is" if len(missing) == 1 else "are"
    return MissingKeyError(
        f"the row is not in the database: {names} {are} empty, by which its rows are known. "
        "Fill it in, and the whole row goes there"
    )
