"""The ``sheetbridge.toml`` of a local stack: its addresses, and the demo's two mappings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from deploy.local.demo_data import DemoTable

DATABASE_FILE = "database-password"
WEBHOOK_FILE = "webhook-secret"


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the services of this stack listen."""

    mysql_host: str
    mysql_port: int
    kafka_bootstrap: str
    connect_url: str
    sheets_url: str
    webhook_host: str
    webhook_port: int


def render(addresses: Addresses, spreadsheet_id: str, tables: Sequence[DemoTable]) -> str:
    """The whole file, for a spreadsheet that nothing is known of yet."""
    blocks = [_mapping(table, spreadsheet_id) for table in tables]
    return "\n".join([_settings(addresses), *blocks])


def renew(text: str, addresses: Addresses) -> str:
    """``text`` with its settings written anew and its mappings as they are: people add to them."""
    start = text.find("[[mapping]]")
    return _settings(addresses) + "\n" + (text[start:] if start >= 0 else "")


def _settings(addresses: Addresses) -> str:
    return f"""\
# Written by the local stack at every start; only the mappings stay as you leave them.
[database]
host = "{addresses.mysql_host}"
port = {addresses.mysql_port}
user = "sheetbridge"
password = "${{file:{DATABASE_FILE}}}"

[kafka]
bootstrap = "{addresses.kafka_bootstrap}"

[connect]
url = "{addresses.connect_url}"
database_user = "sheetbridge_cdc"
database_password = "${{env:SHEETBRIDGE_CDC_PASSWORD}}"

[google]
credentials_file = "service-account.json"
api_endpoint = "{addresses.sheets_url}"

[webhook]
host = "{addresses.webhook_host}"
port = {addresses.webhook_port}
secrets = ["${{file:{WEBHOOK_FILE}}}"]
public_url = "http://{addresses.webhook_host}:{addresses.webhook_port}"
"""


def _mapping(table: DemoTable, spreadsheet_id: str) -> str:
    name = table.table.rpartition(".")[2]
    key = ", ".join(f'"{column}"' for column in table.key)
    return f"""\
[[mapping]]
name = "{name}"
table = "{table.table}"
spreadsheet = "{spreadsheet_id}"
tab = "{name}"
key = [{key}]
"""
