"""The condition of a mapping that shows only some rows: whether the server takes it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from deploy.cli.check.finding import Finding, ok, problem, unknown
from sink.core.errors import ConfigurationError, SheetbridgeError
from sink.core.mapping import Mapping

RequireCondition = Callable[[Mapping], None]
"""Raises ConfigurationError where the server does not take the mapping's condition."""


def check_condition(mapping: Mapping, require: RequireCondition) -> Iterator[Finding]:
    """Every finding about ``where``; none where the mapping shows all rows."""
    if mapping.where is None:
        return
    try:
        require(mapping)
    except ConfigurationError as error:
        yield problem(f"{error.problem}.", error.mend)
    except SheetbridgeError as error:
        yield unknown(f"where = {mapping.where!r} was not tried on the server: {error}")
    else:
        yield ok(f"shows only rows where {mapping.where}")
