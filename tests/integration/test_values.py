"""Values on the real MySQL, Debezium and PyMySQL."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from deploy.local.endpoints import Endpoints
from sink.core.columns import Column
from sink.core.values.registry import codec_for
from sink.core.values.sql import quoted, read_expression
from tests.contract.golden_tables import ZERO_DATES
from tests.contract.take_golden_events import (
    GOLDEN,
    as_text,
    connect,
    connector,
    declared,
    make_database,
    read_topic,
    take_all,
)
from tests.contract.test_golden_values import samples
from tests.property.columns import FAMILIES, Case

DATABASE = "demo_values"
A_FAMILY = 12


@pytest.mark.stack("mysql", "connect")
def test_the_golden_events_are_what_the_connector_sends_today(stack: Endpoints) -> None:
    for name, taken in take_all(stack).items():
        assert as_text(taken) == (GOLDEN / f"{name}.json").read_text(), name


@pytest.mark.stack("mysql", "connect")
def test_tables_that_were_there_before_the_connector_give_the_same_values(
    stack: Endpoints,
) -> None:
    compared = 0
    for name, taken in take_all(stack, before=True).items():
        if name == ZERO_DATES.name:
            continue
        for sample in samples(name, as_text(taken)):
            if sample.column.name != "document" or not sample.told_apart:
                value = sample.codec.from_row(sample.row)
                assert sample.codec.from_debezium(sample.event) == value, sample
                compared += value is not None
    assert compared > 400


@pytest.mark.stack("mysql", "connect")
def test_any_value_written_is_read_back_and_sent_as_itself(stack: Endpoints) -> None:
    cases = {f"{family}{n}": case for family in FAMILIES for n, case in enumerate(draw(family))}
    assert len(cases) > 150
    names = ", ".join(map(quoted, cases))
    columns = ", ".join(f"{quoted(name)} {sql_type(case)}" for name, case in cases.items())
    with connect(stack.mysql_url) as database, database.cursor() as cursor:
        make_database(database, DATABASE)
        cursor.execute(f"CREATE TABLE {DATABASE}.everything (id INT PRIMARY KEY, {columns})")
        with connector(stack, database, DATABASE, ["everything"]) as prefix:
            cursor.execute(
                f"INSERT INTO {DATABASE}.everything (id, {names}) "
                f"VALUES (1, {', '.join(['%s'] * len(cases))})",
                [case.codec.to_parameter(case.value) for case in cases.values()],
            )
            ((_, event),) = read_topic(stack.kafka_bootstrap, f"{prefix}.{DATABASE}.everything", 1)
        found = declared(database, DATABASE, "everything")
        cursor.execute(
            f"SELECT {', '.join(read_expression(found[name]) for name in cases)} "
            f"FROM {DATABASE}.everything"
        )
        row = dict(zip(cases, cursor.fetchone(), strict=True))
        cursor.execute(f"DROP DATABASE {DATABASE}")
    after = json.loads(event)["after"]
    for name, case in cases.items():
        codec = codec_for(found[name], time_zone="UTC")
        assert codec.from_row(row[name]) == case.value, (found[name], row[name])
        assert codec.from_debezium(after[name]) == case.value, (found[name], after[name])


def draw(family: str) -> list[Case]:
    """The same values each time: a first few of what the property tests see."""
    drawn: list[Case] = []

    @settings(
        max_examples=A_FAMILY,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(FAMILIES[family])
    def collect(case: Case) -> None:
        drawn.append(case)

    collect()
    return drawn


def sql_type(case: Case) -> str:
    """The column's declaration in SQL; NULL is allowed."""
    column: Column = case.column
    if column.data_type in ("enum", "set"):
        members = ", ".join(
            "'" + member.replace("\\", r"\\").replace("'", "''") + "'" for member in column.members
        )
        return f"{column.data_type}({members})"
    sized = column.data_type in ("char", "varchar", "binary", "varbinary")
    declaration = f"{column.data_type}({column.length})" if sized else column.declaration
    return declaration + " UNSIGNED" * column.unsigned + " NULL"
