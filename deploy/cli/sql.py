"""``sheetbridge sql``: a statement on the local stack, as an application would run it."""

from __future__ import annotations

import re
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table
from sqlalchemy import create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from deploy.cli.console import console
from deploy.cli.failure import CommandError
from deploy.cli.options import DEFAULT_DIRECTORY, DirectoryOption
from deploy.local.endpoints import Endpoints
from sink.core.counted import counted

app = typer.Typer(add_completion=False)

_REFUSED = frozenset({1044, 1045, 1142, 1143, 1227})
_NO_ANSWER = range(2000, 3000)
"""The client's own errors: no server, or a connection that broke
(https://dev.mysql.com/doc/mysql-errors/9.7/en/client-error-reference.html)."""

_FIRST_WORD = re.compile(
    r"\A(?:\s|\(|/\*(?:(?!\*/).)*\*/|(?:--(?=\s)|#)[^\n]*\n)*([A-Za-z]+)", re.DOTALL
)
"""The word that says what a statement does, behind comments."""

_CHANGES_ROWS = frozenset({"INSERT", "UPDATE", "DELETE", "REPLACE", "LOAD", "WITH"})


@app.command()
def sql(
    statement: Annotated[str, typer.Argument(help="One SQL statement, in quotes.")],
    root: Annotated[
        bool, typer.Option("--root", help="As the administrator, to make databases or grants.")
    ] = False,
    directory: DirectoryOption = DEFAULT_DIRECTORY,
) -> None:
    """Run SQL on the local stack's MySQL, to see a change made there arrive in the sheet.

    It logs in as user app, an application that knows nothing of Sheetbridge; any other client may
    do the same with mysql_url in .sheetbridge/endpoints.json.

    Examples:

        sheetbridge sql "UPDATE demo.planes SET seats = 100 WHERE tailnum = 'N10156'"

        sheetbridge sql --root "GRANT SELECT ON shop.* TO 'reader'@'%'"
    """
    try:
        endpoints = Endpoints.load(directory / "endpoints.json")
    except FileNotFoundError:
        raise CommandError(
            f"no stack runs from {directory}", mend="Start one: sheetbridge up"
        ) from None
    engine = create_engine(
        endpoints.root_mysql_url if root else endpoints.mysql_url,
        poolclass=NullPool,
        connect_args={"connect_timeout": 5},
    )
    try:
        with engine.begin() as connection:
            result = connection.exec_driver_sql(statement.replace("%", "%%"))
            if result.returns_rows:
                console.print(_table(list(result.keys()), [tuple(row) for row in result]))
            else:
                console.print(outcome(statement, result.rowcount), highlight=False)
    except DBAPIError as error:
        raise explain(error, root=root) from error


def outcome(statement: str, rows: int) -> str:
    """What a statement without a result has done; ``rows`` is how many MySQL says it changed."""
    found = _FIRST_WORD.search(statement)
    changes_rows = found is not None and found[1].upper() in _CHANGES_ROWS
    return f"{counted(rows, 'rows')} changed." if changes_rows or rows > 0 else "Done."


def explain(error: DBAPIError, *, root: bool) -> CommandError:
    """What MySQL had against the statement, or that it does not answer."""
    details = error.orig.args if error.orig is not None else ()
    number, message = (*details, None, None)[:2]
    if not isinstance(number, int) or number in _NO_ANSWER:
        return CommandError(
            f"MySQL does not answer: {message or error}",
            mend="Is the stack up?  sheetbridge status",
        )
    mend = "Correct the statement."
    if number in _REFUSED and not root:
        mend = "Run it as the administrator: --root"
    return CommandError(f"MySQL refuses it: {message or error}", mend=mend)


def _table(headers: list[str], rows: list[tuple[object, ...]]) -> Table:
    table = Table(header_style="bold")
    for header in headers:
        table.add_column(escape(header), overflow="fold")
    for row in rows:
        table.add_row(*("NULL" if cell is None else escape(str(cell)) for cell in row))
    return table
