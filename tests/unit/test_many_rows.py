"""Rows by the thousand say what single ones say: keys, cells, blocks, and what is passed by."""

from __future__ import annotations

import orjson
import pytest

from sink.core.cell import CellContent
from sink.core.columns import Column, Table
from sink.core.key_cells import keys_from_cells
from sink.core.mapped_table import MappedTable
from sink.core.mapping import Mapping
from sink.core.row_key import RowKey, canonical_keys
from sink.core.scanned_rows import ScannedRows
from sink.core.values.codec import Value
from sink.core.version import ABSENT
from sink.fill_blocks import blocks_of, encoded_rows
from sink.writers.sheets.compact_rows import PackedRows, mapped_cells
from sink.writers.sheets.layout import KeyIndex, TabLayout
from sink.writers.sheets.row_json import rows_json

COLUMNS = {
    "n": Column("n", "int", "int", nullable=False, precision=10),
    "t": Column("t", "varchar", "varchar(2000)", nullable=False, length=2000),
    "d": Column("d", "double", "double"),
    "b": Column("b", "tinyint", "tinyint(1)", precision=3),
}
TABLE = MappedTable.of(
    Mapping("m", "s.m", "sheet", "m", ("n", "t")), Table("s.m", COLUMNS, ("n", "t"))
)
HARD: list[tuple[Value, Value]] = [
    (1, "plain"),
    (-5, 'q"\\'),
    (7, "\x00\x1f\u2028é"),
    (8, "😀"),
    (9, ""),
]
CELLS: list[tuple[CellContent, CellContent]] = [
    (1, "a"),
    (1.0, "a"),
    (True, "a"),
    ("1", "a"),
    ("x", "a"),
    (None, "a"),
    ("", "a"),
    (2, ""),
    (1.5, "a"),
    (3, 4),
    (3, False),
    (4, "y" * 1_999),
    (5, "\x01" * 500),
]


def layout(**columns: int) -> TabLayout:
    return TabLayout("m", 0, 1, 10, 10, 10, columns)


def test_canonical_keys_are_those_of_single_keys() -> None:
    columns = list(zip(*HARD, strict=True))
    single = [RowKey(("n", "t"), values).canonical for values in HARD]
    assert canonical_keys(("n", "t"), columns) == single


@pytest.mark.parametrize("cells", [CELLS, CELLS[3:10]], ids=["with booleans", "without"])
def test_keys_from_cells_are_those_of_single_rows(
    cells: list[tuple[CellContent, CellContent]],
) -> None:
    single = []
    for shown in cells:
        unfit = TABLE.unfit_key(dict(zip(("n", "t"), shown, strict=True)))
        contents = dict(zip(("n", "t"), shown, strict=True))
        single.append(None if unfit else TABLE.key_from_cells(contents))
    assert keys_from_cells(TABLE, list(zip(*cells, strict=True))) == single


def test_cells_stand_where_their_columns_do_and_the_others_are_left_as_they_are() -> None:
    rows = ScannedRows(
        "", ("n", "t"), [[1, 2], ["a", "b"]], {"d": [0.0, -0.0], "b": [True, ABSENT]}
    )
    encoded = encoded_rows(rows, {"t": 4, "n": 2, "d": 5, "b": 6}, TABLE)
    assert [orjson.loads(b"[%b]" % row) for row in encoded] == [
        [1, None, "a", 0, True],
        [2, None, "b", 0, ""],
    ]


def test_blocks_hold_all_rows_in_order_and_none_is_too_large() -> None:
    keys = [RowKey(("n",), (number,)) for number in range(100)]
    rows = rows_json((number, "x" * (number % 7)) for number in range(100))
    blocks = list(blocks_of([(keys[:30], rows[:30]), (keys[30:], rows[30:])], 80))
    assert [key for block in blocks for key in block.keys] == keys
    sent = [row for block in blocks for row in orjson.loads(block.block.rows)]
    assert sent == [[number, "x" * (number % 7)] for number in range(100)]
    assert all(len(block.block.rows) <= 90 for block in blocks)


def test_a_row_longer_than_a_block_goes_alone() -> None:
    key = RowKey(("n",), (1,))
    (alone,) = blocks_of([([key] * 1, rows_json([("y" * 500,)]))], 80)
    assert alone.block.count == 1


def test_packed_rows_are_found_by_their_place() -> None:
    packed = PackedRows()
    rows = [b"", b"1", b"22", b"", b"333"]
    for some in (rows[:2], [], rows[2:3], rows[3:]):
        packed.extend(some)
    assert [packed[place] for place in range(len(packed))] == rows


def test_mapped_cells_are_picked_by_place_and_blank_where_the_answer_ends() -> None:
    rows: list[list[CellContent]] = [["a", "b", "c"], ["a"], []]
    assert mapped_cells(rows, layout(z=2, x=0)) == [("c", "a"), ("", "a"), ("", "")]
    assert mapped_cells(rows, layout(x=0, y=1, z=2)) == [
        ["a", "b", "c"],
        ["a", "", ""],
        ["", "", ""],
    ]
    assert mapped_cells([["b"]], layout(y=1)) == [["b"]]


def test_keys_that_stand_already_are_the_same_objects() -> None:
    first = RowKey(("n",), (1,))
    index = KeyIndex.of([None, first])
    again, new = RowKey(("n",), (1,)), RowKey(("n",), (2,))
    same = index.same([again, None, new])
    assert same == [again, None, new]
    assert same[0] is first
