"""The ``sheetbridge.toml`` of a local stack.

Passwords are files beside it, so that every ``sheetbridge`` command works with it from any shell.
Debezium's is the exception: the Connect worker looks it up in its own environment.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from deploy.local.endpoints import MappingEndpoint

DATABASE_FILE = "database-password"
WEBHOOK_FILE = "webhook-secret"
SERVICE_ACCOUNT_FILE = "service-account.json"

_FIRST_MAPPING = "[[mapping]]"


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the services of the stack listen."""

    mysql_host: str
    mysql_port: int
    kafka_bootstrap: str
    connect_url: str
    sheets_url: str
    webhook_host: str
    webhook_port: int
    webhook_url: str


@dataclass(frozen=True, slots=True)
class Secrets:
    """The references by which the file names its secrets, never the secrets themselves."""

    database_password: str = f"${{file:{DATABASE_FILE}}}"
    webhook_secret: str = f"${{file:{WEBHOOK_FILE}}}"


IN_FILES = Secrets()


def render(at: Addresses, mappings: Sequence[MappingEndpoint], secrets: Secrets = IN_FILES) -> str:
    """The text of a new file."""
    return "\n".join([_settings(at, secrets), *map(_block, mappings)])


def renew(text: str, at: Addresses, secrets: Secrets = IN_FILES) -> str:
    """``text`` with the addresses of this start; its mappings stay, for people add to them."""
    start = text.find(_FIRST_MAPPING)
    return _settings(at, secrets) + ("\n" + text[start:] if start >= 0 else "")


def _settings(at: Addresses, secrets: Secrets) -> str:
    return f"""\
# Written by the local stack at each start; only the mappings stay as you leave them.

[database]
host = "{at.mysql_host}"
port = {at.mysql_port}
user = "sheetbridge"
password = "{secrets.database_password}"

[kafka]
bootstrap = "{at.kafka_bootstrap}"

[connect]
url = "{at.connect_url}"
database_user = "sheetbridge_cdc"
database_password = "${{env:SHEETBRIDGE_CDC_PASSWORD}}"

[google]
credentials = "service_account"
credentials_file = "{SERVICE_ACCOUNT_FILE}"
api_endpoint = "{at.sheets_url}"

[webhook]
host = "{at.webhook_host}"
port = {at.webhook_port}
secrets = ["{secrets.webhook_secret}"]
public_url = "{at.webhook_url}"
"""


def _block(mapping: MappingEndpoint) -> str:
    key = ", ".join(f'"{column}"' for column in mapping.key)
    return f"""\
[[mapping]]
name = "{mapping.name}"
table = "{mapping.table}"
spreadsheet = "{mapping.spreadsheet_id}"
tab = "{mapping.tab}"
key = [{key}]
"""
