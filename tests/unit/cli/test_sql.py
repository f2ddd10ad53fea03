"""What ``sheetbridge sql`` says of a statement that MySQL took, or refused, or did not hear."""

from __future__ import annotations

import pytest
from pymysql.err import OperationalError as DriverError  # type: ignore[import-untyped]
from sqlalchemy.exc import OperationalError

from deploy.cli.sql import explain, outcome


@pytest.mark.parametrize(
    ("statement", "rows", "says"),
    [
        ("UPDATE demo.planes SET seats = 1", 3322, "3,322 rows changed."),
        ("update demo.planes set seats = 1", 0, "0 rows changed."),
        ("/* mine */ DELETE FROM demo.planes LIMIT 1", 1, "1 row changed."),
        ("-- mine\n  INSERT INTO t VALUES (1)", 1, "1 row changed."),
        ("--\nDELETE FROM t WHERE 1=0", 0, "0 rows changed."),
        ("/**/" * 40 + "1", 0, "Done."),
        ("ALTER TABLE demo.planes ADD colour TEXT", 0, "Done."),
        ("CREATE TABLE copy AS SELECT * FROM demo.planes", 3322, "3,322 rows changed."),
        ("SET @x = 1", 0, "Done."),
    ],
)
def test_only_a_statement_about_rows_counts_them(statement: str, rows: int, says: str) -> None:
    assert outcome(statement, rows) == says


@pytest.mark.parametrize(
    ("number", "root", "problem", "mend"),
    [
        (1064, False, "refuses it: said so", "Correct the statement."),
        (1060, True, "refuses it: said so", "Correct the statement."),
        (1142, False, "refuses it: said so", "Run it as the administrator: --root"),
        (1142, True, "refuses it: said so", "Correct the statement."),
        (2003, False, "does not answer: said so", "Is the stack up?  sheetbridge status"),
        (2013, True, "does not answer: said so", "Is the stack up?  sheetbridge status"),
    ],
)
def test_a_refusal_is_told_from_a_server_that_does_not_answer(
    number: int, root: bool, problem: str, mend: str
) -> None:
    told = explain(OperationalError("x", None, DriverError(number, "said so")), root=root)
    assert (told.problem, told.mend) == (f"MySQL {problem}", mend)
