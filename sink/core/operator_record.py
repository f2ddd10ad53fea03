"""A record in the sheet's topic by which an operator gives an edit back to the merge.

``sheetbridge conflicts restore`` and ``sheetbridge dead-letters retry`` write it. The webhook takes
no such post: who may edit the sheet cannot make one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sink.core.cell import decode_cell
from sink.core.change_event import Image, OperatorEdit
from sink.core.errors import EnvelopeError, UnfitValueError
from sink.core.mapped_table import MappedTable
from sink.core.mapping import in_quotes
from sink.core.values.codec import Codec, Value

KIND = "operator"

Json = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to become of a row. ``key`` are its canonical values by column.

    ``values`` are canonical values by column, ``contents`` cell contents as the sheet's posts have
    them: what a person typed and no column has taken yet. ``exists`` as in ``OperatorEdit``.
    """

    key: Json
    values: Mapping[str, Value] = field(default_factory=dict)
    contents: Json = field(default_factory=dict)
    exists: bool | None = None

    def to_json(self) -> dict[str, object]:
        """The wish for JSON."""
        return {
            "key": dict(self.key),
            "values": dict(self.values),
            "contents": dict(self.contents),
            "exists": self.exists,
        }


def record(name: str, wish: Json, *, author: str, time_ms: int) -> dict[str, object]:
    """The record's value. ``name`` (at most 64 characters) makes it one edit, however often it is
    written; ``time_ms`` is for people only: the edit's time is that at which it is merged."""
    return {
        "id": name,
        "kind": KIND,
        "time_ms": time_ms,
        "editor": author,
        "rows": [],
        "wish": dict(wish),
    }


def decode(value: Json, table: MappedTable, now: int) -> OperatorEdit:
    """The edit of a record, as of ``now`` (Google's clock, µs).

    Raises EnvelopeError where it has not this form, UnfitValueError where a column cannot take a
    content or does not exist any more.
    """
    wish = value.get("wish")
    if not isinstance(wish, dict):
        raise EnvelopeError(f"an operator's record without a wish: {wish!r:.80}")
    key, exists, author = wish.get("key"), wish.get("exists"), value.get("editor")
    if not isinstance(key, dict) or set(key) != set(table.key):
        raise EnvelopeError(f"not a key of {', '.join(table.key)}: {key!r:.80}")
    if not (exists is None or isinstance(exists, bool)):
        raise EnvelopeError(f"exists must be true, false or null, not {exists!r:.80}")
    return OperatorEdit(
        str(value.get("id")),
        table.key_from_values({column: _value(part) for column, part in key.items()}),
        _cells(wish, table),
        now,
        now,
        exists,
        author if isinstance(author, str) else None,
    )


def _cells(wish: Json, table: MappedTable) -> Image:
    cells: Image = {}
    for name in ("values", "contents"):
        given = wish.get(name) or {}
        if not isinstance(given, dict):
            raise EnvelopeError(f"{name} must be an object, not {given!r:.80}")
        for column, content in given.items():
            header = table.mapping.header(column)
            if column not in table.cells:
                raise UnfitValueError(
                    f"{in_quotes(header)} is no mapped column of the table any more"
                )
            if column in table.generated:
                raise UnfitValueError(f"{in_quotes(header)} is computed by the database")
            try:
                cells[column] = (
                    _own(_value(content), table.codecs[column])
                    if name == "values"
                    else table.codecs[column].from_cell(decode_cell(content))
                )
            except UnfitValueError as error:
                raise UnfitValueError(f"{in_quotes(header)} {error.reason}") from error
    return cells


def _own(value: Value, codec: Codec) -> Value:
    """``value``, if it is one of the column's as it is declared now; a log keeps it for long."""
    try:
        codec.to_parameter(value)
        codec.to_cell(value)
    except (UnfitValueError, ValueError, ArithmeticError) as error:
        held = in_quotes(str(value)[:60])
        raise UnfitValueError(f"had another type when it held {held}") from error
    return value


def _value(raw: object) -> Value:
    if raw is None or isinstance(raw, bool | int | float | str):
        return raw
    raise EnvelopeError(f"not a value: {raw!r:.80}")
