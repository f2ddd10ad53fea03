"""The change feed: who changed what in which spreadsheet, for the page and the script host."""

import threading
from collections.abc import Callable
from dataclasses import dataclass

from deploy.sheets_emulator.json_types import JsonObject


@dataclass(frozen=True, slots=True)
class ChangeNotice:
    """One tab of a spreadsheet changed.

    `actor` is `api`, `person` or `script`; `call` the API method that did it; `revision` rises by
    one with every call that changed the spreadsheet; `range` is the part of the tab, if known.
    """

    spreadsheet_id: str
    revision: int
    actor: str
    call: str
    sheet_id: int | None
    tab: str | None
    range: str | None

    def to_json(self) -> JsonObject:
        """The notice as the page receives it."""
        return {
            "spreadsheet_id": self.spreadsheet_id,
            "revision": self.revision,
            "actor": self.actor,
            "call": self.call,
            "sheet_id": self.sheet_id,
            "tab": self.tab,
            "range": self.range,
        }


Listener = Callable[[ChangeNotice], None]


class ChangeFeed:
    """Hands notices to listeners, in order, on the thread that made the change."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []
        self._endings: list[Callable[[], None]] = []
        self._lock = threading.Lock()

    def subscribe(
        self, listener: Listener, end: Callable[[], None] = lambda: None
    ) -> Callable[[], None]:
        """Add a listener, which must be quick and not raise; returns what takes it away.

        `end` is called once if the feed ends first.
        """
        with self._lock:
            self._listeners = [*self._listeners, listener]
            self._endings = [*self._endings, end]

        def unsubscribe() -> None:
            with self._lock:
                self._listeners = [other for other in self._listeners if other is not listener]
                self._endings = [other for other in self._endings if other is not end]

        return unsubscribe

    def close(self) -> None:
        """End the feed: listeners that wait are told, so that no stream keeps a server."""
        for end in self._endings:
            end()

    def publish(self, notice: ChangeNotice) -> None:
        """Tell every listener."""
        for listener in self._listeners:
            listener(notice)
