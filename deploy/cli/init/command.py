"""``sheetbridge init``: its options, the order of its questions, what it tells at the end."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Annotated

import typer

from deploy.cli.commands import as_typed
from deploy.cli.console import console
from deploy.cli.failure import CommandError
from deploy.cli.init import database, grants, questions, writing
from deploy.cli.init.asker import Asker
from deploy.cli.mapping import default_name
from deploy.cli.options import PreferOption
from deploy.cli.toml_text import MappingText
from sink.core.configuration import (
    CONNECT_VARIABLE,
    ConnectSettings,
    CredentialsKind,
    KafkaSettings,
)

app = typer.Typer(add_completion=False)

DEFAULT_KAFKA = KafkaSettings().bootstrap
DEFAULT_CONNECT = ConnectSettings().url
CONNECTOR_USER = ConnectSettings().database_user
DEFAULT_USER = "sheetbridge"


@app.command()
def init(
    *,
    database_url: Annotated[
        str | None,
        typer.Option(
            help="mysql://user@host:3306/database; the password is asked for, or "
            "mysql://user:${env:NAME}@… says where it is."
        ),
    ] = None,
    database_password: Annotated[
        str | None,
        typer.Option(
            envvar="SHEETBRIDGE_DATABASE_PASSWORD",
            help="Better given by the environment than on the command line; ${env:NAME} names "
            "another variable, to which the file will refer.",
        ),
    ] = None,
    table: Annotated[str | None, typer.Option(help="The table, as database.table.")] = None,
    credentials: Annotated[
        CredentialsKind | None, typer.Option(help="How to prove to Google who we are.")
    ] = None,
    credentials_file: Annotated[
        Path | None,
        typer.Option(
            help="service_account: the JSON key. oauth_user: the OAuth client (Desktop app)."
        ),
    ] = None,
    spreadsheet: Annotated[
        str | None, typer.Option(help="The spreadsheet's address in the browser, or its id.")
    ] = None,
    tab: Annotated[str | None, typer.Option(help="The tab; made if it is not there.")] = None,
    prefer: PreferOption = None,
    public_url: Annotated[
        str | None, typer.Option(help="The webhook's public address, if you have it already.")
    ] = None,
    kafka: Annotated[str, typer.Option(help="Kafka's bootstrap address.")] = DEFAULT_KAFKA,
    connect: Annotated[str, typer.Option(help="Kafka Connect's REST address.")] = DEFAULT_CONNECT,
    google_endpoint: Annotated[
        str | None, typer.Option(help="Another Sheets API, such as the emulator's.")
    ] = None,
    output: Annotated[Path, typer.Option("--output", "-o", help="The file to write.")] = Path(
        "sheetbridge.toml"
    ),
    no_input: Annotated[
        bool, typer.Option("--no-input", help="Ask nothing; take options and defaults.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Overwrite the file if it is there.")] = (
        False
    ),
    print_grants: Annotated[
        bool,
        typer.Option("--print-grants", help="Show the SQL that makes the MySQL users, and end."),
    ] = False,
) -> None:
    """Set up a table and a sheet of your own: asks, tests each answer, writes sheetbridge.toml.

    Examples:

        sheetbridge init

        sheetbridge init --print-grants --database-url mysql://sheetbridge@db:3306/shop

        sheetbridge init --no-input --database-url mysql://sheetbridge@db:3306/shop
        --table shop.orders --credentials service_account --credentials-file key.json
        --spreadsheet 1AbC… --tab Orders
    """
    asker = Asker(interactive=not no_input)
    if print_grants:
        _print_grants(database_url)
        return
    _may_write(output, asker, force)
    address, tables = questions.ask_database(asker, database_url, database_password)
    mapped = questions.ask_table(asker, tables, table)
    kind, file, spreadsheets = questions.ask_credentials(
        asker, credentials, credentials_file, google_endpoint, output
    )
    spreadsheet_id, opened = questions.ask_spreadsheet(asker, spreadsheets, kind, file, spreadsheet)
    chosen_tab = questions.ask_tab(asker, spreadsheets, spreadsheet_id, opened, tab, mapped)
    answers = writing.Answers(
        database=address,
        kafka=kafka,
        connect=connect,
        credentials=kind,
        credentials_file=None if file is None else _relative(file, output.parent),
        api_endpoint=google_endpoint,
        webhook_secret=secrets.token_urlsafe(32),
        public_url=public_url,
        mapping=MappingText(
            name=default_name(mapped.name),
            table=mapped.name,
            spreadsheet=spreadsheet_id,
            tab=chosen_tab,
            key=mapped.key,
            prefer=None if prefer is None else prefer.value,
        ),
    )
    writing.write(answers, output)
    _tell_next(output, public_url)


def _print_grants(url: str | None) -> None:
    address = database.parse_address(url) if url else None
    console.print(
        grants.set_up_script(
            sink_user=address.user if address else DEFAULT_USER,
            sink_password=secrets.token_urlsafe(18),
            connector_user=CONNECTOR_USER,
            connector_password=secrets.token_urlsafe(18),
            databases=[(address.database if address else None) or "your_database"],
        ),
        markup=False,
        highlight=False,
        soft_wrap=True,
    )


def _may_write(output: Path, asker: Asker, force: bool) -> None:
    if not output.exists() or force:
        return
    if not asker.confirm(f"{output} is there already. Overwrite it?", default=False):
        raise CommandError(
            f"{output} is there already", mend="--output names another file, --force overwrites."
        )


def _relative(file: Path, directory: Path) -> str:
    resolved, base = file.resolve(), directory.resolve()
    return str(resolved.relative_to(base) if resolved.is_relative_to(base) else resolved)


def _tell_next(output: Path, public_url: str | None) -> None:
    steps = [
        f"{output} is written; the secrets are in {output.parent / writing.SECRETS} "
        "(keep it out of version control).",
        "",
        "Next:",
        f"  - Give Kafka Connect's worker {CONNECT_VARIABLE}, the password of MySQL user "
        f"{CONNECTOR_USER}.",
    ]
    if public_url is None:
        steps += [
            "  - Make the webhook reachable from the Internet, and write its address into the file",
            "    ([webhook] public_url = …):  cloudflared tunnel --url http://localhost:8090",
            "    or:  ngrok http 8090",
        ]
    steps += [
        "  - In the sheet: Extensions, Apps Script: paste the files of appscript/. Reload it,",
        "    then menu Sheetbridge, Set up: give it the public address and the secret in",
        f"    {writing.SECRETS}/{writing.WEBHOOK_FILE}.",
        "  - sheetbridge register   and then   sheetbridge check",
        "  - Keep these running:  sheetbridge webhook   and   sheetbridge sink",
    ]
    console.print(as_typed("\n".join(steps)), markup=False, highlight=False, soft_wrap=True)
