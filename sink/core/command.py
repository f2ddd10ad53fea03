"""What people ask of the sink: records of a mapping's commands topic.

The sheet's menu sends ``pause``, ``resume`` and ``reconcile`` through the webhook; the command line
sends these and the answers to what is held. An id is applied once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from sink.core.errors import EnvelopeError
from sink.core.guards import What
from sink.core.version import Origin


class Order(StrEnum):
    """What is asked for."""

    PAUSE = "pause"
    RESUME = "resume"
    RECONCILE = "reconcile"
    RELEASE = "release"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Command:
    """One command. ``what``, ``origin`` and ``rows`` (canonical keys) narrow down which of what is
    held it answers; None is any. ``prefer`` is the side that is right after time ran backwards.
    """

    id: str
    order: Order
    what: What | None = None
    origin: Origin | None = None
    rows: tuple[str, ...] | None = None
    prefer: Origin | None = None

    def to_json(self) -> dict[str, object]:
        """The command as the value of a record."""
        return {
            "id": self.id,
            "kind": "command",
            "command": self.order.value,
            "what": self.what,
            "origin": self.origin,
            "rows": None if self.rows is None else list(self.rows),
            "prefer": self.prefer,
        }


def decode_command(value: Mapping[str, object]) -> Command:
    """The command of a record's JSON; raises EnvelopeError where it is none."""
    name, order, rows = value.get("id"), value.get("command"), value.get("rows")
    if not isinstance(name, str) or not 0 < len(name) <= 64:
        raise EnvelopeError(f"a command needs an id, not {name!r:.80}")
    if order not in tuple(Order):
        raise EnvelopeError(f"{order!r:.80} is no command")
    if rows is not None and not (
        isinstance(rows, list) and all(isinstance(row, str) for row in rows)
    ):
        raise EnvelopeError("rows of a command must be a list of keys")
    try:
        return Command(
            name,
            Order(str(order)),
            None if value.get("what") is None else What(str(value["what"])),
            None if value.get("origin") is None else Origin(str(value["origin"])),
            None if rows is None else tuple(rows),
            None if value.get("prefer") is None else Origin(str(value["prefer"])),
        )
    except ValueError as error:
        raise EnvelopeError(f"a command: {error}") from error
