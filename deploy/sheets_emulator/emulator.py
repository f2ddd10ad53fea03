"""The emulator as a whole: its spreadsheets, switches, counters and feed."""

import secrets
import threading
import time
from collections.abc import Sequence

from deploy.sheets_emulator.api.errors import not_found
from deploy.sheets_emulator.changes import ChangeFeed
from deploy.sheets_emulator.document import Document
from deploy.sheets_emulator.json_types import JsonObject
from deploy.sheets_emulator.model.sheet import Sheet
from deploy.sheets_emulator.model.spreadsheet import Spreadsheet
from deploy.sheets_emulator.quota import Quota
from deploy.sheets_emulator.settings import Settings, SettingsHolder
from deploy.sheets_emulator.stats import Stats
from deploy.sheets_emulator.token import TokenIssuer


class Emulator:
    """What the routes work on; also the way in for code in the same process."""

    def __init__(self, settings: Settings | None = None, *, allow_any_token: bool = False) -> None:
        self.settings = SettingsHolder(settings)
        self.allow_any_token = allow_any_token
        self.stats = Stats()
        self.changes = ChangeFeed()
        self.quota = Quota(time.monotonic)
        self.tokens = TokenIssuer(secrets.token_bytes(32))
        self._documents: dict[str, Document] = {}
        self._lock = threading.Lock()

    def spreadsheet(self, spreadsheet_id: str) -> Document:
        """The spreadsheet with this id; ApiError 404 if there is none."""
        document = self._documents.get(spreadsheet_id)
        if document is None:
            raise not_found()
        return document

    def spreadsheet_ids(self) -> list[str]:
        """All ids, oldest first."""
        return list(self._documents)

    def create(self, body: JsonObject | None = None, spreadsheet_id: str | None = None) -> Document:
        """A new spreadsheet from a Spreadsheet resource (title, locale, time zone, tabs)."""
        wanted = body or {}
        new_id = spreadsheet_id or "1" + secrets.token_urlsafe(32)
        document = Document(_new_spreadsheet(new_id, wanted), self.changes, meter=self._meter)
        with self._lock:
            self._documents[new_id] = document
        return document

    def _meter(self, cells: int, kinds: Sequence[str]) -> None:
        self.stats.count_cells(cells, kinds, is_internal=False)


def _new_spreadsheet(spreadsheet_id: str, wanted: JsonObject) -> Spreadsheet:
    properties: JsonObject = wanted.get("properties") or {}
    state = Spreadsheet(
        spreadsheet_id,
        properties.get("title") or "Untitled spreadsheet",
        properties.get("locale") or "en_US",
        properties.get("timeZone") or "Etc/GMT",
    )
    state.sheets.append(Sheet(0, "Sheet1"))
    return state
