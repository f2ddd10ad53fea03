"""``sheetbridge init`` with fakes in the places of MySQL and Google."""

from __future__ import annotations

import json
import stat
import tomllib
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from deploy.cli import main
from deploy.cli.configuration import load
from deploy.cli.failure import CommandError
from deploy.cli.init import database, google, questions
from sink.core.configuration import CredentialsKind

runner = CliRunner()
GOOD = {
    "log_bin": "ON",
    "gtid_mode": "ON",
    "binlog_format": "ROW",
    "binlog_row_image": "FULL",
}
APPLIER = "GRANT REPLICATION CLIENT,REPLICATION_APPLIER ON *.* TO `sheetbridge`@`%`"
TABLES = [
    ("shop", "lines", "order_id"),
    ("shop", "lines", "line"),
    ("shop", "log", None),
    ("shop", "orders", "id"),
    ("mysql", "user", "Host"),
]


class FakeServer:
    """Answers the statements that ``init`` asks, from tables a test can change."""

    def __init__(self) -> None:
        self.version = "9.7.4"
        self.variables = dict(GOOD)
        self.grants = ["GRANT USAGE ON *.* TO `sheetbridge`@`%`", APPLIER]
        self.tables: list[tuple[str, str, str | None]] = list(TABLES)
        self.logins: list[database.Address] = []
        self.password = "s3cret"

    def log_in(self, address: database.Address) -> nullcontext[FakeServer]:
        self.logins.append(address)
        if address.password != self.password:
            raise CommandError("MySQL refuses user", mend="Make the user.")
        return nullcontext(self)

    def rows(self, statement: str, parameters: Sequence[str] = ()) -> Sequence[database.Row]:
        if statement == "SELECT VERSION()":
            return [(self.version,)]
        if statement.startswith("SHOW GLOBAL VARIABLES"):
            return [(name, self.variables[name]) for name in parameters]
        if statement == "SHOW GRANTS":
            return [(grant,) for grant in self.grants]
        assert "information_schema.TABLES" in statement
        return self.tables


class FakeGoogle:
    """One spreadsheet, ``1AbC``, with one tab."""

    def __init__(self) -> None:
        self.tabs = ["Sheet1"]
        self.shared_as_editor = True
        self.opened_as: list[tuple[CredentialsKind, Path | None, str | None]] = []

    def connect(
        self, kind: CredentialsKind, file: Path | None, endpoint: str | None
    ) -> google.Spreadsheets:
        self.opened_as.append((kind, file, endpoint))
        return self

    def open(self, spreadsheet_id: str) -> google.Opened:
        if spreadsheet_id != "1AbC":
            raise CommandError("Google knows no such spreadsheet", mend="Copy its address.")
        return google.Opened("Shop", tuple(self.tabs))

    def may_edit(self, spreadsheet_id: str) -> bool:
        return self.shared_as_editor

    def add_tab(self, spreadsheet_id: str, title: str) -> None:
        self.tabs.append(title)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> FakeServer:
    fake = FakeServer()
    monkeypatch.setattr(questions, "log_in", fake.log_in)
    return fake


@pytest.fixture
def sheets(monkeypatch: pytest.MonkeyPatch) -> FakeGoogle:
    fake = FakeGoogle()
    monkeypatch.setattr(questions, "open_google", fake.connect)
    return fake


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.delenv("SHEETBRIDGE_DATABASE_PASSWORD", raising=False)
    key = {"type": "service_account", "client_email": "robot@project.iam.gserviceaccount.com"}
    (tmp_path / "key.json").write_text(json.dumps(key))
    return tmp_path


OPTIONS = {
    "--database-url": "mysql://sheetbridge@db.example.com/shop",
    "--database-password": "s3cret",
    "--table": "shop.orders",
    "--credentials": "service_account",
    "--credentials-file": "key.json",
    "--spreadsheet": "https://docs.google.com/spreadsheets/d/1AbC/edit",
    "--tab": "Orders",
}


def _init(*more: str, without: str | None = None, **changed: str) -> Result:
    given = OPTIONS | {f"--{name.replace('_', '-')}": value for name, value in changed.items()}
    given.pop(without or "", None)
    words = [word for pair in given.items() for word in pair]
    return runner.invoke(main.app, ["init", "--no-input", *words, *more])


def _problem(result: Result) -> str:
    assert result.exit_code != 0, result.output
    assert isinstance(result.exception, CommandError), result.exception
    return str(result.exception)


@pytest.mark.usefixtures("server")
def test_options_alone_make_a_configuration_of_a_dozen_lines(
    folder: Path, sheets: FakeGoogle
) -> None:
    result = _init()
    assert result.exit_code == 0, result.output
    text = (folder / "sheetbridge.toml").read_text()
    settings = [line for line in text.splitlines() if "=" in line]
    assert len(settings) <= 10
    assert tomllib.loads(text) == {
        "database": {
            "host": "db.example.com",
            "user": "sheetbridge",
            "password": "${file:sheetbridge.secrets/database-password}",
        },
        "google": {"credentials_file": "key.json"},
        "webhook": {"secrets": ["${file:sheetbridge.secrets/webhook-secret}"]},
        "mapping": [
            {
                "name": "orders",
                "table": "shop.orders",
                "spreadsheet": "1AbC",
                "tab": "Orders",
                "key": ["id"],
            }
        ],
    }
    assert sheets.tabs == ["Sheet1", "Orders"]
    for step in ("sheetbridge register", "sheetbridge check", "cloudflared", "ngrok"):
        assert step in result.output


