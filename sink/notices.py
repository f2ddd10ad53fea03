"""Tells in a tab why its mapping cannot begin: there is no worker then that could."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from sink.core.errors import SheetbridgeError
from sink.core.mapping import Mapping
from sink.trouble_note import AGAIN_SECONDS, post_notice
from sink.writers.sheets.client import SheetsClient

log = logging.getLogger(__name__)


class Notices:
    """Posts them on a thread of its own: the mappings that run must not wait for Google.

    Whoever cannot begin tries again every few seconds and says why each time. It is posted once;
    where that fails, once a minute. ``clock`` gives seconds that only go on.
    """

    def __init__(
        self,
        client_of: Callable[[Mapping], SheetsClient],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client_of = client_of
        self._clock = clock
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="notices")
        self._posted: dict[str, str] = {}
        self._tried: dict[str, tuple[str, float]] = {}

    def post(self, mapping: Mapping, reason: str) -> None:
        """Have the tab say why; returns at once. The worker that can begin takes it away."""
        tried, again_at = self._tried.get(mapping.name, ("", 0.0))
        told = self._posted.get(mapping.name) == reason
        if told or (tried == reason and self._clock() < again_at):
            return
        self._tried[mapping.name] = reason, self._clock() + AGAIN_SECONDS
        self._thread.submit(self._post, mapping, reason)

    def begun(self, mapping: Mapping) -> None:
        """A worker has begun: whatever stops the next one is to be told anew."""
        self._posted.pop(mapping.name, None)
        self._tried.pop(mapping.name, None)

    def settle(self) -> None:
        """Return when all that was to be posted is done with."""
        self._thread.submit(lambda: None).result()

    def close(self) -> None:
        """Return when the notice that is being posted is done with; others are dropped."""
        self._thread.shutdown(wait=True, cancel_futures=True)

    def _post(self, mapping: Mapping, reason: str) -> None:
        try:
            post_notice(self._client_of(mapping), mapping, reason)
        except SheetbridgeError as error:
            log.warning("mapping %s: its tab does not tell why it stopped: %s", mapping.name, error)
        except Exception:  # nobody looks at what becomes of the thread's work
            log.exception("mapping %s: its tab does not tell why it stopped", mapping.name)
        else:
            self._posted[mapping.name] = reason
