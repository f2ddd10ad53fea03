"""``python -m deploy.demo_setup fetch|prepare|script``: the demo's one-shot steps in containers.

fetch     the demo's CSV files, while the image is built
prepare   tables and rows, a spreadsheet at the emulator, ``sheetbridge.toml`` and credentials
script    the Apps Script's set-up in that spreadsheet, once the webhook answers

The local stack does the same steps with the same functions. Each may be repeated. The servers'
addresses are their names in ``deploy/compose.yaml``; passwords come by the environment.
"""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import replace
from pathlib import Path

from deploy.local import configuration_text, demo_data, spreadsheet
from deploy.local.configuration_text import SERVICE_ACCOUNT_FILE, Addresses, Secrets
from deploy.local.demo_mappings import demo_mappings, page_config
from deploy.local.failure import StackError
from deploy.local.provision import dataset
from deploy.local.run_directory import RunDirectory
from deploy.local.service_account import key_file, private_key

AT = Addresses(
    mysql_host="mysql",
    mysql_port=3306,
    kafka_bootstrap="kafka:9092",
    connect_url="http://connect:8083",
    sheets_url="http://emulator:8095",
    webhook_host="webhook",
    webhook_port=8090,
    webhook_url="http://webhook:8090",
)
SECRETS = Secrets("${env:SHEETBRIDGE_DATABASE_PASSWORD}", "${env:SHEETBRIDGE_WEBHOOK_SECRET}")
_ID_FILE = "spreadsheet-id"


def prepare(
    settings: Path, data: Path, *, mysql_url: str, live_url: str, at: Addresses = AT
) -> str:
    """Fill ``settings`` with all that the services read; returns the spreadsheet's id.

    A spreadsheet that is there already is kept, and with it the mappings in ``sheetbridge.toml``.
    """
    demo_data.load(mysql_url, data)
    folder = RunDirectory(settings)
    text = _read(settings / "sheetbridge.toml")
    spreadsheet_id = _read(settings / _ID_FILE)
    if not spreadsheet_id or not spreadsheet.exists(at.sheets_url, spreadsheet_id):
        tabs = [mapping.tab for mapping in demo_mappings("")]
        spreadsheet_id, text = spreadsheet.create(at.sheets_url, tabs), ""
    mappings = demo_mappings(spreadsheet_id)
    if text:
        text = configuration_text.renew(text, at, SECRETS)
    else:
        text = configuration_text.render(at, mappings, SECRETS)
    folder.write_private(_ID_FILE, spreadsheet_id)
    if not (settings / SERVICE_ACCOUNT_FILE).exists():
        key = key_file("sheetbridge", sheets_url=at.sheets_url, key=private_key())
        folder.write_private(SERVICE_ACCOUNT_FILE, key)
    folder.write_private("page.json", page_config(live_url, mappings))
    folder.write_private("sheetbridge.toml", text)  # last: whoever waits for it finds the rest
    return spreadsheet_id


def main(arguments: list[str] | None = None) -> int:
    """Run one step; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m deploy.demo_setup", description=__doc__)
    parser.add_argument("step", choices=["fetch", "prepare", "script"])
    parser.add_argument("--data", type=Path, default=Path("dataset"))
    parser.add_argument("--settings", type=Path, default=Path("/settings"))
    parser.add_argument("--live-url", default="http://127.0.0.1:8096")
    parser.add_argument("--webhook-host", default=AT.webhook_host, help="where it shall listen")
    options = parser.parse_args(arguments)
    try:
        if options.step == "fetch":
            dataset.fetch(options.data)
        elif options.step == "prepare":
            url = _required("SHEETBRIDGE_APP_URL")
            at = replace(AT, webhook_host=options.webhook_host)
            prepare(options.settings, options.data, mysql_url=url, live_url=options.live_url, at=at)
        else:
            spreadsheet.install_script(
                AT.sheets_url,
                _read(options.settings / _ID_FILE),
                webhook_url=AT.webhook_url,
                secret=_required("SHEETBRIDGE_WEBHOOK_SECRET"),
            )
    except StackError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _required(variable: str) -> str:
    value = os.environ.get(variable)
    if not value:
        raise StackError(f"{variable} is not set", mend="Set it in deploy/.env")
    return value


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""


if __name__ == "__main__":
    sys.exit(main())
