"""A record in the sheet's topic by which an operator gives an edit back to the merge.

``sheetbridge conflicts restore`` and ``sheetbridge dead-letters retry`` write it. The webhook takes
no such post: who may edit the sheet cannot make one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from sink.core.cell import decode_cell
from sink.core.change_event import OperatorEdit
from sink.core.errors import EnvelopeError, UnfitValueError
from sink.core.mapped_table import MappedTable
from sink.core.mapping import in_quotes
from sink.core.values.codec import Value

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

    What a column still cannot hold of what was typed is refused in the edit, which names its row;
    the other cells go on. Raises EnvelopeError where the record has not this form, UnfitValueError
    where a column does not exist any more, or no longer takes a value that it held.
    """
    wish = value.get("wish")
    if not isinstance(wish, dict):
        raise EnvelopeError(f"an operator's record without a wish: {wish!r:.80}")
    key, exists, author = wish.get("key"), wish.get("exists"), value.get("editor")
    if not isinstance(key, dict) or set(key) != set(table.key):
        raise EnvelopeError(f"not a key of {', '.join(table.key)}: {key!r:.80}")
    if not (exists is None or isinstance(exists, bool)):
        raise EnvelopeError(f"exists must be true, false or null, not {exists!r:.80}")
    edit = OperatorEdit(
        str(value.get("id")),
        table.key_from_values({column: _value(part) for column, part in key.items()}),
        {},
        now,
        now,
        exists,
        author if isinstance(author, str) else None,
    )
    for column, content in _given("values", wish, table):
        edit.cells[column] = _own(column, _value(content), table)
    for column, content in _given("contents", wish, table):
        try:
            edit.cells[column] = table.codecs[column].from_cell(decode_cell(content))
        except UnfitValueError as error:
            edit.refused[column] = error.reason
            edit.unfit[column] = content
    return edit


def _given(name: str, wish: Json, table: MappedTable) -> Iterator[tuple[str, object]]:
    """What a wish gives, by column; the columns are those of the table, and a person's to fill."""
    given = wish.get(name) or {}
    if not isinstance(given, dict):
        raise EnvelopeError(f"{name} must be an object, not {given!r:.80}")
    for column, content in given.items():
        header = in_quotes(table.mapping.header(column))
        if column not in table.cells:
            raise UnfitValueError(f"{header} is no mapped column of the table any more")
        if column in table.generated:
            raise UnfitValueError(f"{header} is computed by the database")
        yield column, content


def _own(column: str, value: Value, table: MappedTable) -> Value:
    """``value``, if it is one of the column's as it is declared now; a log keeps it for long."""
    codec = table.codecs[column]
    try:
        codec.to_parameter(value)
        codec.to_cell(value)
    except (UnfitValueError, ValueError, ArithmeticError) as error:
        header, held = in_quotes(table.mapping.header(column)), in_quotes(str(value)[:60])
        raise UnfitValueError(f"{header} had another type when it held {held}") from error
    return value


def _value(raw: object) -> Value:
    if raw is None or isinstance(raw, bool | int | float | str):
        return raw
    raise EnvelopeError(f"not a value: {raw!r:.80}")
