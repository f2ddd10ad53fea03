"""Rows of cells as JSON, many at a time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import orjson


def rows_json(rows: Iterable[Sequence[object]]) -> list[bytes]:
    """The JSON of each row's cells, without the brackets around them.

    They are copied for that, and must be: what orjson returns keeps a kilobyte from being used
    again, however short it is.
    """
    return [orjson.dumps(row)[1:-1] for row in rows]
