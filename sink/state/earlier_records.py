"""Records as versions before 0010 of the schema stored them: each cell with stamps of its own.

Such a record is read until its row changes again. It is turned into what is stored now.
"""

from __future__ import annotations

from typing import Any

from sink.core.version import EVER

Record = dict[str, Any]


def as_stored_now(record: Record) -> Record:
    """``record``, with the stamps of its versions and beliefs in lists."""
    stamps: list[list[Any]] = []
    sights: list[list[Any]] = []

    def version(stored: list[Any] | None) -> list[Any] | None:
        if stored is None:
            return None
        value, *rest = stored
        return [value, place(rest)]

    def version_or_agreed(stored: Any) -> Any:
        return True if stored is True else version(stored)

    def place(rest: list[Any]) -> int:
        time, origin, in_db, *others = rest
        known = (EVER if in_db else None) if isinstance(in_db, bool) else in_db
        stamps.append([time, origin, known, *others])
        return len(stamps) - 1

    def belief(stored: list[Any]) -> list[Any]:
        value, lo, hi, heard, written, wrote, *more = stored
        edited, over, hid, *_ = (*more, 0, None, 0) if not more else (*more, 0)
        sights.append([lo, hi, written, wrote, edited, hid, None if over is None else over[0]])
        return [len(sights) - 1, value, None if over is None else over[1], heard]

    now = dict(record)
    now["life"] = version(record["life"])
    now["cells"] = {column: place(rest) for column, rest in record["cells"].items()}
    now["present"] = belief(record["present"])
    now["beliefs"] = {column: belief(stored) for column, stored in record["beliefs"].items()}
    now["open"] = [
        [
            *(number, image, server_time),
            {column: version_or_agreed(stored) for column, stored in wrote.items()},
            made,
            version_or_agreed(life),
        ]
        for number, image, server_time, wrote, made, life in record.get("open", ())
    ]
    now["stamps"], now["sights"] = stamps, sights
    return now
