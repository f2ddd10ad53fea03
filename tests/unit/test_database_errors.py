"""Whose fault an error of MySQL is, by its number and SQLSTATE."""

from __future__ import annotations

import pytest
from pymysql import err  # type: ignore[import-untyped]
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from sink.state.database_errors import (
    OF_THE_ROW,
    PASSING,
    Fault,
    fault_of,
    may_pass,
    raise_unless_refused,
    translated,
    usable,
)
from sink.state.errors import DatabaseUnavailableError, TableUnusableError

ROW, MOMENT, TABLE = Fault.ROW, Fault.MOMENT, Fault.TABLE

VERDICTS = [
    # what a row does wrong
    (1048, "23000", "Column 'a' cannot be null", ROW),
    (1062, "23000", "Duplicate entry 'x' for key 'items.u'", ROW),
    (1118, "42000", "Row size too large (> 8126)", ROW),
    (1216, "23000", "Cannot add or update a child row", ROW),
    (1217, "23000", "Cannot delete or update a parent row", ROW),
    (1264, "22003", "Out of range value for column 'n'", ROW),
    (1265, "01000", "Data truncated for column 'e'", ROW),
    (1292, "22007", "Incorrect date value: 'x' for column 'd'", ROW),
    (1364, "HY000", "Field 'a' doesn't have a default value", ROW),
    (1366, "HY000", "Incorrect integer value: 'x' for column 'n'", ROW),
    (1369, "HY000", "CHECK OPTION failed 'shop.shown'", ROW),
    (1406, "22001", "Data too long for column 'a'", ROW),
    (1451, "23000", "Cannot delete or update a parent row", ROW),
    (1452, "23000", "Cannot add or update a child row", ROW),
    (1526, "HY000", "Table has no partition for value 7", ROW),
    (1644, "45000", "the trigger does not want it", ROW),
    (1644, "HY000", "the trigger does not want it", ROW),
    (1690, "22003", "BIGINT value is out of range in 'n + 1'", ROW),
    (1748, "HY000", "Found a row not matching the given partition set", ROW),
    (3105, "HY000", "The value specified for generated column 'g' is not allowed", ROW),
    (3140, "22032", "Invalid JSON text", ROW),
    (3819, "HY000", "Check constraint 'c' is violated.", ROW),
    (3906, "HY000", "Exceeded max total length of values per record", ROW),
    (3037, "22023", "Invalid GIS data provided to function st_geometryfromtext.", ROW),
    (4025, "23000", "CONSTRAINT `c` failed", ROW),  # MariaDB's CHECK
    (5_001, "45000", "a trigger's SIGNAL with a number of its own", ROW),
    # what may pass
    (1021, "HY000", "Disk full", MOMENT),
    (1040, "08004", "Too many connections", MOMENT),
    (1053, "08S01", "Server shutdown in progress", MOMENT),
    (1203, "42000", "User has more than 'max_user_connections' active connections", MOMENT),
    (1205, "HY000", "Lock wait timeout exceeded", MOMENT),
    (1206, "HY000", "The total number of locks exceeds the lock table size", MOMENT),
    (1213, "40001", "Deadlock found when trying to get lock", MOMENT),
    (1290, "HY000", "The MySQL server is running with the --read-only option", MOMENT),
    (1297, "HY000", "Got temporary error 1 'x' from NDB", MOMENT),
    (1615, "HY000", "Prepared statement needs to be re-prepared", MOMENT),
    (1836, "HY000", "Running in read-only mode", MOMENT),
    (2003, None, "Can't connect to MySQL server", MOMENT),
    (2013, None, "Lost connection to MySQL server during query", MOMENT),
    (3100, "HY000", "Error on observer while running replication hook", MOMENT),
    (3101, "40000", "Plugin instructed the server to rollback the transaction", MOMENT),
    (3572, "HY000", "Statement aborted because lock(s) could not be acquired", MOMENT),
    # what a person has to mend, or does right now
    (1015, "HY000", "Can't lock file (errno: 35)", TABLE),
    (1026, "HY000", "Error writing file", TABLE),
    (1030, "HY000", "Got error 28 from storage engine", TABLE),
    (1036, "HY000", "Table 'orders' is read only", TABLE),
    (1044, "42000", "Access denied for user to database 'shop'", TABLE),
    (1052, "23000", "Column 'id' in where clause is ambiguous", TABLE),
    (1054, "42S22", "Unknown column 'a' in 'field list'", TABLE),
    (1064, "42000", "You have an error in your SQL syntax", TABLE),
    (1105, "HY000", "Unknown error", TABLE),
    (1136, "21S01", "Column count doesn't match value count at row 1", TABLE),
    (1142, "42000", "UPDATE command denied to user", TABLE),
    (1146, "42S02", "Table 'shop.orders' doesn't exist", TABLE),
    (1153, "08S01", "Got a packet bigger than 'max_allowed_packet' bytes", TABLE),
    (1180, "HY000", "Got error 149 during COMMIT", TABLE),
    (1194, "HY000", "Table 'orders' is marked as crashed and should be repaired", TABLE),
    (1223, "HY000", "Can't execute the query because you have a conflicting read lock", TABLE),
    (1227, "42000", "Access denied; you need the SUPER privilege", TABLE),
    (1305, "42000", "PROCEDURE shop.count_it does not exist", TABLE),
    (1370, "42000", "execute command denied to user for routine", TABLE),
    (1419, "HY000", "You do not have the SUPER privilege and binary logging is enabled", TABLE),
    (1442, "HY000", "Can't update table 'orders' in stored function/trigger", TABLE),
    (1449, "HY000", "The user specified as a definer does not exist", TABLE),
    (1598, "HY000", "Binary logging not possible", TABLE),
    (1792, "25006", "Cannot execute statement in a READ ONLY transaction.", TABLE),
    (1881, "HY000", "Operation not allowed when innodb_force_recovery > 0.", TABLE),
    (3989, "HY000", "Schema 'shop' is in read only mode.", TABLE),
    (9_999, "HY000", "what a later version has", TABLE),
    (0, None, "what is no answer of the server", TABLE),
]


