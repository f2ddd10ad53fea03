"""What ``sheetbridge init`` asks: each answer is tested against the real thing before the next."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from deploy.cli.failure import CommandError
from deploy.cli.init import database, google, grants, writing
from deploy.cli.init.asker import Asker
from deploy.cli.toml_text import spreadsheet_id_of
from sink.core.configuration import CredentialsKind

# The edges; tests put fakes here.
log_in: Callable[[database.Address], AbstractContextManager[database.Server]] = database.Login
open_google: Callable[[CredentialsKind, Path | None, str | None], google.Spreadsheets] = (
    google.GoogleSpreadsheets
)
sign_in: Callable[[Path, Path], None] = google.sign_in_as_user


def ask_database(
    asker: Asker, url: str | None, password: str | None
) -> tuple[database.Address, list[database.Table]]:
    """A login that works, and the tables it sees. A password not given is asked for.

    ``password`` and the one in ``url`` may be ``${env:NAME}``.
    """
    if url is not None and database.shows_password(url):
        asker.warn(
            "the password in --database-url shows in the list of processes and in the shell's "
            "history. Leave it away to be asked for it, or write ${env:NAME} in its place."
        )
    asker.say("1. The database. Sheetbridge logs in as a user of its own; an administrator makes")
    asker.say("   it with the SQL that sheetbridge init --print-grants shows.")

    def test(answer: str) -> tuple[database.Address, list[database.Table]]:
        address = database.parse_address(answer)
        known = password if password is not None else address.password
        address = address.with_password(
            known or asker.text("   Password", option="--database-password", hidden=True)
        )
        with log_in(address) as server:
            return address, _examine(asker, server, address)

    return asker.until_good("   URL", test, option="--database-url", given=url)


def _examine(
    asker: Asker, server: database.Server, address: database.Address
) -> list[database.Table]:
    version, findings = database.judge(server)
    missing = database.missing_privileges(server, grants.SINK_GLOBAL)
    if missing:
        findings.append(
            database.Finding(
                f"user {address.user!r} lacks {', '.join(missing)}",
                "As an administrator:\n"
                + "\n".join(
                    grants.sink_grants(address.user, [address.database or "your_database"])
                ),
            )
        )
    fatal = [finding for finding in findings if finding.fatal]
    if fatal:
        raise CommandError(
            "; ".join(finding.problem for finding in fatal),
            mend="\n".join(finding.mend for finding in fatal),
        )
    asker.say(f"   MySQL {version} will do.")
    for finding in findings:
        asker.say(f"   Note: {finding.problem}. {finding.mend}")
    return database.list_tables(server, address.database)


def ask_table(asker: Asker, tables: list[database.Table], given: str | None) -> database.Table:
    """The table to map: one of ``tables`` that has a primary key."""
    asker.say()
    asker.say("2. The table.")
    keyed = {table.name: table for table in tables if table.key}
    keyless = {table.name for table in tables if not table.key}
    if not keyed:
        raise CommandError(
            "that login sees no table with a primary key",
            mend="Name a database in the URL, add a primary key, or grant SELECT on the table.",
        )
    if keyless:
        asker.say(f"   Without primary key, so not for choice: {', '.join(sorted(keyless))}")
    if given in keyless:
        raise CommandError(
            f"{given} has no primary key, so its rows cannot be told apart",
            mend=f"ALTER TABLE {given} ADD PRIMARY KEY (…);",
        )
    default = next(iter(keyed)) if len(keyed) == 1 else None
    return keyed[
        asker.choice("   Table", list(keyed), option="--table", given=given, default=default)
    ]


def ask_credentials(
    asker: Asker,
    kind: CredentialsKind | None,
    file: Path | None,
    endpoint: str | None,
    output: Path,
) -> tuple[CredentialsKind, Path | None, google.Spreadsheets]:
    """The kind of credentials, their file, and a Sheets API that takes them."""
    asker.say()
    asker.say("3. Google. service_account: a robot's JSON key. application_default: this machine's")
    asker.say("   own (gcloud). oauth_user: you sign in with the browser.")
    chosen = CredentialsKind(
        asker.choice(
            "   Credentials",
            [each.value for each in CredentialsKind],
            option="--credentials",
            given=None if kind is None else kind.value,
            default=CredentialsKind.SERVICE_ACCOUNT.value,
        )
    )

    def test(answer: str) -> tuple[Path | None, google.Spreadsheets]:
        path = Path(answer).expanduser() if answer else None
        if path is not None and chosen is CredentialsKind.OAUTH_USER:
            token = output.parent / writing.SECRETS / "google-token.json"
            sign_in(path, token)
            path = token
        google.share_address(chosen, path)  # raises for a file that is no key
        return path, open_google(chosen, path, endpoint)

    if chosen is CredentialsKind.APPLICATION_DEFAULT:
        return chosen, *test("")
    question = (
        "   Its JSON key file"
        if chosen is CredentialsKind.SERVICE_ACCOUNT
        else "   The OAuth client's JSON file (type Desktop app)"
    )
    given = None if file is None else str(file)
    return chosen, *asker.until_good(question, test, option="--credentials-file", given=given)


def ask_spreadsheet(
    asker: Asker,
    spreadsheets: google.Spreadsheets,
    kind: CredentialsKind,
    file: Path | None,
    given: str | None,
) -> tuple[str, google.Opened]:
    """The spreadsheet's id, and what is in it, once the credentials may open and edit it."""
    asker.say()
    asker.say("4. The spreadsheet. Make one, or take one that you have.")
    who = google.share_address(kind, file)
    if who:
        asker.say(f"   Share it now (button Share, as Editor) with {who}")

    def test(answer: str) -> tuple[str, google.Opened]:
        spreadsheet_id = spreadsheet_id_of(answer)
        found = spreadsheets.open(spreadsheet_id)
        if not spreadsheets.may_edit(spreadsheet_id):
            account = who or "the account of these credentials"
            raise CommandError(
                f"these credentials may read spreadsheet {spreadsheet_id!r}, but not edit it",
                mend=f"In the sheet: Share, and make {account} an Editor.",
            )
        return spreadsheet_id, found

    spreadsheet_id, opened = asker.until_good(
        "   Its address or id", test, option="--spreadsheet", given=given
    )
    asker.say(f"   Opened: {opened.title}")
    return spreadsheet_id, opened


def ask_tab(
    asker: Asker,
    spreadsheets: google.Spreadsheets,
    spreadsheet_id: str,
    opened: google.Opened,
    given: str | None,
    table: database.Table,
) -> str:
    """The tab's name; the tab is made where it is not there."""
    asker.say(f"   Its tabs: {', '.join(opened.tabs)}")
    own_name = table.name.rpartition(".")[2]
    tab = asker.text(
        "   Tab (made if it is not there)", option="--tab", given=given, default=own_name
    )
    if tab not in opened.tabs:
        spreadsheets.add_tab(spreadsheet_id, tab)
        asker.say(f"   Tab {tab} made.")
    return tab
