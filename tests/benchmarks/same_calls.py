"""Calls that the sink made, made once more of another spreadsheet: what Google alone takes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import google_auth_httplib2  # type: ignore[import-untyped]  # no types
import httplib2
import httpx
import orjson

from deploy.local import spreadsheet
from deploy.local.endpoints import Endpoints
from deploy.local.service_account import key_file, private_key
from sink.core.configuration import CredentialsKind
from sink.google_access import load_credentials
from tests.benchmarks.flights import sheet_ids

PATIENCE_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class PreparedCalls:
    """Calls as they go over the wire: method, path and query, body."""

    calls: list[tuple[str, str, bytes]]

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.calls)

    @property
    def largest(self) -> int:
        """The bytes of the largest body."""
        return max(len(body) for _, _, body in self.calls)

    def send(self, endpoints: Endpoints, scratch: Path) -> float:
        """Send them, each when the one before is answered; the seconds that took."""
        bearer = {"Authorization": f"Bearer {_token(endpoints.sheets_url, scratch)}"}
        with httpx.Client(
            base_url=endpoints.sheets_url, headers=bearer, timeout=PATIENCE_SECONDS, verify=False
        ) as client:
            began = time.monotonic()
            for method, path, body in self.calls:
                client.request(method, path, content=body).raise_for_status()
            return time.monotonic() - began


class SameCalls:
    """The calls that change the stack's spreadsheet from here on, as the emulator keeps them."""

    def __init__(self, scratch: Path) -> None:
        self._journal = scratch / "sheets" / "journal"
        self._place = self._journal.stat().st_size

    def prepared(self, endpoints: Endpoints) -> PreparedCalls:
        """The same calls to a new spreadsheet; tabs that they add get the ids that they had."""
        source, ids = endpoints.spreadsheet_id, sheet_ids(endpoints)
        copy = spreadsheet.create(endpoints.sheets_url, ["first"])
        with self._journal.open("rb") as file:
            file.seek(self._place)
            entries = [orjson.loads(line) for line in file]
        return PreparedCalls(
            [
                call
                for entry in entries
                if entry["spreadsheet_id"] == source
                for call in _again(entry["call"], entry["arguments"], copy, ids)
            ]
        )


def _again(
    call: str, arguments: dict[str, Any], copy: str, ids: dict[str, int]
) -> Iterator[tuple[str, str, bytes]]:
    path = f"/v4/spreadsheets/{copy}"
    if call == "spreadsheets.batchUpdate":
        for request in arguments["requests"]:
            for added in request.get("addSheet", {}).values():
                added["sheetId"] = ids[added["title"]]
        body = {"requests": arguments["requests"]}
        yield "POST", f"{path}:batchUpdate", orjson.dumps(body)
    elif call == "spreadsheets.values.update":
        where = f"{path}/values/{quote(arguments['range'], safe='')}?valueInputOption=RAW"
        yield "PUT", f"{where}&fields=updatedCells", orjson.dumps({"values": arguments["values"]})


def _token(sheets_url: str, scratch: Path) -> str:
    """An access token of an account of its own."""
    account = scratch / "limit.json"
    account.write_text(key_file("limit", sheets_url=sheets_url, key=private_key()))
    credentials = load_credentials(CredentialsKind.SERVICE_ACCOUNT, account)
    credentials.refresh(google_auth_httplib2.Request(httplib2.Http()))  # type: ignore[no-untyped-call]
    return str(credentials.token)
