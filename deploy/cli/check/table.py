"""Area *table*: one mapped table, from its declaration and a few quick looks into it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

from deploy.cli.check.finding import Finding, ok, problem, unknown, warning
from deploy.cli.check.mysql_server import QueryRefusedError, Server
from sink.core.chosen_columns import (
    chosen_columns,
    columns_passed_over,
    needs_a_value,
    told_passed_over,
)
from sink.core.columns import Table
from sink.core.errors import ConfigurationError
from sink.core.mapping import Mapping
from sink.core.policies import rules_of
from sink.core.values.registry import codec_for

MOST_CELLS = 10_000_000
"""Cells in a spreadsheet (https://support.google.com/drive/answer/37603)."""

CASCADES_LOGGED = (9, 6)
"""From here on the binlog shows rows that a foreign key's cascade changes."""

ReadTable = Callable[[str], Table]
"""Declaration of ``database.table``; raises ConfigurationError where there is none."""


def check_table(
    mapping: Mapping, server: Server, read_table: ReadTable, release: tuple[int, ...]
) -> Iterator[Finding]:
    """Every finding about the table of ``mapping``; a missing table ends it."""
    kind = table_kind(mapping, server)
    if kind is None:
        yield problem(
            f"There is no table {mapping.table}, or our user may not see it.",
            "Correct the mapping's table (case counts), or grant the user access.",
        )
        return
    if kind[0] != "BASE TABLE":
        yield problem(
            f"{mapping.table} is a view: its changes are not in the binlog.",
            "Map the table behind it.",
        )
        return
    if kind[1].upper() != "INNODB":
        yield problem(
            f"{mapping.table} is a {kind[1]} table, so our writes could not be taken back "
            "when one fails.",
            f"ALTER TABLE {mapping.table} ENGINE=InnoDB;",
        )
    table = read_table(mapping.table)
    yield from check_key(mapping, table)
    yield from check_columns(mapping, table)
    yield from check_policies(mapping)
    yield from check_zero_dates(mapping, table, server)
    yield from check_cascades(mapping, server, release)
    yield check_size(mapping, table, server, kind[2])


def table_kind(mapping: Mapping, server: Server) -> tuple[str, str, int] | None:
    """Type, storage engine and the estimated number of rows; None where there is no such table."""
    rows = server.rows(
        "SELECT TABLE_TYPE, ENGINE, TABLE_ROWS FROM information_schema.TABLES "
        "WHERE TABLE_SCHEMA = %s AND BINARY TABLE_NAME = %s",
        (mapping.database, mapping.table_name),
    )
    if not rows:
        return None
    kind, engine, estimate = rows[0]
    return str(kind), str(engine), int(str(estimate or 0))


def check_key(mapping: Mapping, table: Table) -> Iterator[Finding]:
    """The table has a primary key, and the mapping's key is just that."""
    if not table.primary_key:
        yield problem(
            f"{mapping.table} has no primary key, so its rows cannot be told apart.",
            f"ALTER TABLE {mapping.table} ADD PRIMARY KEY (…);",
        )
    elif table.primary_key != mapping.key:
        wanted = ", ".join(f'"{column}"' for column in table.primary_key)
        yield problem(
            f"The key of mapping {mapping.name!r} is not the table's primary key.",
            f"Write key = [{wanted}]",
        )
    else:
        yield ok(f"{mapping.table}: primary key {', '.join(mapping.key)}")


def check_columns(mapping: Mapping, table: Table) -> Iterator[Finding]:
    """Every mapped column is there and of a type that a cell can hold."""
    mapped = chosen_columns(mapping, table)
    bad = False
    for name in mapped:
        column = table.columns.get(name)
        if column is None:
            bad = True
            yield problem(
                f"{mapping.table} has no column {name!r}.",
                f"Its columns are {', '.join(table.columns)}.",
            )
            continue
        try:
            codec_for(column, time_zone=mapping.time_zone)
        except ConfigurationError as error:
            bad = True
            yield problem(f"{mapping.table}: {error.problem}.", error.mend)
    if not bad:
        yield ok(f"{len(mapped)} columns, all of types that a cell can hold")
    passed_over = columns_passed_over(mapping, table)
    if passed_over:
        yield warning(
            f"{mapping.table}: {told_passed_over(passed_over)}.",
            "Nothing need be done. To be warned no more, name the other columns: "
            f"columns = {json.dumps(mapped, ensure_ascii=False)}",
        )
    yield from check_required(mapping, table)


def check_required(mapping: Mapping, table: Table) -> Iterator[Finding]:
    """A column that must be given but is not mapped makes every new row of the sheet fail."""
    mapped = chosen_columns(mapping, table)
    left_out = [
        column.name
        for column in table.columns.values()
        if column.name not in mapped and needs_a_value(column)
    ]
    if left_out:
        yield warning(
            f"{', '.join(left_out)} must have a value and is not mapped, so no row can be added "
            "in the sheet.",
            "Map it, or give it a default.",
        )


def check_policies(mapping: Mapping) -> Iterator[Finding]:
    """A policy function of the user's own can be imported; whether it is right shows in use."""
    try:
        rules_of(mapping)
    except ConfigurationError as error:
        yield problem(f"{error.problem[0].upper()}{error.problem[1:]}.", f"{error.mend}.")


def check_zero_dates(mapping: Mapping, table: Table, server: Server) -> Iterator[Finding]:
    """Zero dates (0000-00-00, 2004-00-00) are no dates to Debezium, which sends others instead."""
    mapped = mapping.columns or table.columns
    days = [
        column.name
        for column in table.columns.values()
        if column.name in mapped and column.data_type in {"date", "datetime"}
    ]
    for name in days:
        column = f"`{name.replace('`', '``')}`"
        place = ".".join(f"`{part.replace('`', '``')}`" for part in mapping.table.split(".", 1))
        try:
            found = server.rows(
                # Text of a declared name, quoted above; looking is bounded to two seconds.
                f"SELECT /*+ MAX_EXECUTION_TIME(2000) */ 1 FROM {place} "
                f"WHERE DAYOFMONTH({column}) = 0 OR MONTH({column}) = 0 LIMIT 1"
            )
        except QueryRefusedError as error:
            yield unknown(f"{mapping.table}.{name} was not searched for zero dates: {error}")
            continue
        if found:
            yield problem(
                f"{mapping.table}.{name} has zero dates, which Debezium cannot carry.",
                f"UPDATE {mapping.table} SET {name} = NULL WHERE DAYOFMONTH({name}) = 0 OR "
                f"MONTH({name}) = 0; and set sql_mode with NO_ZERO_DATE and NO_ZERO_IN_DATE.",
            )


def check_cascades(mapping: Mapping, server: Server, release: tuple[int, ...]) -> Iterator[Finding]:
    """Rows that a foreign key's cascade changes are not in an older server's binlog."""
    if release >= CASCADES_LOGGED:
        return
    rows = server.rows(
        "SELECT CONSTRAINT_NAME FROM information_schema.REFERENTIAL_CONSTRAINTS "
        "WHERE CONSTRAINT_SCHEMA = %s AND TABLE_NAME = %s "
        "AND (DELETE_RULE IN ('CASCADE', 'SET NULL') OR UPDATE_RULE IN ('CASCADE', 'SET NULL'))",
        (mapping.database, mapping.table_name),
    )
    for (name,) in rows:
        yield warning(
            f"{mapping.table} is changed by the cascade of foreign key {name}, and this MySQL does "
            "not write that to its binlog.",
            "Such changes come with the reconciler, not at once.",
        )


def check_size(mapping: Mapping, table: Table, server: Server, estimate: int) -> Finding:
    """Google's limit of cells.

    Rows are counted, which is bounded to two seconds; beyond that InnoDB's ``estimate`` must do,
    which may be off by half and a day old.
    """
    place = ".".join(f"`{part.replace('`', '``')}`" for part in mapping.table.split(".", 1))
    try:
        # Text of a declared name, quoted above.
        where = "" if mapping.where is None else f" WHERE ({mapping.where.replace('%', '%%')})"
        counted = f"SELECT /*+ MAX_EXECUTION_TIME(2000) */ COUNT(*) FROM {place}{where}"
        ((number,),) = server.rows(counted)
        rows, said = int(str(number)), f"{int(str(number)):,}"
    except QueryRefusedError:
        rows, said = estimate, f"about {estimate:,}"
    columns = len(chosen_columns(mapping, table))
    cells = rows * columns
    if cells > MOST_CELLS:
        return problem(
            f"{mapping.table} has {said} rows: {cells:,} cells, and a spreadsheet "
            f"holds {MOST_CELLS:,}.",
            "Map fewer columns, or show fewer rows (where).",
        )
    return ok(f"{said} rows of {columns} cells")
