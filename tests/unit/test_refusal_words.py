"""The server's errors, as MySQL 8.4 words them, in the words of the person who typed the value."""

from __future__ import annotations

import pytest

from sink.core.refusal import without_which
from sink.state.refusal_words import Cause, plain_clause

CHILD = (
    "Cannot add or update a child row: a foreign key constraint fails (`shop`.`lines`, CONSTRAINT "
    "`lines_ibfk_1` FOREIGN KEY (`order_id`) REFERENCES `orders` (`id`))"
)
PARENT = (
    "Cannot delete or update a parent row: a foreign key constraint fails (`shop`.`lines`, "
    "CONSTRAINT `lines_ibfk_1` FOREIGN KEY (`order_id`) REFERENCES `orders` (`id`))"
)


@pytest.mark.parametrize(
    ("code", "message", "columns", "words"),
    [
        (
            *(1062, "Duplicate entry 'it's' for key 'orders.name_once'", ()),
            "must be different in every row, and another row has “it's” already",
        ),
        (
            *(1062, "Duplicate entry 'ABC' for key 'orders.PRIMARY'", ()),
            "has a key that the database takes for the same as another row's",
        ),
        (3819, "Check constraint 'positive' is violated.", (), "breaks a rule of the database: "),
        (
            *(1452, CHILD, ("order_id",)),
            "must name a row of “orders”, and there is no such row",
        ),
        (1451, PARENT, (), "cannot be changed: rows of “lines” refer to it"),
        (1048, "Column 'name' cannot be null", ("name",), "cannot be empty"),
        (
            *(1364, "Field 'name' doesn't have a default value", ("name",)),
            "is missing, and the row needs it",
        ),
        (1406, "Data too long for column 'name' at row 1", ("name",), "takes a shorter text"),
        (
            *(1264, "Out of range value for column 'seats' at row 1", ("seats",)),
            "is a number that its column cannot hold: it is too large or too small",
        ),
        (
            *(1644, "closed on Sundays", ()),
            "is not taken by the database: closed on Sundays",
        ),
    ],
)
def test_each_cause_in_words(code: int, message: str, columns: tuple[str, ...], words: str) -> None:
    cause = Cause.of(code, message)
    assert cause.columns == columns
    told = cause.words("update", lambda name: None)
    assert told.startswith(words)
    assert "constraint" not in told
    assert "`" not in told


def test_a_parent_that_is_deleted_names_the_table_of_the_children() -> None:
    assert Cause.of(1451, PARENT).words("delete") == (
        "cannot be deleted: rows of “lines” refer to it"
    )


def test_a_foreign_key_whose_table_may_not_be_seen_is_told_without_its_name() -> None:
    blind = "Cannot add or update a child row: a foreign key constraint fails"
    assert "another table" in Cause.of(1216, blind).words("update")


def test_a_check_is_told_by_its_text() -> None:
    cause = Cause.of(3819, "Check constraint 'positive' is violated.")
    assert cause.words("update", {"positive": "price > 0"}.get) == (
        "breaks a rule of the database: price > 0"
    )


@pytest.mark.parametrize(
    ("stored", "plain"),
    [
        ("(`price` > 0)", "price > 0"),
        ("((`a` > 0) and (`b` < 9))", "(a > 0) and (b < 9)"),
        ("(`size` in (_utf8mb4\\'S\\',_utf8mb4\\'M\\'))", "size in ('S','M')"),
    ],
)
def test_a_check_s_text_loses_the_server_s_quotes(stored: str, plain: str) -> None:
    assert plain_clause(stored) == plain


def test_what_must_be_left_out_is_found_by_trying() -> None:
    tried: list[tuple[str, ...]] = []

    def refuses(columns: object) -> str | None:
        assert isinstance(columns, list)
        tried.append(tuple(columns))
        return "bad" if "b" in columns or {"c", "d"} <= set(columns) else None

    assert without_which(["a", "b", "c", "d"], ["a"], refuses) == {"b": "bad", "d": "bad"}
    assert all("a" in columns for columns in tried)


def test_where_not_even_the_needed_cells_are_taken_no_cell_is_to_blame() -> None:
    assert without_which(["a", "b"], ["a"], lambda columns: "bad") == {}
