"""Whether a mapping's first sync is done: before that a missing or empty tab is no problem."""

from __future__ import annotations

from deploy.cli.check.mysql_server import QueryRefusedError, Server
from sink.core.mapping import Mapping
from sink.state.mapping_record import RUNNING
from sink.state.schema import SCHEMA


def is_done(mapping: Mapping, server: Server) -> bool:
    """What the sink has stored of it; a sink that never ran has stored nothing.

    Raises MissingPieceError where the server does not answer.
    """
    try:
        rows = server.rows(f"SELECT phase FROM `{SCHEMA}`.mapping WHERE name = %s", (mapping.name,))
    except QueryRefusedError:
        return False  # there is no such schema or table yet, or none that we may see
    return [phase for (phase,) in rows] == [RUNNING]
