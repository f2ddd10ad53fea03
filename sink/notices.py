"""Tells in a tab why its mapping cannot begin: there is no worker then that could."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from sink.core.errors import SheetbridgeError
from sink.core.mapping import Mapping
from sink.retry import Backoff, retry
from sink.trouble_note import post_notice
from sink.writers.sheets.client import SheetsClient

log = logging.getLogger(__name__)

PATIENCE = Backoff(first=0.5, most=5.0, deadline=10.0)
"""Short: the end of the sink waits for it, and the log and ``status`` have the reason already."""


class Notices:
    """Posts them on a thread of its own: the mappings that run must not wait for Google."""

    def __init__(self, client_of: Callable[[Mapping], SheetsClient]) -> None:
        self._client_of = client_of
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="notices")

    def post(self, mapping: Mapping, reason: str) -> None:
        """Have the tab say why; returns at once. The worker that can begin takes it away."""
        self._thread.submit(self._post, mapping, reason)

    def close(self) -> None:
        """Return when the notice that is being posted is done with; others are dropped."""
        self._thread.shutdown(wait=True, cancel_futures=True)

    def _post(self, mapping: Mapping, reason: str) -> None:
        try:
            client = self._client_of(mapping)
            retry("notice in the tab", lambda: post_notice(client, mapping, reason), PATIENCE)
        except SheetbridgeError as error:
            log.warning("mapping %s: its tab does not tell why it stopped: %s", mapping.name, error)
