"""The emulator as a whole: its spreadsheets, switches, counters and feed."""

import secrets
import threading
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from deploy.sheets_emulator.api.errors import ApiError, not_found
from deploy.sheets_emulator.changes import ChangeFeed
from deploy.sheets_emulator.document import Document
from deploy.sheets_emulator.journal import Journal, Snapshot
from deploy.sheets_emulator.json_types import JsonObject
from deploy.sheets_emulator.model.sheet import Sheet
from deploy.sheets_emulator.model.spreadsheet import Spreadsheet
from deploy.sheets_emulator.quota import Quota
from deploy.sheets_emulator.settings import Settings, SettingsHolder
from deploy.sheets_emulator.stats import Stats
from deploy.sheets_emulator.token import TokenIssuer

_CREATE = "spreadsheets.create"


class Emulator:
    """What the routes work on; also the way in for code in the same process.

    With a `data_dir` every applied call is on disk before it is answered, and the spreadsheets of
    an earlier process are there again.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        allow_any_token: bool = False,
        data_dir: Path | None = None,
    ) -> None:
        self.settings = SettingsHolder(settings)
        self.allow_any_token = allow_any_token
        self.data_dir = data_dir
        self.stats = Stats()
        self.changes = ChangeFeed()
        self.quota = Quota(time.monotonic)
        self._documents: dict[str, Document] = {}
        self._lock = threading.Lock()
        self._journal = Journal(data_dir) if data_dir is not None else None
        key = secrets.token_bytes(32) if self._journal is None else self._journal.token_key()
        self.tokens = TokenIssuer(key)
        if self._journal is not None:
            self._load(self._journal)

    def spreadsheet(self, spreadsheet_id: str) -> Document:
        """The spreadsheet with this id; ApiError 404 if there is none."""
        document = self._documents.get(spreadsheet_id)
        if document is None:
            raise not_found()
        return document

    def spreadsheet_ids(self) -> list[str]:
        """All ids, oldest first."""
        return list(self._documents)

    def create(
        self,
        body: JsonObject | None = None,
        spreadsheet_id: str | None = None,
        *,
        actor: str = "api",
    ) -> Document:
        """A new spreadsheet from a Spreadsheet resource (properties, sheets, namedRanges).

        ApiError 400 if a tab or cell in it is refused, 409 if the id that was asked for is taken.
        """
        wanted = body or {}
        new_id = spreadsheet_id or "1" + secrets.token_urlsafe(32)
        with self._lock:
            if new_id in self._documents:
                raise ApiError(409, f"Spreadsheet {new_id} exists already.")
            document = self._document(_new_spreadsheet(new_id, wanted))
            document.apply(_CREATE, wanted, actor=actor)
            self._documents[new_id] = document
        return document

    def _document(self, state: Spreadsheet) -> Document:
        record = None if self._journal is None else self._journal.append
        return Document(state, self.changes, record, self._meter)

    def _meter(self, cells: int, kinds: Sequence[str], actor: str) -> None:
        self.stats.count_cells(cells, kinds, is_internal=actor != "api")

    def _load(self, journal: Journal) -> None:
        snapshot, entries = journal.load()
        for spreadsheet_id, state in snapshot.states.items():
            document = self._document(state)
            document.revision = snapshot.revisions[spreadsheet_id]
            self._documents[spreadsheet_id] = document
        for entry in entries:
            if entry.call == _CREATE:
                state = _new_spreadsheet(entry.spreadsheet_id, entry.arguments)
                self._documents[entry.spreadsheet_id] = self._document(state)
            self._documents[entry.spreadsheet_id].apply(
                entry.call, entry.arguments, at=entry.at, is_replay=True
            )
        self.save_if_long()

    def close(self) -> None:
        """Fold a long journal into a snapshot and let go of the files."""
        self.save_if_long()
        if self._journal is not None:
            self._journal.close()

    def save_if_long(self) -> None:
        """Fold a long journal into a snapshot; calls wait meanwhile."""
        journal = self._journal
        if journal is None or not journal.is_long():
            return
        with self._lock, ExitStack() as locks:
            for document in self._documents.values():
                locks.enter_context(document.lock)
            journal.save(
                Snapshot(
                    journal.entries,
                    {key: document.state for key, document in self._documents.items()},
                    {key: document.revision for key, document in self._documents.items()},
                )
            )


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
