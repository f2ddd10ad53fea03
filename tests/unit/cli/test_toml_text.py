"""Mapping blocks are added and cut as text; what a person wrote stays as it is."""

from __future__ import annotations

import tomllib

import pytest

from deploy.cli.toml_text import (
    MappingText,
    append_mapping,
    mapping_settings,
    quote,
    remove_mapping,
    spreadsheet_id_of,
)
from sink.core.errors import ConfigurationError

FILE = """\
# our shop
[database]
host = "db"  # the big one

# people edit these
[[mapping]]
name = "orders"
table = "shop.orders"
spreadsheet = "S1"
tab = "Orders"
key = ["id"]
columns = [
    "id",
    [ ][0],
]

[mapping.policies]
price = "database_wins"

# and these
[[mapping]] # second
name = "lines"
table = "shop.lines"
spreadsheet = "S1"
tab = "Lines"
key = ["order_id", "line"]

[sink]
max_batch = 10
""".replace("    [ ][0],\n", '    "[mapping.not_a_header]",\n')

NEW = MappingText("people", "shop.people", "S2", 'Peo"ple', ("id",))


def test_an_added_mapping_is_the_last_and_all_else_stays() -> None:
    text = append_mapping(FILE, NEW)
    assert text.startswith(FILE)
    names = [("orders",), ("lines",), ("people",)]
    assert mapping_settings(text, ["name"]) == names
    assert tomllib.loads(text)["mapping"][2]["tab"] == 'Peo"ple'
    assert tomllib.loads(text)["sink"] == {"max_batch": 10}


def test_settings_left_to_their_defaults_are_not_written() -> None:
    assert tomllib.loads(NEW.render())["mapping"] == [
        {"name": "people", "table": "shop.people", "spreadsheet": "S2", "tab": 'Peo"ple'}
        | {"key": ["id"]}
    ]
    wide = MappingText(
        "p",
        "a.b",
        "S",
        "t",
        ("k",),
        columns=("k", "v"),
        policy="sheet_wins",
        time_zone="UTC",
        prefer="sheet",
    )
    block = tomllib.loads(wide.render())["mapping"][0]
    assert (block["columns"], block["policy"], block["time_zone"]) == (
        ["k", "v"],
        "sheet_wins",
        "UTC",
    )
    assert block["prefer"] == "sheet"


@pytest.mark.parametrize("name", ["orders", "lines"])
def test_removing_takes_the_block_its_subtables_and_its_comment(name: str) -> None:
    text = remove_mapping(FILE, name)
    left = tomllib.loads(text)
    assert [block["name"] for block in left["mapping"]] == [
        each for each in ("orders", "lines") if each != name
    ]
    assert left["database"] == {"host": "db"}
    assert left["sink"] == {"max_batch": 10}
    assert "# the big one" in text
    assert ("# people edit these" in text) is (name != "orders")
    assert ("# and these" in text) is (name != "lines")


def test_adding_and_removing_gives_the_text_back() -> None:
    assert remove_mapping(append_mapping(FILE, NEW), "people") == FILE


def test_the_only_mapping_can_go() -> None:
    assert remove_mapping(append_mapping("[sink]\n", NEW), "people") == "[sink]\n"
    assert mapping_settings(append_mapping("", NEW), ["name", "where"]) == [("people", "")]


@pytest.mark.parametrize(
    ("block", "problem"),
    [
        (MappingText("orders", "a.b", "S9", "t", ("id",)), "already"),
        (MappingText("other", "a.b", "S1", "Orders", ("id",)), "mapped by 'orders'"),
        (MappingText("Other", "a.b", "S9", "t", ("id",)), "cannot name a mapping"),
        (MappingText("other", "orders", "S9", "t", ("id",)), "is no table"),
        (MappingText("other", "a.b.c", "S9", "t", ("id",)), "is no table"),
    ],
)
def test_an_unfit_mapping_is_refused_with_its_mend(block: MappingText, problem: str) -> None:
    with pytest.raises(ConfigurationError, match=problem) as caught:
        append_mapping(FILE, block, source="my.toml")
    assert caught.value.mend
    assert "my.toml" in str(caught.value)


def test_removing_an_unknown_mapping_settings_those_there_are() -> None:
    with pytest.raises(ConfigurationError, match="orders, lines"):
        remove_mapping(FILE, "people")


def test_a_file_that_is_no_toml_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="not TOML"):
        append_mapping("[[mapping", NEW)


def test_mappings_written_inline_are_left_to_a_person() -> None:
    with pytest.raises(ConfigurationError, match="by hand"):
        remove_mapping('mapping = [{name = "a"}]\n', "a")


@pytest.mark.parametrize("text", ['a"b', "a\\b", "tab\there", "\x7f", "日本", "\n", "🙂"])
def test_quoting_survives_a_round_trip(text: str) -> None:
    assert tomllib.loads(f"x = {quote(text)}")["x"] == text


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("https://docs.google.com/spreadsheets/d/1AbC_-9/edit?gid=0#gid=0", "1AbC_-9"),
        ("https://docs.google.com/spreadsheets/u/1/d/1AbC/edit", "1AbC"),
        ("  1AbC ", "1AbC"),
    ],
)
def test_a_spreadsheet_is_known_by_id_or_address(written: str, found: str) -> None:
    assert spreadsheet_id_of(written) == found
