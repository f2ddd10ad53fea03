"""The proof of capture, and what a refused login means at registration."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from pymysql.err import OperationalError as DriverError  # type: ignore[import-untyped]
from sqlalchemy.exc import OperationalError

from deploy.cli import register as registering
from deploy.cli.capture_proof import carries
from deploy.cli.register import explain, refuse_conditions, refuse_unfit
from sink.core.columns import Column, Table
from sink.core.configuration import DatabaseSettings, Secret
from sink.core.errors import ConfigurationError
from sink.core.mapping import Mapping
from sink.state.catalog import present
from sink.state.engine import open_engine
from tests.unit.connectors.fake_connect import configuration

SETTINGS = DatabaseSettings("db.test", "sheetbridge", Secret("${env:DB}", "hidden"))


def event(token: str) -> bytes:
    return json.dumps({"op": "c", "before": None, "after": {"id": 1, "token": token}}).encode()


def test_only_the_marker_with_our_token_is_the_proof() -> None:
    assert carries(event("ours"), "ours")
    assert not carries(event("theirs"), "ours")
    assert not carries(None, "ours")
    assert not carries(b'{"after": {"note": "ours"}}', "ours")
    assert not carries(b'["ours"]', "ours")


@pytest.mark.parametrize(
    ("number", "problem", "mend"),
    [
        (1045, "refuses user 'sheetbridge'", "${env:DB}"),
        (1044, "make the marker tables", "GRANT ALL ON `sheetbridge`.*"),
        (1290, "read-only", "writable server"),
        (2003, "does not answer: gone", "database.host"),
    ],
)
def test_a_refusal_of_mysql_is_told_with_its_mend(number: int, problem: str, mend: str) -> None:
    told = explain(OperationalError("x", None, DriverError(number, "gone")), SETTINGS)
    assert "MySQL at db.test:3306" in told.problem
    assert problem in told.problem
    assert mend in told.mend
    assert "hidden" not in str(told)


COLUMNS = {"id": Column("id", "int", "int")}


@pytest.mark.parametrize(
    ("declared", "problem"),
    [
        (Table("shop.lines", COLUMNS, ()), "shop.lines has no primary key"),
        (Table("shop.lines", COLUMNS, ("id",)), "is not the primary key of shop.lines"),
        (ConfigurationError("table shop.lines is not there", mend="Check the name"), "not there"),
    ],
)
def test_a_mapping_that_does_not_fit_its_table_is_refused_before_anything_is_registered(
    declared: Table | ConfigurationError, problem: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read(_: object, name: str) -> Table:
        if name == "shop.orders":
            return Table(name, COLUMNS, ("id",))
        if isinstance(declared, ConfigurationError):
            raise declared
        return declared

    monkeypatch.setattr(registering, "read_table", read)
    orders = Mapping("orders", "shop.orders", "S", "orders", ("id",))
    lines = Mapping("lines", "shop.lines", "S", "lines", ("number",))
    engine = open_engine(SETTINGS)
    refuse_unfit(configuration(orders), engine)
    both = replace(configuration(orders, lines), source="/etc/mine.toml")
    with pytest.raises(ConfigurationError, match=f"^/etc/mine.toml: .*{problem}"):
        refuse_unfit(both, engine)


def test_a_table_that_is_not_seen_comes_with_the_whole_grant() -> None:
    with pytest.raises(ConfigurationError) as caught:
        present("shop.lines", None, user="sheetbridge")
    assert "DELETE ON shop.lines TO 'sheetbridge'@'%';" in caught.value.mend


def test_a_condition_that_the_server_does_not_take_is_refused_once_it_can_be_tried(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    done = []

    def require(_: object, tried: Mapping) -> None:
        done.append(tried.name)
        if tried.where == "seats >> ":
            raise ConfigurationError("the server does not understand it", mend="Correct it")

    monkeypatch.setattr(registering, "make_markers", lambda *_: done.append("markers"))
    monkeypatch.setattr(registering, "require_condition", require)
    orders = Mapping("orders", "shop.orders", "S", "orders", ("id",))
    engine = open_engine(SETTINGS)
    refuse_conditions(configuration(orders), engine)
    assert done == []
    broken = replace(orders, where="seats >> ")
    with pytest.raises(ConfigurationError, match=r"^my\.toml: the server does not understand it"):
        refuse_conditions(replace(configuration(broken), source="my.toml"), engine)
    assert done == ["markers", "orders"]
