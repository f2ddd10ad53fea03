"""Where a dead letter's value stands, in words: the row and its cells, or the row of the sheet."""

from __future__ import annotations

import json
from collections.abc import Mapping

from deploy.cli.dead_letter_topic import StoredLetter
from sink.core.mapping import in_quotes
from sink.core.operator_record import KIND


def place(found: StoredLetter) -> str:
    """The row by its key, with the cells that were refused.

    Where it has no key that fits: its tab and number, with what its key cells hold and held before.
    A record that tells of no single row is named by its own key.
    """
    post = _json(found.value)
    wish = _json(found.wish) or (_object(post.get("wish")) if post.get("kind") == KIND else {})
    key = _object(wish.get("key"))
    if key:
        row = ", ".join(f"{column} = {part}" for column, part in key.items())
        cells = [*_object(wish.get("values")), *_object(wish.get("contents"))]
        return f"{row}: {', '.join(cells)}" if cells else row
    return _posted(post) or found.key or ""


def _posted(post: Mapping[str, object]) -> str | None:
    """The row of a post that tells of one."""
    rows, tab = post.get("rows"), post.get("tab")
    if not isinstance(rows, list) or len(rows) != 1:
        return None
    row = _object(rows[0])
    number, key, before = row.get("row"), _object(row.get("key")), _object(row.get("old_key"))
    if not isinstance(number, int):
        return None
    said = f"row {number}" if tab is None else f"row {number} of tab {in_quotes(str(tab))}"
    cells = [
        f"{header} {_shown(content)}"
        + (f" (before: {_shown(before[header])})" if before.get(header, content) != content else "")
        for header, content in key.items()
    ]
    return f"{said}: {', '.join(cells)}" if cells else said


def _shown(content: object) -> str:
    if isinstance(content, dict) and len(content) == 1:
        (content,) = content.values()  # a date, or an error
    return "(empty)" if content in (None, "") else in_quotes(str(content))


def _json(text: str | None) -> dict[str, object]:
    try:
        return _object(None if text is None else json.loads(text))
    except ValueError:
        return {}


def _object(content: object) -> dict[str, object]:
    return content if isinstance(content, dict) else {}
