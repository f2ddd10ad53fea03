"""The errand that gives the tab the headers of columns which the table was given."""

from __future__ import annotations

from collections.abc import Callable

from sink.core.errors import SheetbridgeError
from sink.errands import Errands
from sink.schema_changes import SchemaChanges
from sink.sheet_calls import SheetCalls
from sink.writers.sheets.layout import UnfitTabError


def put_titles(
    schema: SchemaChanges, calls: SheetCalls, errands: Errands, outdated: Callable[[], None]
) -> None:
    """Begin it, if it may be begun; ``outdated`` is called at its end, good or bad: nothing is
    known of the layout then.
    """
    if not schema.may_put_titles:
        return

    def put(fence: str) -> None:
        calls.fence_laid(fence)
        schema.titles_put()
        outdated()

    def not_put(error: SheetbridgeError) -> None:
        outdated()
        if isinstance(error, UnfitTabError):
            errands.stop(error)

    errands.run(schema.put_titles, put, not_put)
