"""Columns from what information_schema says."""

from __future__ import annotations

import pytest

from sink.core.declaration import FIELDS, declared_column

PLAIN: dict[str, object] = dict.fromkeys(FIELDS) | {
    "COLUMN_NAME": "price",
    "DATA_TYPE": "decimal",
    "COLUMN_TYPE": "decimal(10,2) unsigned",
    "IS_NULLABLE": "NO",
    "NUMERIC_PRECISION": 10,
    "NUMERIC_SCALE": 2,
    "EXTRA": "",
}


def test_a_column_is_as_it_is_declared() -> None:
    column = declared_column(PLAIN)
    assert (column.name, column.data_type, column.precision, column.scale) == (
        "price",
        "decimal",
        10,
        2,
    )
    assert column.unsigned
    assert not any([column.nullable, column.has_default, column.generated, column.auto_increment])


@pytest.mark.parametrize(
    ("extra", "default", "generated", "increments"),
    [
        ("DEFAULT_GENERATED", True, False, False),
        ("DEFAULT_GENERATED on update CURRENT_TIMESTAMP", True, False, False),
        ("VIRTUAL GENERATED", False, True, False),
        ("STORED GENERATED", False, True, False),
        ("auto_increment", False, False, True),
    ],
)
def test_a_default_by_expression_is_not_a_generated_column(
    extra: str, default: bool, generated: bool, increments: bool
) -> None:
    column = declared_column(PLAIN | {"EXTRA": extra})
    assert (column.has_default, column.generated, column.auto_increment) == (
        default,
        generated,
        increments,
    )
