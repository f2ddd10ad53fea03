"""Quotas: so many reads and writes a minute for each user, and Google's refusal above them.

Source: https://developers.google.com/workspace/sheets/api/limits
"""

import threading
from collections import deque
from collections.abc import Callable

from deploy.sheets_emulator.api.errors import ApiError

_WINDOW_SECONDS = 60.0
_PROJECT = "100000000001"


def exceeded(is_write: bool, limit: int) -> ApiError:
    """429 RESOURCE_EXHAUSTED, as recorded from the live service; it has no Retry-After."""
    noun, word = ("Write", "write") if is_write else ("Read", "read")
    message = (
        f"Quota exceeded for quota metric '{noun} requests' and limit '{noun} requests per minute "
        f"per user' of service 'sheets.googleapis.com' for consumer 'project_number:{_PROJECT}'."
    )
    return ApiError(
        429,
        message,
        [
            {
                "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                "reason": "RATE_LIMIT_EXCEEDED",
                "domain": "googleapis.com",
                "metadata": {
                    "quota_limit_value": str(limit),
                    "quota_unit": "1/min/{project}/{user}",
                    "quota_metric": f"sheets.googleapis.com/{word}_requests",
                    "quota_limit": f"{noun}RequestsPerMinutePerUser",
                    "quota_location": "global",
                    "service": "sheets.googleapis.com",
                    "consumer": f"projects/{_PROJECT}",
                },
            },
            {
                "@type": "type.googleapis.com/google.rpc.Help",
                "links": [
                    {
                        "description": "Request a higher quota limit.",
                        "url": "https://cloud.google.com/docs/quotas/help/request_increase",
                    }
                ],
            },
        ],
    )


class Quota:
    """Counts calls in a sliding minute, reads and writes apart, each user for themselves."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._calls: dict[tuple[str, bool], deque[float]] = {}
        self._lock = threading.Lock()

    def take(self, user: str, is_write: bool, limit: int | None) -> None:
        """Count one call; ApiError 429, uncounted, when `limit` calls are in the last minute."""
        if limit is None:
            return
        now = self._clock()
        with self._lock:
            calls = self._calls.setdefault((user, is_write), deque())
            while calls and calls[0] <= now - _WINDOW_SECONDS:
                calls.popleft()
            if len(calls) >= limit:
                raise exceeded(is_write, limit)
            calls.append(now)