@pytest.mark.usefixtures("server", "sheets")
def test_what_differs_from_the_defaults_is_written_and_the_file_can_be_read(folder: Path) -> None:
    elsewhere = {
        "database_url": "mysql://bridge@db.example.com:3307/shop",
        "kafka": "kafka:9092",
        "connect": "http://connect:8083",
        "google_endpoint": "http://127.0.0.1:8095",
        "public_url": "https://hooks.example.com",
    }
    for given in ({}, elsewhere):
        assert _init("--force", **given).exit_code == 0
        configuration = load(folder / "sheetbridge.toml")
    assert (configuration.database.port, configuration.database.user) == (3307, "bridge")
    assert configuration.kafka.bootstrap == "kafka:9092"
    assert configuration.connect.url == "http://connect:8083"
    assert configuration.google.api_endpoint == "http://127.0.0.1:8095"
    assert configuration.webhook.public_url == "https://hooks.example.com"


@pytest.mark.usefixtures("server", "folder")
def test_an_account_that_may_only_read_is_refused_before_anything_is_written(
    folder: Path, sheets: FakeGoogle
) -> None:
    sheets.shared_as_editor = False
    problem = _problem(_init())
    assert "may read spreadsheet '1AbC', but not edit it" in problem
    assert "make robot@project.iam.gserviceaccount.com an Editor" in problem
    assert sheets.tabs == ["Sheet1"]
    assert not (folder / "sheetbridge.toml").exists()


@pytest.mark.usefixtures("server", "sheets", "folder")
def test_a_password_in_the_url_is_warned_of() -> None:
    url = "mysql://sheetbridge:s3cret@db.example.com/shop"
    result = _init(without="--database-password", database_url=url)
    assert result.exit_code == 0, result.exception
    assert "shows in the list of processes" in result.stderr
    assert "${env:NAME}" in result.stderr
    assert "s3cret" not in result.output
    assert "list of processes" not in _init("--force").stderr


