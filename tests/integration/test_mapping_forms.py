"""What a mapping may say of rows, columns and directions, each on the real stack."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from deploy.cli.configuration import load
from deploy.local.connections import a_new_connection_each_time
from deploy.local.endpoints import Endpoints, MappingEndpoint
from deploy.local.stack import Stack
from sink.core.condition import HIDDEN, not_shown
from sink.core.errors import ConfigurationError
from sink.core.mapping import Mapping
from sink.state.conditions import require_condition
from sink.state.engine import open_engine
from tests.integration.added_mapping import added_mapping
from tests.integration.bridge import Bridge, eventually

pytestmark = pytest.mark.stack

CREATE = """
    CREATE TABLE {table} (
        id INT PRIMARY KEY,
        name VARCHAR(20),
        price DECIMAL(8,2),
        active TINYINT NOT NULL DEFAULT 1
    )"""
WHERE = "active = 1 AND (name IS NULL OR name NOT LIKE 'x%')"


def mapped(
    stack: Stack, directory: Path, name: str, headers: Sequence[str], key: str, settings: str
) -> AbstractContextManager[Bridge]:
    """A table of that name, mapped as the settings say; its rows are 1 to 3, 3 inactive."""
    table = f"demo_forms.{name}"
    mapping = MappingEndpoint(
        name, table, stack.endpoints.spreadsheet_id, name, [key], list(headers)
    )
    statements = [
        "DROP TABLE IF EXISTS " + table,
        CREATE.format(table=table),
        f"INSERT INTO {table} VALUES (1, 'one', 1, 1), (2, 'two', 2, 1), (3, 'three', 3, 0)",
    ]
    return added_mapping(stack, mapping, statements, directory, settings)


def reasons(bridge: Bridge) -> list[str]:
    """Why rows of the mapping are refused."""
    found = bridge.state(
        "SELECT record FROM sheetbridge.row_state JOIN sheetbridge.mapping ON mapping_id = id "
        f"WHERE name = '{bridge.mapping.name}' AND attention & 4"
    )
    return [str(record) for (record,) in found]


def shows_rows(bridge: Bridge, *keys: int) -> None:
    """The sheet comes to show the rows with these keys alone."""
    wanted = {(key,) for key in keys}
    eventually(lambda: set(bridge.sheet()), lambda found: found == wanted, "the rows shown")


def test_only_rows_that_satisfy_the_condition_are_shown(
    running_stack: Stack, tmp_path: Path
) -> None:
    name = "chosen"
    headers = ["id", "name", "price", "active"]
    with mapped(running_stack, tmp_path, name, headers, "id", f'where = "{WHERE}"\n') as chosen:
        table = chosen.mapping.table
        shows_rows(chosen, 1, 2)

        chosen.sql(f"UPDATE {table} SET active = 0 WHERE id = 1")
        chosen.sheet_shows(None, 1)
        chosen.sql(f"UPDATE {table} SET active = 1, price = 9 WHERE id IN (1, 3)")
        chosen.sheet_shows({"name": "one", "price": 9}, 1)
        chosen.sheet_shows({"name": "three", "price": 9}, 3)

        chosen.edit(f"D{chosen.place(2)}", [[0]])
        chosen.sheet_shows(None, 2)
        chosen.row_becomes({"name": "two", "active": 0}, id=2)

        chosen.edit("A20:D20", [[7, "x seven", 7, 1]])
        eventually(
            lambda: reasons(chosen),
            lambda found: any(not_shown(WHERE) in each for each in found),
            "the reason of the row that would not be shown",
        )
        assert chosen.row(id=7) is None
        chosen.edit(f"B{chosen.place(7)}", [["seven"]])
        chosen.row_becomes({"name": "seven", "price": 7}, id=7)

        chosen.edit("A30:D30", [[2, "mine", 7, 1]])
        eventually(
            lambda: reasons(chosen),
            lambda found: any(HIDDEN in each for each in found),
            "the reason of the row whose key is taken",
        )
        chosen.delete_rows(chosen.place(2))
        chosen.sql(f"UPDATE {table} SET price = 5 WHERE id = 1")
        chosen.sheet_shows({"price": 5}, 1)
        assert chosen.row(id=2) == {"id": 2, "name": "two", "price": 2, "active": 0}


def test_columns_may_have_other_names_and_be_left_out(running_stack: Stack, tmp_path: Path) -> None:
    settings = 'columns = { name = "Article", id = "id" }\n'
    with mapped(running_stack, tmp_path, "renamed", ["Article", "id"], "id", settings) as renamed:
        table = renamed.mapping.table
        renamed.sql(f"UPDATE {table} SET name = 'uno', price = 4 WHERE id = 1")
        renamed.sheet_shows({"Article": "uno"}, 1)
        assert renamed.shown(1) == {"Article": "uno", "id": 1, "row": renamed.place(1)}
        renamed.edit(f"{renamed.letter('Article')}{renamed.place(1)}", [["eins"]])
        renamed.edit_tab(renamed.mapping.tab, "A9:B9", [["nine", 9]])
        eventually(
            lambda: [renamed.state(f"SELECT name, price, active FROM {table} WHERE id = {key}")
                     for key in (1, 9)],
            lambda rows: rows == [[("eins", 4, 1)], [("nine", None, 1)]],
            "the edits in the table, whose other columns stay",
        )  # fmt: skip


@pytest.mark.parametrize("direction", ["to_sheet", "to_database"])
def test_a_mapping_may_go_one_way(running_stack: Stack, tmp_path: Path, direction: str) -> None:
    headers = ["id", "name", "price", "active"]
    settings = f'direction = "{direction}"\n'
    with mapped(running_stack, tmp_path, direction, headers, "id", settings) as one_way:
        table = one_way.mapping.table
        shows_rows(one_way, 1, 2, 3)
        place = f"B{one_way.place(1)}"
        if direction == "to_sheet":
            one_way.edit(place, [["typed"]])
            one_way.sheet_shows({"name": "one"}, 1)
            one_way.sql(f"UPDATE {table} SET name = 'said' WHERE id = 1")
            one_way.sheet_shows({"name": "said"}, 1)
        else:
            one_way.sql(f"UPDATE {table} SET name = 'said' WHERE id = 1")
            one_way.row_becomes({"name": "one"}, id=1)
            one_way.edit(place, [["typed"]])
            one_way.row_becomes({"name": "typed"}, id=1)
            one_way.sheet_shows({"name": "typed"}, 1)
        losers = one_way.state("SELECT loser FROM sheetbridge.conflict WHERE rule = 'one_way'")
        lost = "typed" if direction == "to_sheet" else "said"
        assert any(f'"{lost}"' in str(loser) for (loser,) in losers)


def test_two_mappings_may_share_a_table(running_stack: Stack, tmp_path: Path) -> None:
    headers = ["id", "name", "price", "active"]
    with mapped(running_stack, tmp_path, "shared", headers, "id", "") as first:
        table = first.mapping.table
        again = MappingEndpoint(
            "again", table, running_stack.endpoints.spreadsheet_id, "again", ["id"], headers
        )
        with added_mapping(running_stack, again, [], tmp_path, 'where = "active = 0"\n') as second:
            shows_rows(first, 1, 2, 3)
            shows_rows(second, 3)
            first.edit(f"D{first.place(1)}", [[0]])
            second.sheet_shows({"name": "one"}, 1)
            second.edit(f"B{second.place(1)}", [["both"]])
            first.sheet_shows({"name": "both"}, 1)
            second.edit(f"D{second.place(3)}", [[1]])
            second.sheet_shows(None, 3)
            first.sheet_shows({"name": "three", "active": 1}, 3)


@pytest.mark.parametrize(
    ("where", "says"),
    [
        ("active = ", "does not understand"),
        ("colour = 1", "colour"),
        ("active = 1 AND NOW() > '2020-01-01'", "may change"),
        ("active = RAND()", "may change"),
        ("id > 1 AND active", None),
        ("name LIKE '%a%' AND price BETWEEN 1 AND 2", None),
    ],
)
def test_the_server_says_whether_a_condition_can_be_used(
    stack: Endpoints, where: str, says: str | None
) -> None:
    engine = open_engine(load(Path(stack.config)).database)
    table = "demo_forms.tried"
    root = a_new_connection_each_time(stack.root_mysql_url)
    with root.begin() as administrator:
        administrator.exec_driver_sql("CREATE DATABASE IF NOT EXISTS demo_forms")
        administrator.exec_driver_sql(f"DROP TABLE IF EXISTS {table}")
        administrator.exec_driver_sql(
            f"CREATE TABLE {table} (id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(20), "
            "price DECIMAL(8,2), active TINYINT)"
        )
    tried = Mapping("tried", table, "spreadsheet", "t", ("id",), where=where)
    if says is None:
        require_condition(engine, tried)
    else:
        with pytest.raises(ConfigurationError, match=says):
            require_condition(engine, tried)
    engine.dispose()
