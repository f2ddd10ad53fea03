"""Why a mapping cannot begin is stored, unless a worker has gone on with it meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.pool import StaticPool

from sink.state.mapping_record import RUNNING, MappingRecord
from sink.state.records import FirstSync
from sink.state.schema import SCHEMA
from sink.state.store import note_reason


@pytest.fixture
def engine() -> Iterator[Engine]:
    """Two mappings, 7 and 8, of three transactions each, in as much of a table as is needed."""
    plain = create_engine("sqlite://", poolclass=StaticPool)
    engine = plain.execution_options(schema_translate_map={SCHEMA: None})
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE mapping (id INT, transactions INT, reason TEXT)"))
        connection.execute(text("INSERT INTO mapping VALUES (7, 3, NULL), (8, 3, NULL)"))
    yield engine
    plain.dispose()


LOADED = MappingRecord(
    id=7,
    name="orders",
    source_uuid="",
    transactions=3,
    phase=RUNNING,
    reason=None,
    paused=False,
    first_gtids="",
    first=FirstSync(0, 0),
    position=None,
    call_number=0,
    fence=None,
    open_call=None,
    repairs=None,
)


@pytest.mark.parametrize(("transactions", "stored"), [(3, "no such table"), (2, None)])
def test_a_reason_is_stored_as_long_as_the_mapping_is_as_it_was_loaded(
    engine: Engine, transactions: int, stored: str | None
) -> None:
    note_reason(engine, replace(LOADED, transactions=transactions), "no such table")
    with engine.begin() as connection:
        rows = connection.execute(text("SELECT id, reason FROM mapping ORDER BY id")).all()
    assert [tuple(row) for row in rows] == [(7, stored), (8, None)]