@pytest.mark.usefixtures("server", "sheets")
@pytest.mark.parametrize("place", ["url", "option"])
def test_a_password_in_a_variable_stays_there(
    folder: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    monkeypatch.setenv("SHOP_PASSWORD", "s3cret")
    if place == "url":
        url = "mysql://sheetbridge:${env:SHOP_PASSWORD}@db.example.com/shop"
        result = _init(without="--database-password", database_url=url)
    else:
        result = _init(database_password="${env:SHOP_PASSWORD}")
    assert result.exit_code == 0, result.exception
    assert "list of processes" not in result.stderr
    database = tomllib.loads((folder / "sheetbridge.toml").read_text())["database"]
    assert database["password"] == "${env:SHOP_PASSWORD}"
    assert not (folder / "sheetbridge.secrets/database-password").exists()


@pytest.mark.usefixtures("server", "sheets", "folder")
def test_a_variable_that_is_not_set_is_named() -> None:
    assert "export NOWHERE=…" in _problem(_init(database_password="${env:NOWHERE}"))


@pytest.mark.usefixtures("server", "sheets")
def test_secrets_stand_only_in_files_of_their_owner(folder: Path) -> None:
    result = _init()
    secrets = folder / "sheetbridge.secrets"
    webhook_secret = (secrets / "webhook-secret").read_text()
    assert (secrets / "database-password").read_text() == "s3cret"
    assert len(webhook_secret) >= 32
    for file in secrets.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(secrets.stat().st_mode) == 0o700
    for secret in ("s3cret", webhook_secret):
        assert secret not in (folder / "sheetbridge.toml").read_text()
        assert secret not in result.output


@pytest.mark.usefixtures("server", "sheets")
def test_an_existing_file_is_overwritten_only_when_asked(folder: Path) -> None:
    file = folder / "sheetbridge.toml"
    file.write_text("mine")
    assert "--force" in _problem(_init())
    assert file.read_text() == "mine"
    assert _init("--force").exit_code == 0
    assert file.read_text() != "mine"


@pytest.mark.usefixtures("server", "sheets", "folder")
@pytest.mark.parametrize(
    "option", ["--database-url", "--table", "--credentials-file", "--spreadsheet"]
)
def test_without_input_a_missing_option_is_named(option: str) -> None:
    assert f"{option} is missing" in _problem(_init(without=option))


@pytest.mark.usefixtures("sheets", "folder")
@pytest.mark.parametrize(
    ("variable", "value", "mend"),
    [
        ("gtid_mode", "OFF", "SET GLOBAL gtid_mode=ON"),
        ("log_bin", "OFF", "--log-bin"),
        ("binlog_format", "MIXED", "SET PERSIST binlog_format=ROW"),
        ("binlog_row_image", "MINIMAL", "SET PERSIST binlog_row_image=FULL"),
    ],
)
def test_a_server_set_otherwise_is_refused_with_the_statement_that_mends_it(
    server: FakeServer, variable: str, value: str, mend: str
) -> None:
    server.variables[variable] = value
    problem = _problem(_init())
    assert mend in problem
    assert problem.count("SET ") <= 5


@pytest.mark.usefixtures("sheets", "folder")
@pytest.mark.parametrize("version", ["10.11.6-MariaDB-0+deb12u1", "5.7.44-log"])
def test_other_servers_are_refused(server: FakeServer, version: str) -> None:
    server.version = version
    assert "MySQL 8.4 or 9.7" in _problem(_init())


@pytest.mark.usefixtures("sheets", "folder")
def test_mysql_8_0_is_a_warning(server: FakeServer) -> None:
    server.version = "8.0.44"
    assert _init().exit_code == 0


@pytest.mark.usefixtures("sheets", "folder")
def test_a_missing_privilege_is_shown_as_the_grant_to_copy(server: FakeServer) -> None:
    server.grants = ["GRANT REPLICATION CLIENT ON *.* TO `sheetbridge`@`%`"]
    problem = _problem(_init())
    assert "lacks REPLICATION_APPLIER" in problem
    assert "GRANT REPLICATION_APPLIER ON *.* TO 'sheetbridge'@'%';" in problem
    server.grants = ["GRANT ALL PRIVILEGES ON *.* TO `sheetbridge`@`%`"]
    assert _init().exit_code == 0


@pytest.mark.usefixtures("server", "sheets", "folder")
def test_a_table_without_primary_key_is_refused() -> None:
    assert "has no primary key" in _problem(_init(table="shop.log"))


@pytest.mark.usefixtures("server", "sheets")
def test_a_composite_key_is_written_in_key_order(folder: Path) -> None:
    assert _init(table="shop.lines").exit_code == 0
    mapping = tomllib.loads((folder / "sheetbridge.toml").read_text())["mapping"][0]
    assert mapping["key"] == ["order_id", "line"]


@pytest.mark.usefixtures("sheets", "folder")
def test_only_tables_of_users_are_offered(server: FakeServer) -> None:
    names = [table.name for table in database.list_tables(server)]
    assert names == ["shop.lines", "shop.log", "shop.orders"]


@pytest.mark.usefixtures("server")
def test_a_person_is_asked_again_after_a_wrong_answer(folder: Path, sheets: FakeGoogle) -> None:
    answers = [
        "postgres://x@y/z",  # not MySQL
        "mysql://sheetbridge@db/shop",
        "wrong",
        "mysql://sheetbridge@db/shop",
        "s3cret",
        "9",  # no such table
        "2",
        "1",
        "no-such.json",
        "key.json",
        "unknown",
        "1AbC",
        "",
    ]
    result = runner.invoke(main.app, ["init"], input="\n".join(answers) + "\n")
    assert result.exit_code == 0, result.output
    mapping = tomllib.loads((folder / "sheetbridge.toml").read_text())["mapping"][0]
    assert (mapping["table"], mapping["tab"]) == ("shop.orders", "orders")
    assert "robot@project.iam.gserviceaccount.com" in result.output
    assert "shop.log" in result.output
    assert "s3cret" not in result.output
    assert sheets.tabs == ["Sheet1", "orders"]


@pytest.mark.usefixtures("server")
def test_an_oauth_user_signs_in_and_the_token_is_what_is_configured(
    folder: Path, sheets: FakeGoogle, monkeypatch: pytest.MonkeyPatch
) -> None:
    def sign_in(client: Path, token: Path) -> None:
        assert client.name == "client.json"
        google.write_private(token, "{}")

    monkeypatch.setattr(questions, "sign_in", sign_in)
    result = _init(credentials="oauth_user", credentials_file="client.json")
    assert result.exit_code == 0, result.exception
    found = tomllib.loads((folder / "sheetbridge.toml").read_text())["google"]
    assert found["credentials_file"] == "sheetbridge.secrets/google-token.json"
    assert sheets.opened_as[0][1] == Path("sheetbridge.secrets/google-token.json")


@pytest.mark.usefixtures("server")
def test_application_default_credentials_need_no_file(folder: Path, sheets: FakeGoogle) -> None:
    result = _init(without="--credentials-file", credentials="application_default")
    assert result.exit_code == 0, result.exception
    found = tomllib.loads((folder / "sheetbridge.toml").read_text())["google"]
    assert found == {"credentials": "application_default"}
    assert sheets.opened_as == [(CredentialsKind.APPLICATION_DEFAULT, None, None)]


def test_the_grants_can_be_shown_before_anything_else(folder: Path) -> None:
    url = "mysql://bridge@db/my_shop"
    result = runner.invoke(main.app, ["init", "--print-grants", "--database-url", url])
    assert result.exit_code == 0
    assert "CREATE USER IF NOT EXISTS 'bridge'@'%' IDENTIFIED BY '" in result.output
    assert r"ON `my\_shop`.* TO 'bridge'@'%';" in result.output
    assert "REPLICATION SLAVE" in result.output
    assert list(folder.glob("*.toml")) == []
