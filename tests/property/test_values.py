"""The codecs' laws, for every column type and any value that it can hold.

Each law counts what it saw, so that a strategy that went dull fails the test.
"""

from __future__ import annotations

import json
from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from sink.core.cell import LocalDateTime
from sink.core.errors import UnfitValueError
from sink.core.row_key import RowKey
from sink.core.values.codec import Shown
from sink.core.values.meaning import meaning, shows
from sink.core.values.serials import EPOCH, to_duration
from tests.property.columns import FAMILIES, Case

RUNS = settings(max_examples=60, deadline=None, derandomize=True)
FEWEST = {"choices": 6}
"""How many values a law must have seen; a few families have no more."""

BOTH_FACES = frozenset(
    {"integers", "bits", "decimals", "floats", "dates", "datetimes", "timestamps", "times"}
)
"""Families of which a cell shows some values as numbers and others as text."""

EVERY_FAMILY = pytest.mark.parametrize("family", list(FAMILIES))


def _kind(shown: Shown) -> str:
    return type(shown).__name__


@EVERY_FAMILY
def test_a_value_survives_its_cell(family: str) -> None:
    seen: Counter[str] = Counter()

    @RUNS
    @given(FAMILIES[family])
    def law(case: Case) -> None:
        shown = case.codec.to_cell(case.value)
        event(f"shown as {_kind(shown)}")
        seen[_kind(shown)] += 1
        assert case.codec.from_cell(shown) == case.value
        assert meaning(case.codec, shown, case.value) == case.value
        assert case.codec.from_cell(_as_a_spreadsheet_sends_it(shown)) == case.value

    law()
    assert sum(seen.values()) >= FEWEST.get(family, 30)
    if family in BOTH_FACES:
        assert seen["str"], "no value needed text"
        assert seen["int"] + seen["float"], "no value was a number"


def _as_a_spreadsheet_sends_it(shown: Shown) -> Shown:
    """Through JSON, every number a double."""
    sent: Shown = json.loads(json.dumps(shown))
    return float(sent) if isinstance(sent, int) and not isinstance(sent, bool) else sent


@EVERY_FAMILY
def test_a_value_survives_the_connectors_and_the_state_tables_json(family: str) -> None:
    @RUNS
    @given(FAMILIES[family])
    def law(case: Case) -> None:
        sent = json.loads(json.dumps(case.codec.to_debezium(case.value)))
        assert case.codec.from_debezium(sent) == case.value
        kept = json.loads(json.dumps(case.value))
        assert kept == case.value
        assert type(kept) is type(case.value)
        codecs = {"c": case.codec}
        key = RowKey.from_values(("c",), (case.value,))
        assert RowKey.from_debezium(json.loads(key.debezium(codecs)), ("c",), codecs) == key
        assert json.loads(key.canonical) == {"c": case.value}

    law()


@pytest.mark.parametrize("family", ["dates", "datetimes", "timestamps", "times"])
def test_apps_scripts_date_of_a_rendered_cell_is_the_stored_value(family: str) -> None:
    seen: Counter[bool] = Counter()

    @RUNS
    @given(FAMILIES[family])
    def law(case: Case) -> None:
        shown = case.codec.to_cell(case.value)
        seen[isinstance(shown, str)] += 1
        if isinstance(shown, str):
            return
        assert isinstance(shown, int | float)
        wall = LocalDateTime(EPOCH + to_duration(shown))
        assert shows(wall, shown)
        assert meaning(case.codec, wall, case.value) == case.value
        assert case.codec.from_cell(wall) == case.value
        later = LocalDateTime(wall.wall - timedelta(milliseconds=1))
        assert not shows(later, shown)

    law()
    assert seen[False] >= 10


@EVERY_FAMILY
def test_any_content_is_a_value_or_is_refused_with_a_reason(family: str) -> None:
    seen: Counter[str] = Counter()
    reasons: set[str] = set()
    contents = st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(10**20), 10**20),
        st.floats(),
        st.text(),
        st.text("0123456789-:. TZ+e,x\"{}[]'", max_size=20),
        st.datetimes().map(LocalDateTime),
    )

    @RUNS
    @given(FAMILIES[family], contents)
    def law(case: Case, content: bool | float | str | LocalDateTime | None) -> None:
        try:
            value = case.codec.from_cell(content)
        except UnfitValueError as refusal:
            event("refused")
            seen["refused"] += 1
            reasons.add(refusal.reason.split()[0])
            return
        event("taken")
        seen["taken"] += 1
        shown = case.codec.to_cell(value)
        assert meaning(case.codec, shown, value) == value
        assert case.codec.to_parameter(value) is not None or value is None

    law()
    assert reasons <= {"takes", "has", "cannot", "shows"}
    assert seen["taken"] >= 1
    assert family in ("texts", "long_texts") or seen["refused"] >= 3


@RUNS
@given(st.lists(st.tuples(st.integers(), st.text(st.characters(codec="utf-8"))), min_size=2))
def test_keys_have_one_order(values: list[tuple[int, str]]) -> None:
    keys = [RowKey.from_values(("a", "b"), value) for value in values]
    assert [key.values for key in sorted(keys)] == sorted(values)
    assert len(set(keys)) == len(set(values))
