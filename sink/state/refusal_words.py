"""Why the database refused a value, in the words of the person who typed it.

The server's messages and their parts:
https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from sink.core.mapping import in_quotes

DUPLICATE = 1062
NOT_NULL = 1048
NO_DEFAULT = 1364
CHECK = 3819
CHILD_EXISTS = (1217, 1451)
PARENT_MISSING = (1216, 1452)

_NAMED = re.compile(r"(?:column|field) '([^']+)'", re.IGNORECASE)
_DUPLICATE = re.compile(r"Duplicate entry '(.*)' for key '([^']+)'", re.DOTALL)
_CHECK = re.compile(r"Check constraint '([^']+)'")
_FOREIGN = re.compile(
    r"\(`[^`]+`\.`(?P<child>[^`]+)`, .*FOREIGN KEY \((?P<columns>[^)]+)\) REFERENCES "
    r"(?:`[^`]+`\.)?`(?P<parent>[^`]+)`",
    re.DOTALL,
)

_VALUES = {
    1264: "is a number that its column cannot hold: it is too large or too small",
    1265: "is no value that its column takes",
    1292: "is no date or time that its column takes",
    1366: "is no value that its column takes",
    1406: "takes a shorter text",
    1690: "is a number that its column cannot hold: it is too large or too small",
    3140: "takes JSON, and this text is none",
    3105: "is computed by the database and cannot be typed",
    NOT_NULL: "cannot be empty",
    NO_DEFAULT: "is missing, and the row needs it",
}


@dataclass(frozen=True, slots=True)
class Cause:
    """An error of the server: its number, its message, and the columns that the message names.

    ``columns`` is empty where it names none; a constraint is named, but not its columns.
    """

    code: int
    message: str
    columns: tuple[str, ...]

    @classmethod
    def of(cls, code: int, message: str) -> Cause:
        """The cause that the message tells."""
        foreign = _FOREIGN.search(message) if code in PARENT_MISSING else None
        if foreign is not None:
            names = [part.strip().strip("`") for part in foreign["columns"].split(",")]
            return cls(code, message, tuple(names))
        named = _NAMED.search(message)
        column = named[1].rsplit(".", 1)[-1].strip("`") if named else None
        return cls(code, message, (column,) if column else ())

    @property
    def key(self) -> str | None:
        """The name of the unique index in whose way another row is; ``PRIMARY`` is the row's."""
        found = _DUPLICATE.search(self.message) if self.code == DUPLICATE else None
        return found[2].rsplit(".", 1)[-1] if found else None

    @property
    def is_of_the_key(self) -> bool:
        """Whether another row has the row's own key."""
        return self.key == "PRIMARY"

    @property
    def check(self) -> str | None:
        """The name of the CHECK constraint that is broken."""
        found = _CHECK.search(self.message) if self.code == CHECK else None
        return found[1] if found else None

    def words(self, op: str, clause: Callable[[str], str | None] = lambda _: None) -> str:
        """What is wrong, worded to follow the column's name, or "the row".

        ``clause`` gives the text of a CHECK constraint where it can be known.
        """
        if self.code == DUPLICATE:
            return self._duplicate()
        if self.check is not None:
            return f"breaks a rule of the database: {clause(self.check) or self.check}"
        if self.code in (*PARENT_MISSING, *CHILD_EXISTS):
            return self._foreign(op)
        return _VALUES.get(self.code) or f"is not taken by the database: {self.message}"

    def _duplicate(self) -> str:
        if self.is_of_the_key:
            return "has a key that the database takes for the same as another row's"
        found = _DUPLICATE.search(self.message)
        value = f"“{found[1]:.60}”" if found else "this value"
        return f"must be different in every row, and another row has {value} already"

    def _foreign(self, op: str) -> str:
        found = _FOREIGN.search(self.message)
        if self.code in PARENT_MISSING:
            parent = in_quotes(found["parent"]) if found else "another table"
            return f"must name a row of {parent}, and there is no such row"
        child = f"rows of {in_quotes(found['child'])}" if found else "rows of another table"
        return f"cannot be {'deleted' if op == 'delete' else 'changed'}: {child} refer to it"


def plain_clause(clause: str) -> str:
    """A CHECK's text as the server keeps it, without its quotes and character sets.

    ``(`price` > 0)`` becomes ``price > 0``.
    """
    text = re.sub(r"_[a-z0-9]+\\?'", "'", clause).replace("\\'", "'").replace("`", "")
    while text.startswith("(") and _closes_at_the_end(text):
        text = text[1:-1]
    return text


def _closes_at_the_end(text: str) -> bool:
    depth = 0
    for place, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if depth == 0:
            return place == len(text) - 1
    return False
