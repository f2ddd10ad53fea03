"""A spreadsheet in the emulator with the script set up, and its webhook."""

import shutil
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from deploy.sheets_emulator.emulator import Emulator
from tests.contract.appscript.webhook import Json, Webhook
from tests.contract.sheets_emulator.serving import serving

PLANES: list[list[Any]] = [
    ["tailnum", "year", "note", "maker", "built"],
    ["N1", 2004, "mine", "EMBRAER", "2004-02-03"],
    ["N2", 1998, "", "AIRBUS", "1998-12-31"],
    ["N3", 2001, "", "BOEING", ""],
]
MAPPING: Json = {
    "name": "planes",
    "tab": "planes",
    "key": ["tailnum"],
    "columns": ["tailnum", "year", "maker", "built"],
}


@dataclass
class Sheet:
    """One spreadsheet; gestures wait until their triggers have ended."""

    client: httpx.Client
    emulator: Emulator
    spreadsheet_id: str
    webhook: Webhook

    def act(self, gesture: str, *, wait: bool = True, **body: Any) -> Json:
        answer = self.client.post(
            f"{self._base}/{gesture}", params={"wait": wait}, json={"tab": "planes", **body}
        )
        assert answer.is_success, answer.text
        told: Json = answer.json()
        for execution in told.get("executions", []):
            assert execution["error"] is None, execution["error"]["stack"]
        return told

    def edit(self, cells: str, values: list[list[Any]], **body: Any) -> Json:
        return self.act("edit", range=cells, values=values, **body)

    def run(self, function: str, **body: Any) -> Json:
        answer = self.client.post(f"{self._base}/script/run", json={"function": function, **body})
        record: Json = answer.json()
        return record

    def minute(self) -> None:
        """What the timer does each minute."""
        assert self.run("sheetbridgeEveryMinute")["error"] is None

    def status(self) -> Json:
        status: Json = self.run("sheetbridgeStatus")["result"]
        return status

    def set_up(self) -> None:
        properties = {"WEBHOOK_URL": self.webhook.url, "WEBHOOK_SECRET": self.webhook.secret}
        self.client.put(f"{self._base}/script/properties", json=properties).raise_for_status()
        record = self.run("sheetbridgeSetUp")
        assert record["error"] is None, record["error"]
        self.webhook.posts.clear()
        self.webhook.attempts.clear()
        self.webhook.requests.clear()

    def settings(self, **wanted: Any) -> None:
        self.client.put("/_control/settings", json=wanted).raise_for_status()

    def values(self) -> list[list[Any]]:
        answer = self.client.get(f"{self._base}/values", params={"tab": "planes"})
        values: list[list[Any]] = answer.json()["values"]
        return values

    def stored(self) -> Json:
        """The document's properties."""
        answer = self.client.get(f"{self._base}/script/properties", params={"store": "document"})
        properties: Json = answer.json()
        return properties

    def told(self, what: str) -> Any:
        return self.client.get(f"{self._base}/script/{what}").json()[what]

    @property
    def _base(self) -> str:
        return f"/_control/spreadsheets/{self.spreadsheet_id}"


@pytest.fixture(scope="session")
def served_emulator() -> Iterator[tuple[Emulator, str]]:
    if shutil.which("node") is None:
        pytest.skip("needs Node 20, which runs the Apps Script")
    emulator = Emulator()
    with serving(emulator) as url:
        yield emulator, url


@pytest.fixture
def bare_sheet(served_emulator: tuple[Emulator, str]) -> Iterator[Sheet]:
    """Without the set-up."""
    emulator, url = served_emulator
    document = emulator.create(
        {"properties": {"title": "fleet", "timeZone": "America/New_York"}}, uuid.uuid4().hex
    )
    title = {"properties": {"sheetId": 0, "title": "planes"}, "fields": "title"}
    document.batch_update([{"updateSheetProperties": title}])
    document.values_update("planes!A1", PLANES)
    webhook = Webhook([MAPPING])
    webhook.start()
    with httpx.Client(base_url=url, timeout=30, verify=False) as client:
        sheet = Sheet(client, emulator, document.spreadsheet_id, webhook)
        try:
            yield sheet
        finally:
            sheet.settings(drop_triggers=False, duplicate_triggers=False, trigger_delay_ms=0)
            webhook.stop()


@pytest.fixture
def sheet(bare_sheet: Sheet) -> Sheet:
    bare_sheet.set_up()
    return bare_sheet
