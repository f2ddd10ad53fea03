"""The conflict log: every value that lost, with the one that won and the rule that decided."""

from __future__ import annotations

from collections.abc import Sequence

import orjson

from sink.core.decision import Loss
from sink.core.row_key import RowKey
from sink.core.version import Version


def conflict_rows(mapping_id: int, key: RowKey, losses: Sequence[Loss]) -> list[dict[str, object]]:
    """Rows for the conflict table; times are microseconds on the clock of each edit's origin."""
    return [
        {
            "mapping_id": mapping_id,
            "row_key": key.canonical,
            "column_name": loss.column,
            "loser": _version(loss.loser),
            "winner": _version(loss.winner),
            "rule": loss.rule,
            "logged_at": max(loss.loser.time or 0, loss.winner.time or 0),
        }
        for loss in losses
    ]


def _version(version: Version) -> str:
    return orjson.dumps(
        {
            "value": version.value,
            "time": version.time,
            "origin": version.origin.value,
            "author": version.author,
        }
    ).decode()
