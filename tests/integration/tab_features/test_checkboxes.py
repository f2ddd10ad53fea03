"""Checkboxes: a person ticks them, programs flip them, and every row has its own."""

from __future__ import annotations

import pytest

from tests.integration.bridge import Bridge
from tests.integration.tab_features.rows import (
    cell,
    compare_now,
    insert,
    update,
    written_by_a_program,
)

pytestmark = pytest.mark.stack


def test_a_box_goes_both_ways_whoever_ticks_it(features: Bridge, prefix: str) -> None:
    key, other = f"{prefix}1", f"{prefix}2"
    insert(features, key, other)
    features.sheet_shows({"done": False, "sure": None}, key)

    features.gesture("tick", range=cell(features, "done", key))
    features.row_becomes({"done": 1, "sure": None}, id=key)
    features.gesture("tick", range=cell(features, "done", key))
    features.row_becomes({"done": 0, "sure": None}, id=key)

    update(features, key, done=1)
    features.sheet_shows({"done": True}, key)
    features.gesture("tick", range=cell(features, "done", key))
    features.row_becomes({"done": 0}, id=key)
    update(features, key, done=1)
    features.sheet_shows({"done": True}, key)

    written_by_a_program(features, key, "done", {"boolValue": False})
    written_by_a_program(features, other, "done", {"boolValue": True})
    compare_now(features)
    features.row_becomes({"done": 1}, id=other)
    features.row_becomes({"done": 0}, id=key)


def test_a_boolean_that_may_be_null_has_three_states_both_ways(
    features: Bridge, prefix: str
) -> None:
    key = f"{prefix}1"
    insert(features, key)
    for value in (True, False):
        features.edit(cell(features, "sure", key), [[value]])
        features.row_becomes({"sure": int(value)}, id=key)
        update(features, key, sure=not value)
        features.sheet_shows({"sure": not value}, key)
    features.gesture("clear", range=cell(features, "sure", key))
    features.row_becomes({"sure": None}, id=key)


def test_a_row_that_a_person_types_has_a_box_to_tick(features: Bridge, prefix: str) -> None:
    key = f"{prefix}1"
    insert(features, f"{prefix}0")
    features.edit(f"A{features.place(f'{prefix}0') + 1}", [[key, "typed"]])
    features.row_becomes({"name": "typed", "done": 0}, id=key)
    features.sheet_shows({"done": False}, key)
    features.gesture("tick", range=cell(features, "done", key))
    features.row_becomes({"done": 1}, id=key)
