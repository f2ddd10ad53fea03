"""The watch over the mapped tables' declarations."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import pytest

from sink.core.columns import Column, Table
from sink.declaration_watch import DeclarationWatch
from sink.state.errors import DatabaseUnavailableError

OLD = Table("shop.parts", {"id": Column("id", "int", "int")}, ("id",))
NEW = replace(OLD, columns={**OLD.columns, "day": Column("day", "date", "date")})


class Catalogue:
    """What stands in the server's catalogue, and what happens while it is read."""

    def __init__(self, *tables: Table) -> None:
        self.tables = {table.name: table for table in tables}
        self.meanwhile: Callable[[], object] = lambda: None

    def read(self, names: Sequence[str]) -> Mapping[str, Table]:
        found = {name: self.tables[name] for name in names if name in self.tables}
        self.meanwhile()
        return found


def test_a_table_is_as_it_was_until_a_look_shows_otherwise() -> None:
    catalogue = Catalogue(OLD)
    watch = DeclarationWatch([OLD.name], catalogue.read)
    assert watch.read(OLD.name) == OLD
    assert not watch.changed(OLD)
    catalogue.tables[OLD.name] = NEW
    assert not watch.changed(OLD)
    watch.look()
    assert watch.changed(OLD)
    assert not watch.changed(NEW)


def test_who_asks_for_a_look_has_it_at_once() -> None:
    catalogue = Catalogue(NEW)
    assert DeclarationWatch([OLD.name], catalogue.read).changed(OLD, look=True)


def test_columns_in_another_order_are_no_change() -> None:
    columns = dict(reversed(NEW.columns.items()))
    watch = DeclarationWatch([OLD.name], Catalogue(replace(NEW, columns=columns)).read)
    watch.look()
    assert not watch.changed(NEW)


def test_a_table_that_is_gone_has_changed() -> None:
    catalogue = Catalogue(OLD)
    watch = DeclarationWatch([OLD.name], catalogue.read)
    watch.look()
    del catalogue.tables[OLD.name]
    watch.look()
    assert watch.changed(OLD)
    assert watch.read(OLD.name) is None


def test_a_slow_look_says_nothing_against_a_later_one() -> None:
    catalogue = Catalogue(OLD)
    watch = DeclarationWatch([OLD.name], catalogue.read)

    def altered() -> None:
        catalogue.meanwhile = lambda: None
        catalogue.tables[OLD.name] = NEW
        watch.read(OLD.name)

    catalogue.meanwhile = altered
    watch.look()
    assert not watch.changed(NEW)


def test_a_server_that_is_away_changes_nothing() -> None:
    catalogue = Catalogue(OLD)
    watch = DeclarationWatch([OLD.name], catalogue.read)
    watch.look()

    def away() -> None:
        raise DatabaseUnavailableError("gone")

    catalogue.meanwhile = away
    with pytest.raises(DatabaseUnavailableError):
        watch.look()
    assert not watch.changed(OLD)
