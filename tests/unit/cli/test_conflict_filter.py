"""A filter that no conflict can satisfy is refused with what there is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from deploy.cli.conflict_filter import refuse_unknown
from deploy.cli.conflict_log import Filter
from sink.core.errors import ConfigurationError
from sink.core.mapping import Mapping
from tests.unit.connectors.fake_connect import configuration

ORDERS = Mapping("orders", "shop.orders", "S", "orders", ("id",))
LINES = Mapping("lines", "shop.lines", "S", "lines", ("order_id", "line"))
BOTH = replace(configuration(ORDERS, LINES), source="mine.toml")
COLUMNS = {"orders": ("id", "price"), "lines": ("order_id", "line", "item")}


def columns_of(mapping: Mapping) -> Sequence[str]:
    return COLUMNS[mapping.name]


@pytest.mark.parametrize(
    "wanted",
    [
        Filter(),
        Filter(column="item"),
        Filter("orders", "price", ("7",)),
        Filter("lines", key=("7", "1")),
        Filter(key=("7", "1")),
    ],
)
def test_a_filter_that_could_find_something_is_let_through(wanted: Filter) -> None:
    refuse_unknown(BOTH, wanted, columns_of)


@pytest.mark.parametrize(
    ("wanted", "problem", "mend"),
    [
        (
            Filter("orders", "item"),
            "mapping 'orders' does not have a column 'item'",
            "There are: id, price",
        ),
        (
            Filter(column="nope"),
            "no mapping has a column 'nope'",
            "There are: orders: id, price; lines: order_id, line, item",
        ),
        (
            Filter("lines", key=("7",)),
            "mapping 'lines' does not have a key of 1 column",
            "Give --key once for each of its columns, in this order: order_id, line",
        ),
        (
            Filter(key=("7", "1", "2")),
            "no mapping has a key of 3 columns",
            "in this order: orders: id; lines: order_id, line",
        ),
    ],
)
def test_what_no_mapping_has_is_refused_with_what_there_is(
    wanted: Filter, problem: str, mend: str
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        refuse_unknown(BOTH, wanted, columns_of)
    assert (caught.value.source, caught.value.problem) == ("mine.toml", problem)
    assert mend in caught.value.mend


def test_nothing_is_refused_where_the_columns_cannot_be_told() -> None:
    refuse_unknown(BOTH, Filter(column="nope"), lambda _: ())
