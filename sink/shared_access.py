"""Access to Google for all threads of a process, each with an http of its own."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

from sink.core.configuration import GoogleSettings
from sink.google_access import authorized_http, sheets_service
from sink.writers.sheets.client import Access


class SharedAccess:
    """Makes Google's methods when first asked. Thread-safe; a relative file counts from
    ``directory``."""

    def __init__(self, settings: GoogleSettings, directory: Path) -> None:
        self._settings = settings
        self._directory = directory
        self._lock = threading.Lock()
        self._made: Access | None = None

    def one(self) -> Access:
        """Access for one thread. Raises GoogleAccessError."""
        http = authorized_http(self._settings, directory=self._directory)
        with self._lock:
            if self._made is None:
                service = sheets_service(self._settings, directory=self._directory)
                self._made = Access.of(service)
            return replace(self._made, http=http)
