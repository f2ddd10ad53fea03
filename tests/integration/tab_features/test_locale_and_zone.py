"""A spreadsheet of another locale and time zone than the mapping's.

A DATE or a DATETIME is the wall time that the person saw, whatever the spreadsheet's zone. A
TIMESTAMP is read and shown in the mapping's zone, and never in the spreadsheet's.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal

import pytest

from tests.integration.bridge import Bridge, eventually
from tests.integration.tab_features.rows import cell, insert

pytestmark = pytest.mark.stack


def set_up(bridge: Bridge, locale: str, zone: str) -> None:
    """A person chooses the spreadsheet's locale and time zone under File > Settings."""
    properties = {"locale": locale, "timeZone": zone}
    bridge.batch_update(
        {"updateSpreadsheetProperties": {"properties": properties, "fields": "locale,timeZone"}}
    )


@pytest.fixture(scope="module", autouse=True)
def german_in_new_york(features: Bridge) -> Iterator[None]:
    """The spreadsheet's, while the mapping's own zone is Berlin's."""
    set_up(features, "de_DE", "America/New_York")
    yield
    set_up(features, "en_US", "Etc/GMT")


def seconds(bridge: Bridge, key: str) -> object:
    """The row's TIMESTAMP in seconds since 1970, which no session's zone changes."""
    statement = f"SELECT UNIX_TIMESTAMP(instant) FROM {bridge.mapping.table} WHERE id = '{key}'"
    ((found,),) = bridge.state(statement)
    return found


def wall(text: str) -> datetime:
    """What a DATETIME holds, which has no zone."""
    return datetime.fromisoformat(text)


def is_at(bridge: Bridge, key: str, instant: str) -> None:
    """The row's TIMESTAMP comes to be that instant."""
    wanted = wall(instant).timestamp()
    eventually(lambda: seconds(bridge, key), lambda found: found == wanted, f"{key} at {instant}")


def test_the_wall_time_that_a_person_types_is_the_one_that_is_stored(
    features: Bridge, prefix: str
) -> None:
    one, two = f"{prefix}1", f"{prefix}2"
    insert(features, one, two)
    features.edit(cell(features, "price", one), [["1.234,5"]])
    features.edit(cell(features, "day", one), [["1.7.2026"]])
    features.edit(cell(features, "moment", one), [["01.07.2026 23:34:56"]])
    features.edit(cell(features, "instant", one), [["01.07.2026 12:34:56"]])
    stored = {"day": date(2026, 7, 1), "moment": wall("2026-07-01 23:34:56")}
    features.row_becomes({**stored, "price": Decimal("1234.50")}, id=one)
    is_at(features, one, "2026-07-01T10:34:56Z")

    # pasted, no text tells the script what was meant
    place = features.place(two)
    features.edit(
        f"{features.letter('due')}{place}:{features.letter('instant')}{place}",
        [["1.12.2026", "1.12.2026 23:30:00", "1.12.2026 00:30:00"]],
    )
    stored = {"due": date(2026, 12, 1), "moment": wall("2026-12-01 23:30:00")}
    features.row_becomes(stored, id=two)
    is_at(features, two, "2026-11-30T23:30:00Z")


def test_hours_that_the_spreadsheets_zone_skips_or_repeats_are_taken_as_they_were_typed(
    features: Bridge, prefix: str
) -> None:
    insert(features, prefix)
    for typed, instant in (
        ("2026-03-08 02:30:00", "2026-03-08T01:30:00Z"),  # not on New York's clocks
        ("2026-11-01 01:30:00", "2026-11-01T00:30:00Z"),  # twice on them
    ):
        features.edit(cell(features, "moment", prefix), [[typed]])
        features.edit(cell(features, "instant", prefix), [[typed]])
        features.row_becomes({"moment": wall(typed)}, id=prefix)
        is_at(features, prefix, instant)


def test_what_a_program_writes_is_shown_as_the_mappings_wall_time(
    features: Bridge, prefix: str
) -> None:
    insert(features, prefix)
    features.sql(
        f"UPDATE {features.mapping.table} SET price = 0.25, day = '2026-07-01', "
        "moment = '2026-07-01 06:00:00', instant = '2026-07-01 16:00:00+00:00' "
        f"WHERE id = '{prefix}'"
    )
    serial = 46204
    shown = {"price": 0.25, "day": serial, "moment": serial + 0.25, "instant": serial + 0.75}
    features.sheet_shows(shown, prefix)
    # a neighbour's edit sends the row's dates along, and changes none of them
    before = features.row(id=prefix)
    assert before is not None
    features.edit(cell(features, "size", prefix), [[5]])
    features.row_becomes({**before, "size": 5}, id=prefix)