def failed(number: int, state: str | None, message: str) -> OperationalError:
    return OperationalError("UPDATE", (), err.OperationalError(number, message, sqlstate=state))


@pytest.mark.parametrize(
    ("number", "state", "message", "fault"),
    VERDICTS,
    ids=[f"{number}-{state}" for number, state, _, _ in VERDICTS],
)
def test_whose_fault_an_error_is(
    number: int, state: str | None, message: str, fault: Fault
) -> None:
    error = failed(number, state, message)
    assert fault_of(error) is fault
    assert may_pass(error) is (fault is MOMENT)
    if fault is ROW:
        raise_unless_refused(error, "shop.orders")
        return
    with pytest.raises((DBAPIError, TableUnusableError)) as caught:
        raise_unless_refused(error, "shop.orders")
    if fault is MOMENT:
        assert caught.value is error
    else:
        assert isinstance(caught.value, TableUnusableError)
        assert not caught.value.retriable
        assert str(caught.value) == (
            f"table shop.orders cannot be used: {message}. Once that is mended the mapping goes on "
            "by itself"
        )


def test_no_number_is_of_two_kinds() -> None:
    assert not PASSING & OF_THE_ROW


def test_a_row_s_fault_is_known_by_its_number_where_no_sqlstate_is_told() -> None:
    assert fault_of(failed(1062, None, "Duplicate entry")) is ROW
    assert fault_of(failed(3037, None, "Invalid GIS data")) is TABLE


def test_a_lost_connection_passes_whatever_its_number() -> None:
    assert fault_of(InterfaceError("SELECT", (), err.InterfaceError("(0, '')"))) is MOMENT
    error = failed(1062, "23000", "Duplicate entry")
    error.connection_invalidated = True
    assert fault_of(error) is MOMENT


def test_what_may_pass_is_worth_another_try_and_all_else_is_let_through() -> None:
    with pytest.raises(DatabaseUnavailableError, match="Deadlock found") as caught, translated():
        raise failed(1213, "40001", "Deadlock found")
    assert caught.value.retriable
    refused = failed(1062, "23000", "Duplicate entry")
    with pytest.raises(DBAPIError) as let_through, translated():
        raise refused
    assert let_through.value is refused


def test_a_table_that_cannot_be_read_is_told_in_words() -> None:
    with (
        pytest.raises(TableUnusableError, match="Schema 'shop' is in read only mode"),
        usable("shop.orders"),
    ):
        raise failed(3989, "HY000", "Schema 'shop' is in read only mode.")
    for other in (
        failed(2013, None, "Lost connection"),
        failed(1690, "22003", "BIGINT value is out of range in 'price * stock'"),
    ):
        with pytest.raises(DBAPIError) as let_through, usable("shop.orders"):
            raise other
        assert let_through.value is other
