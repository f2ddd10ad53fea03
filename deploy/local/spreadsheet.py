"""The demo's spreadsheet at the emulator: made once, and the Apps Script installed in it.

It is done as the person who owns the spreadsheet would: through the emulator's own pages, never
through the API by which Sheetbridge writes.
"""

from __future__ import annotations

from collections.abc import Sequence

import httpx

from deploy.local.failure import StackError
from deploy.local.loopback import LOOPBACK

TITLE = "Sheetbridge demo"
SET_UP = "sheetbridgeSetUp"
_SECONDS = 60
_MEND = "Look into the emulator's and the webhook's logs."


def exists(sheets_url: str, spreadsheet_id: str) -> bool:
    """Whether the emulator holds that spreadsheet."""
    url = f"{sheets_url}/_internal/v4/spreadsheets/{spreadsheet_id}"
    return LOOPBACK.get(url, timeout=_SECONDS).status_code == httpx.codes.OK


def create(sheets_url: str, tabs: Sequence[str]) -> str:
    """Make a spreadsheet with these empty tabs; returns its id."""
    body = {
        "properties": {"title": TITLE},
        "sheets": [{"properties": {"title": tab}} for tab in tabs],
    }
    answer = LOOPBACK.post(f"{sheets_url}/_internal/v4/spreadsheets", json=body, timeout=_SECONDS)
    _require(answer, "make a spreadsheet")
    return str(answer.json()["spreadsheetId"])


def install_script(sheets_url: str, spreadsheet_id: str, *, webhook_url: str, secret: str) -> None:
    """Run the script's set-up with the webhook's address and secret, as its owner."""
    script = f"{sheets_url}/_control/spreadsheets/{spreadsheet_id}/script"
    properties = {"WEBHOOK_URL": webhook_url, "WEBHOOK_SECRET": secret}
    answer = LOOPBACK.put(f"{script}/properties", json=properties, timeout=_SECONDS)
    _require(answer, "give the Apps Script the webhook's address")
    answer = LOOPBACK.post(f"{script}/run", json={"function": SET_UP, "args": []}, timeout=_SECONDS)
    _require(answer, f"run the Apps Script's {SET_UP}")


def _require(answer: httpx.Response, what: str) -> None:
    content = answer.json() if "json" in answer.headers.get("content-type", "") else {}
    # A run of the script that failed is answered with 200 and the script's own words.
    error = content.get("error") if isinstance(content, dict) else None
    if error or not answer.is_success:
        raise StackError(f"The emulator could not {what}: {error or answer.text[:400]}", mend=_MEND)
