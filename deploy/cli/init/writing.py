"""The files that ``init`` leaves: ``sheetbridge.toml``, and each secret in a file of its own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from deploy.cli.init.database import Address
from deploy.cli.init.google import write_private
from deploy.cli.toml_text import MappingText, quote
from sink.core.configuration import ConnectSettings, CredentialsKind, KafkaSettings

SECRETS = "sheetbridge.secrets"
DATABASE_FILE = "database-password"
WEBHOOK_FILE = "webhook-secret"
_KAFKA = KafkaSettings()
_CONNECT = ConnectSettings()


@dataclass(frozen=True, slots=True)
class Answers:
    """Everything that ``init`` has learnt. Paths are as they will stand in the file."""

    database: Address
    kafka: str
    connect: str
    credentials: CredentialsKind
    credentials_file: str | None
    api_endpoint: str | None
    webhook_secret: str
    public_url: str | None
    mapping: MappingText


def render(answers: Answers) -> str:
    """The text of ``sheetbridge.toml``: what differs from the defaults.

    It holds references to secrets, never a secret.
    """
    database = answers.database
    lines = [
        "# Written by sheetbridge init. Every setting: README.md, Configuration.",
        "[database]",
        f"host = {quote(database.host)}",
        *([f"port = {database.port}"] if database.port != 3306 else []),
        f"user = {quote(database.user)}",
        f"password = {quote(database.reference or _reference(DATABASE_FILE))}",
    ]
    if answers.kafka != _KAFKA.bootstrap:
        lines += ["", "[kafka]", f"bootstrap = {quote(answers.kafka)}"]
    if answers.connect != _CONNECT.url:
        lines += ["", "[connect]", f"url = {quote(answers.connect)}"]
    lines += ["", "[google]"]
    if answers.credentials is not CredentialsKind.SERVICE_ACCOUNT:
        lines.append(f"credentials = {quote(answers.credentials.value)}")
    if answers.credentials_file is not None:
        lines.append(f"credentials_file = {quote(answers.credentials_file)}")
    if answers.api_endpoint is not None:
        lines.append(f"api_endpoint = {quote(answers.api_endpoint)}")
    lines += ["", "[webhook]", f"secrets = [{quote(_reference(WEBHOOK_FILE))}]"]
    if answers.public_url is not None:
        lines.append(f"public_url = {quote(answers.public_url)}")
    return "\n".join([*lines, "", answers.mapping.render()])


def write(answers: Answers, path: Path) -> None:
    """Write the configuration and the secrets it refers to (0600, in a directory of 0700)."""
    directory = path.parent / SECRETS
    if answers.database.reference is None:
        write_private(directory / DATABASE_FILE, answers.database.password)
    write_private(directory / WEBHOOK_FILE, answers.webhook_secret)
    path.write_text(render(answers), encoding="utf-8")


def _reference(file: str) -> str:
    return f"${{file:{SECRETS}/{file}}}"
