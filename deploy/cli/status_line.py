"""One line of what ``sheetbridge status`` answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """How a part is.

    ``well`` is False where something does not work, ``warns`` where it does and somebody should
    look all the same. ``facts`` are what a program is told besides; None where ``part`` is not a
    mapping.
    """

    part: str
    well: bool
    says: str
    warns: bool = False
    facts: Mapping[str, object] | None = None
