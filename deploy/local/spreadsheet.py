"""The demo's spreadsheet in the emulator, made and set up as a person would do it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
from googleapiclient.errors import HttpError

from deploy.local.failure import StackError
from sink.core.configuration import CredentialsKind, GoogleSettings
from sink.google_access import sheets_service

if TYPE_CHECKING:
    from googleapiclient._apis.sheets.v4.resources import SheetsResource

TITLE = "Sheetbridge demo"


class OwnSpreadsheet:
    """The Sheets API for the spreadsheet's owner."""

    def __init__(self, key_file: Path, sheets_url: str) -> None:
        settings = GoogleSettings(CredentialsKind.SERVICE_ACCOUNT, str(key_file), sheets_url)
        self._sheets: SheetsResource.SpreadsheetsResource = sheets_service(settings).spreadsheets()

    def exists(self, spreadsheet_id: str) -> bool:
        """Whether the emulator still has it."""
        try:
            self._sheets.get(spreadsheetId=spreadsheet_id, fields="spreadsheetId").execute()
        except HttpError as error:
            if error.status_code == httpx.codes.NOT_FOUND:
                return False
            raise
        return True

    def create(self, tabs: Sequence[str]) -> str:
        """Make one with these empty tabs; returns its id."""
        made = self._sheets.create(
            body={
                "properties": {"title": TITLE},
                "sheets": [{"properties": {"title": tab}} for tab in tabs],
            },
            fields="spreadsheetId",
        ).execute()
        return str(made["spreadsheetId"])

    def filled_rows(self, spreadsheet_id: str, tab: str) -> int:
        """How many rows of a tab have something in column A, the header row included."""
        column = (
            self._sheets.values()
            .get(spreadsheetId=spreadsheet_id, range=f"'{tab}'!A:A", majorDimension="COLUMNS")
            .execute()
            .get("values", [])
        )
        return len(column[0]) if column else 0


def set_up_script(
    client: httpx.Client, spreadsheet_id: str, *, webhook_url: str, webhook_secret: str
) -> str:
    """Do what a person does once: the script's properties, then the menu item "Set up".

    Returns what the script said. Raises StackError with the script's own words if it failed.
    """
    base = f"/_control/spreadsheets/{spreadsheet_id}/script"
    properties = {"WEBHOOK_URL": webhook_url, "WEBHOOK_SECRET": webhook_secret}
    answers = (
        client.put(f"{base}/properties", json=properties),
        client.post(f"{base}/run", json={"function": "sheetbridgeSetUp", "args": []}, timeout=60),
    )
    for answer in answers:
        content = answer.json() if "json" in answer.headers.get("content-type", "") else {}
        error = content.get("error") if isinstance(content, dict) else None
        if answer.is_error or error:
            raise StackError(
                f"The Apps Script could not be set up: {error or answer.text[:300]}",
                mend="The logs of the webhook and the emulator are in the run directory.",
            )
    return str(answers[-1].json().get("result", ""))
