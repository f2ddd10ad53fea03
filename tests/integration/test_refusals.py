"""What the database does not take: each cause is told in words, and whatever can goes through."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import text

from deploy.local.connections import a_new_connection_each_time
from deploy.local.endpoints import MappingEndpoint
from deploy.local.stack import Stack
from tests.integration.added_mapping import added_mapping
from tests.integration.bridge import Bridge, eventually
from tests.integration.commands import command, listed, sheetbridge

pytestmark = pytest.mark.stack

COLUMNS = ["sku", "label", "price", "stock", "code", "customer", "day"]
TABLE = "demo_letters.items"
STATEMENTS = [
    "DROP TABLE IF EXISTS demo_letters.parts, demo_letters.items, demo_letters.customers",
    "CREATE TABLE demo_letters.customers (name VARCHAR(10) PRIMARY KEY)",
    "INSERT INTO demo_letters.customers VALUES ('ada')",
    f"""
    CREATE TABLE {TABLE} (
        sku VARCHAR(8) PRIMARY KEY, label VARCHAR(5) NOT NULL, price DECIMAL(6,2), stock TINYINT,
        code VARCHAR(10) UNIQUE, customer VARCHAR(10), day DATE NOT NULL,
        CONSTRAINT positive CHECK (price > 0),
        FOREIGN KEY (customer) REFERENCES demo_letters.customers (name)
    )""",
    "CREATE TABLE demo_letters.parts (id INT PRIMARY KEY, sku VARCHAR(8), "
    f"FOREIGN KEY (sku) REFERENCES {TABLE} (sku))",
    f"INSERT INTO {TABLE} VALUES "
    + ", ".join(f"('K{n}', 'old', 12.50, 1, 'C{n}', 'ada', '2026-01-01')" for n in range(1, 9)),
    "INSERT INTO demo_letters.parts VALUES (1, 'K8')",
]

CELLS = {
    (
        "K1",
        "code",
        "C2",
    ): "“code” must be different in every row, and another row has “C2” already; "
    "the database still holds C1",
    ("K2", "price", -1): "“price” breaks a rule of the database: price > 0; "
    "the database still holds 12.50",
    ("K3", "customer", "nobody"): "“customer” must name a row of “customers”, and there is no such "
    "row; the database still holds ada",
    ("K4", "price", 1.234): "“price” takes a number with at most 2 decimals, not “1.234”; "
    "the database still holds 12.50",
    ("K5", "stock", 999): "“stock” takes a whole number from -128 to 127, not “999”; "
    "the database still holds 1",
    ("K6", "label", "too long"): "“label” takes at most 5 characters; this text has 8; "
    "the database still holds old",
    ("K7", "day", ""): "“day” cannot be empty; the database still holds 2026-01-01",
}


@contextmanager
def _administrator(stack: Stack) -> Iterator[None]:
    """Afterwards nothing refers to the mapped table any more, so that it can be dropped."""
    root = a_new_connection_each_time(stack.endpoints.root_mysql_url)
    yield
    with root.begin() as connection:
        connection.execute(text("DROP TABLE demo_letters.parts"))


@pytest.fixture
def items(running_stack: Stack, tmp_path: Path) -> Iterator[Bridge]:
    spreadsheet = running_stack.endpoints.spreadsheet_id
    mapping = MappingEndpoint("items", TABLE, spreadsheet, "items", ["sku"], COLUMNS)
    with (
        added_mapping(running_stack, mapping, STATEMENTS, tmp_path) as bridge,
        _administrator(running_stack),
    ):
        bridge.sheet_shows({"label": "old"}, "K8")
        yield bridge


def _reasons(items: Bridge) -> list[str]:
    return [str(each["reason"]) for each in listed(items.endpoints, "dead-letters", "items")]


def _told(items: Bridge, reason: str) -> None:
    eventually(lambda: _reasons(items), lambda reasons: reason in reasons, f"{reason!r} told")


def _numbers(items: Bridge, beginning: str) -> list[str]:
    return [
        str(each["number"])
        for each in listed(items.endpoints, "dead-letters", "items")
        if each["number"] is not None and str(each["reason"]).startswith(beginning)
    ]


def test_each_cause_reaches_the_dead_letters_in_words_and_the_rest_goes_through(
    items: Bridge,
) -> None:
    for sku, column, value in CELLS:
        items.edit(f"{items.letter(column)}{items.place(sku)}", [[value]])
    for reason in CELLS.values():
        _told(items, reason)
    for sku, _, _ in CELLS:
        items.row_becomes({"label": "old", "price": Decimal("12.50"), "stock": 1}, sku=sku)

    # price and stock pasted together: the one is refused, the other goes in
    items.edit(f"{items.letter('price')}{items.place('K8')}", [[-5, 7]])
    items.row_becomes({"price": Decimal("12.50"), "stock": 7}, sku="K8")

    # a row to which others refer cannot be deleted: it comes back
    items.delete_rows(items.place("K8"))
    _told(items, "the row cannot be deleted: rows of “parts” refer to it")
    items.sheet_shows({"label": "old", "stock": 7}, "K8")

    # new rows: one goes in without the bad cell, others are no rows of the table at all
    new = items.place("K8") + 5
    items.edit(f"A{new}", [["N1", "new", 3, 4, "C3", "ada", "2026-02-02"]])
    items.row_becomes({"label": "new", "stock": 4, "code": None}, sku="N1")
    _told(
        items,
        "“code” must be different in every row, and another row has “C3” already; "
        "the database has no value there",
    )
    items.edit(f"A{new + 1}", [["too long a key", "new"]])
    _told(items, "“sku” takes at most 8 characters; this text has 14")

    # no letter is told twice
    told = listed(items.endpoints, "dead-letters", "items")
    assert len(told) == len({(each["edit"], each["reason"]) for each in told}), told
    deletes = [each for each in told if "deleted" in str(each["reason"])]
    assert len(deletes) == 1, deletes

    # the cause is mended, and the letter tried again
    items.sql("INSERT INTO demo_letters.customers VALUES ('nobody')")
    (number,) = _numbers(items, "“customer”")
    sheetbridge(items.endpoints, "dead-letters", "retry", number)
    items.row_becomes({"customer": "nobody"}, sku="K3")
    items.sheet_shows({"customer": "nobody"}, "K3")
    assert _numbers(items, "“customer”") == []

    # what is refused again is a new letter
    (number,) = _numbers(items, "“stock”")
    sheetbridge(items.endpoints, "dead-letters", "retry", number)
    eventually(
        lambda: _numbers(items, "“stock”"), lambda found: found not in ([], [number]), "told again"
    )

    # what the sheet shows still cannot be dropped; once its cell is mended the letter is settled
    assert command(items.endpoints, "dead-letters", "drop", *_numbers(items, "“stock”")).status == 1
    items.edit(f"{items.letter('stock')}{items.place('K5')}", [[9]])
    eventually(lambda: _numbers(items, "“stock”"), lambda found: found == [], "settled")
    sheetbridge(items.endpoints, "dead-letters", "drop", *_numbers(items, "“sku”"))
    assert _numbers(items, "“sku”") == []

    # a letter does not replace what was typed since, and every row that is counted is listed
    all_told = listed(items.endpoints, "dead-letters", "items", "--all")
    first = next(each for each in all_told if str(each["reason"]).startswith("“stock”"))
    again = command(items.endpoints, "dead-letters", "retry", str(first["number"]))
    assert "retried already" in again.stdout
    last = [each for each in all_told if str(each["reason"]).startswith("“stock”")][-1]
    assert last["row"] == "sku = K5: stock"
    refused = command(items.endpoints, "dead-letters", "retry", str(last["number"]))
    assert refused.status == 1
    assert "the cell holds “9” since" in refused.stderr
    told = listed(items.endpoints, "dead-letters", "items")
    assert {"sku = K1: code", "sku = N1: code"} <= {str(each["row"]) for each in told}


def test_a_lost_value_is_given_back_from_the_conflict_log(planes: Bridge, prefix: str) -> None:
    planes.sql(f"INSERT INTO demo.planes (tailnum, seats) VALUES ('{prefix}', 1)")
    planes.sheet_shows({"seats": 1}, prefix)
    with planes.no_triggers():
        planes.edit(f"{planes.letter('seats')}{planes.place(prefix)}", [[111]])
    planes.sql(f"UPDATE demo.planes SET seats = 222 WHERE tailnum = '{prefix}'")

    def logged() -> list[dict[str, object]]:
        return listed(planes.endpoints, "conflicts", "planes", "--key", prefix, "--since", "1h")

    (conflict,) = eventually(logged, lambda found: len(found) == 1, "the conflict")
    assert {conflict["loser"], conflict["winner"]} == {111, 222}
    assert (conflict["column"], conflict["key"]) == ("seats", {"tailnum": prefix})
    planes.row_becomes({"seats": conflict["winner"]}, tailnum=prefix)
    number = str(conflict["number"])
    shown = sheetbridge(planes.endpoints, "conflicts", "show", number)
    assert f"Now:      {conflict['winner']}" in shown
    assert str(conflict["rule"]) in shown

    said = sheetbridge(planes.endpoints, "conflicts", "restore", number)
    assert said == f"Now: {conflict['loser']}\n"
    planes.row_becomes({"seats": conflict["loser"]}, tailnum=prefix)
    planes.sheet_shows({"seats": conflict["loser"]}, prefix)
    latest = logged()[0]
    assert (latest["rule"], latest["loser"]) == ("restored", conflict["winner"])
    assert str(latest["winner_author"]).startswith("restored by ")


def test_a_value_of_a_row_deleted_since_brings_the_row_back(planes: Bridge, prefix: str) -> None:
    planes.sql(f"INSERT INTO demo.planes (tailnum, seats, speed) VALUES ('{prefix}', 1, 5)")
    planes.sheet_shows({"seats": 1}, prefix)
    with planes.no_triggers():
        planes.edit(f"{planes.letter('seats')}{planes.place(prefix)}", [[111]])
    planes.sql(f"UPDATE demo.planes SET seats = 222 WHERE tailnum = '{prefix}'")
    (conflict,) = eventually(
        lambda: listed(planes.endpoints, "conflicts", "planes", "--key", prefix),
        lambda found: len(found) == 1,
        "the conflict",
    )
    planes.row_becomes({"seats": conflict["winner"]}, tailnum=prefix)
    planes.sheet_shows({"seats": conflict["winner"]}, prefix)
    planes.sql(f"DELETE FROM demo.planes WHERE tailnum = '{prefix}'")
    planes.sheet_shows(None, prefix)
    sheetbridge(planes.endpoints, "conflicts", "restore", str(conflict["number"]))
    planes.row_becomes({"seats": conflict["loser"], "speed": 5}, tailnum=prefix)
    planes.sheet_shows({"seats": conflict["loser"], "speed": 5}, prefix)
