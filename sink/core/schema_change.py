"""What a changed table means for its mapping: columns come, go, are renamed or retyped.

- A **new** column is filled from the table; its header is written behind all others.
- A **dropped** column is mapped no more. Its column in the sheet stays as it is, the person's own.
- A **renamed** column keeps its place in the sheet, where its header is renamed, and what is known
  of its cells there; its values are read from the table again, as events under the older name may
  be on their way. MySQL does not tell a rename from a drop and an add. It is taken for one where
  the mapping gives the new column the header of the old one; else where the new column has the same
  declaration, the place of the old one and mostly its values (so that hardly anything could be lost
  by a mistake).
- A **retyped** column begins anew with the table's values. What the sheet shows of it is known all
  the same, so that it is not taken for edits.
- Columns in another **order** are the same columns: both sides find them by name.
- Another **key**: rows are known by it, so the mapping stops.

Pure: two declarations in, a change out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from sink.core.columns import Column
from sink.core.declared import Declared
from sink.core.errors import ConfigurationError
from sink.core.values.codec import Codec

SameValues = Callable[[str, str], bool]
"""Whether the second column holds mostly what the first one, which is gone, is known to have held.
"""


@dataclass(frozen=True, slots=True)
class SchemaChange:
    """From one declaration to another, by today's names but for ``dropped``.

    ``renamed`` gives the new name of each older one; ``retyped`` the codecs before and after.
    """

    added: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    renamed: Mapping[str, str] = field(default_factory=dict)
    retyped: Mapping[str, tuple[Codec, Codec]] = field(default_factory=dict)
    blanks: Mapping[str, Codec] = field(default_factory=dict)

    @property
    def of_rows(self) -> bool:
        """Whether what is stored of rows must be changed."""
        return bool(self.added or self.dropped or self.renamed or self.retyped)

    @property
    def reread(self) -> tuple[str, ...]:
        """The columns whose values are to be read from the table again."""
        return tuple(dict.fromkeys([*self.renamed.values(), *self.retyped]))

    def name(self, column: str) -> str | None:
        """Today's name of a column; None: it is dropped."""
        return None if column in self.dropped else self.renamed.get(column, column)


def between(old: Declared, new: Declared, same_values: SameValues) -> SchemaChange:
    """The change from ``old`` to ``new``. Raises ConfigurationError where the key is another."""
    _refuse_another_key(old, new)
    gone = [column for column in old.columns if column not in new.columns]
    come = [column for column in new.columns if column not in old.columns]
    renamed: dict[str, str] = {}
    for column in gone:
        free = [each for each in come if each not in renamed.values()]
        found = _renamed(column, free, old, new, same_values)
        if found is not None:
            renamed[column] = found
    before = {renamed.get(column, column): column for column in old.columns}
    retyped = {
        column: (old.codec(before[column]), new.codec(column))
        for column in new.columns
        if column in before
        and column not in new.key
        and not _alike(old, before[column], new, column)
    }
    added = tuple(column for column in come if column not in before)
    return SchemaChange(
        added,
        tuple(column for column in gone if column not in renamed),
        renamed,
        retyped,
        {column: new.codec(column) for column in added},
    )


def to_be_done(old: Declared, new: Declared, change: SchemaChange) -> Declared:
    """``new`` with all that the change, and what ``old`` had still to do, leave to be done."""
    kept = {column: name for column in old.columns if (name := change.name(column)) is not None}
    titles = {kept[column]: title for column, title in old.titles.items() if column in kept}
    for column, name in kept.items():
        if name not in titles and old.headers[column] != new.headers[name]:
            titles[name] = old.headers[column]
    titles.update(dict.fromkeys(change.added))
    formats = [kept[column] for column in old.formats if column in kept]
    formats += [
        column
        for column, (before, after) in change.retyped.items()
        if before.number_format != after.number_format
    ]
    filling = [kept[column] for column in old.filling if column in kept]
    left = [*old.left, *(old.headers[column] for column in change.dropped)]
    return replace(
        new,
        filling=tuple(dict.fromkeys([*filling, *change.added, *change.reread])),
        titles=titles,
        formats=tuple(dict.fromkeys(formats)),
        left=tuple(h for h in dict.fromkeys(left) if h not in new.headers.values()),
    )


def told(old: Declared, new: Declared, change: SchemaChange) -> list[str]:
    """The change in words, a sentence each."""
    return [
        *(
            f"the table has a new column {column!r}: it is mapped under the header "
            f"{new.headers[column]!r}"
            for column in change.added
        ),
        *(
            f"the table has no column {column!r} any more: the column {old.headers[column]!r} "
            "stays in the sheet as it is, and is kept in step no longer"
            for column in change.dropped
        ),
        *(f"the column {before!r} is named {now!r} now" for before, now in change.renamed.items()),
        *(
            f"the column {column!r} is {new.columns[column].declaration} now: its cells are read "
            "from the table anew"
            for column in change.retyped
        ),
    ]


def _renamed(
    column: str, free: list[str], old: Declared, new: Declared, same_values: SameValues
) -> str | None:
    for each in free:
        if new.headers[each] == old.headers[column]:
            return each
    for each in free:
        alike = _form(old.columns[column]) == _form(new.columns[each])
        if alike and _before(column, old) == _before(each, new) and same_values(column, each):
            return each
    return None


def _before(column: str, declared: Declared) -> str | None:
    """The column that stands before this one."""
    names = list(declared.columns)
    at = names.index(column)
    return names[at - 1] if at else None


def _form(column: Column) -> Column:
    """What of a declaration the form of values depends on."""
    return replace(
        column,
        name="",
        nullable=True,
        collation=None,
        has_default=False,
        auto_increment=False,
        generated=False,
        default_expression=None,
    )


def _alike(old: Declared, before: str, new: Declared, column: str) -> bool:
    """Whether values of both, and what cells show of them, are of one form."""
    zoned = new.columns[column].data_type == "timestamp"
    same = _form(old.columns[before]) == _form(new.columns[column])
    return same and (not zoned or old.time_zone == new.time_zone)


def _refuse_another_key(old: Declared, new: Declared) -> None:
    mend = (
        "Change it back; or take the mapping out with sheetbridge mapping remove, and add it anew"
    )
    if old.key != new.key:
        raise ConfigurationError(
            f"the table's key was {', '.join(old.key)} and is {', '.join(new.key)} now, and rows "
            "are known by their keys",
            mend=mend,
        )
    for column in new.key:
        then, now = old.columns[column], new.columns[column]
        wider = (
            type(old.codec(column)) is type(new.codec(column))
            and (then.scale, then.fraction) == (now.scale, now.fraction)
            and then.data_type not in ("binary", "enum", "set")
        )
        if not _alike(old, column, new, column) and not wider:
            raise ConfigurationError(
                f"the key column {column!r} was {then.declaration} and is {now.declaration} now, "
                "and rows are known by their keys",
                mend=mend,
            )
