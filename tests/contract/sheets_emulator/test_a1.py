import pytest

from deploy.sheets_emulator.a1 import (
    CellSpan,
    column_index,
    column_name,
    format_range,
    parse_cells,
    quote_title,
    split,
)


def test_column_names_round_trip() -> None:
    assert [column_name(index) for index in (0, 25, 26, 51, 52, 701, 702)] == [
        "A", "Z", "AA", "AZ", "BA", "ZZ", "AAA",
    ]  # fmt: skip
    for index in range(20_000):
        assert column_index(column_name(index)) == index


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("A1", CellSpan(0, 1, 0, 1)),
        ("a1:b2", CellSpan(0, 2, 0, 2)),
        ("D4:A1", CellSpan(0, 4, 0, 4)),
        ("$B$3", CellSpan(2, 3, 1, 2)),
        ("A:B", CellSpan(None, None, 0, 2)),
        ("2:5", CellSpan(1, 5, None, None)),
        ("A1:A", CellSpan(0, None, 0, 1)),
        ("A1:1", CellSpan(0, 1, 0, None)),
        ("A5:A", CellSpan(4, None, 0, 1)),
    ],
)
def test_cells_are_read(text: str, span: CellSpan) -> None:
    assert parse_cells(text) == span


@pytest.mark.parametrize("text", ["", "A", "1", "A0", "Sheet1", "A1:", ":B2", "A1:B2:C3", "A-1"])
def test_what_is_no_range_is_not_read(text: str) -> None:
    assert parse_cells(text) is None


def test_the_split_is_at_the_last_mark() -> None:
    assert split("'Hi! there'!A1:B2") == ("Hi! there", "A1:B2", True)
    assert split("O!K!A1") == ("O!K", "A1", False)
    assert split("'It''s'") == ("It's", None, True)
    assert split("A1:B2") == (None, "A1:B2", False)


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("Sheet1", "Sheet1"),
        ("planes", "planes"),
        ("two words", "'two words'"),
        ("It's", "'It''s'"),
        ("A1", "'A1'"),
        ("2024", "'2024'"),
        ("R1C1", "'R1C1'"),
        ("a-b", "'a-b'"),
    ],
)
def test_titles_are_quoted_only_when_they_need_it(title: str, shown: str) -> None:
    assert quote_title(title) == shown
    assert split(f"{shown}!A1")[0] == title


def test_every_area_of_a_small_grid_round_trips() -> None:
    for top in range(4):
        for bottom in range(top + 1, 5):
            for left in range(24, 28):
                for right in range(left + 1, 29):
                    text = format_range("T", top, bottom, left, right)
                    assert parse_cells(text.removeprefix("T!")) == CellSpan(
                        top, bottom, left, right
                    )
