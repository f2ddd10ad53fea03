"""``sheetbridge status --json``: the same answer for a program."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from deploy.cli.commands import as_typed
from deploy.cli.status_line import Line
from deploy.cli.stored_state import Progress
from sink.core.mapping import Mapping as TableMapping


def as_object(lines: Sequence[Line], mend: str | None) -> dict[str, object]:
    """The whole answer; ``mend`` is what to do where something is not well."""
    return {
        "well": all(line.well for line in lines),
        "parts": [_line(line) for line in lines if line.facts is None],
        "mappings": [{**line.facts, **_line(line)} for line in lines if line.facts is not None],
        "mend": None if mend is None else as_typed(mend),
    }


def facts(mapping: TableMapping, found: Progress | None, behind: int | None) -> dict[str, object]:
    """What is known of a mapping; of one that the sink has not begun with, where it belongs.

    ``behind`` is how many events are not read yet; None: not known, Kafka is away.
    """
    names = {"mapping": mapping.name, "table": mapping.table, "tab": mapping.tab}
    if found is None:
        return {**names, "phase": None}
    return {
        **names,
        "phase": found.phase,
        "paused": found.paused,
        "reason": found.reason,
        "rows": found.rows,
        "filled": found.filled,
        "to_fill": found.to_fill,
        "events_behind": behind,
        "not_at_rest": found.owed,
        "conflicts": found.conflicts,
        "refused": found.refused,
        "held": [
            {
                "what": each.what.value,
                "side": each.origin.value,
                "count": each.count,
                "since": datetime.fromtimestamp(each.since / 1_000_000, UTC).isoformat(),
                "stops": each.stops,
            }
            for each in found.held
        ],
        "heartbeat": None if found.heartbeat is None else found.heartbeat.isoformat(),
        "dropped_columns": list(found.left),
        "columns_not_mapped": dict(found.passed_over),
    }


def _line(line: Line) -> Mapping[str, object]:
    return {
        "part": line.part,
        "well": line.well,
        "warns": line.warns,
        "says": as_typed(line.says),
    }
