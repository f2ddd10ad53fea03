"""A failed task's stack trace → one line what, one line why, one line mend. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from connectors import mysql
from connectors.answers import Part
from connectors.errors import TaskFailedError

_CLASS = re.compile(r"^(?:[a-z][\w$]*\.)+([A-Z][\w$]*)(?::\s*(.*))?$")
_CAUSED_BY = "Caused by: "
_LONGEST = 400
"""Debezium can put a whole statement or row into a message; a terminal wants a line."""


def describe(name: str, failed: Part, settings: Mapping[str, str]) -> TaskFailedError:
    """The error to raise for connector ``name``, given its (unresolved) configuration."""
    headline, cause = summarise(failed.trace)
    known = mysql.known_failure(failed.trace)
    if known is None:
        mend = "The Connect worker's log has more; sheetbridge register restarts it."
    else:
        mend = known.render(settings)
    return TaskFailedError(
        name,
        headline=headline,
        cause=cause,
        mend=mend,
        lost_position=known is not None and known.lost_position,
    )


def is_lasting(failed: Part) -> bool:
    """Whether a restart cannot help before a person has mended something."""
    known = mysql.known_failure(failed.trace)
    return known is not None and known.lasting


def summarise(trace: str) -> tuple[str, str]:
    """First line and innermost cause of a Java stack trace, without packages and frames."""
    lines = trace.splitlines()
    first = next((line.strip() for line in lines if line.strip()), "no error given")
    causes = [line.strip() for line in lines if line.strip().startswith(_CAUSED_BY)]
    innermost = causes[-1].removeprefix(_CAUSED_BY) if causes else ""
    return _plain(first), _plain(innermost)


def _plain(line: str) -> str:
    found = _CLASS.match(line)
    told = line if found is None else (found.group(2) or found.group(1))
    return told if len(told) <= _LONGEST else f"{told[:_LONGEST]}…"
