"""Who may post: HMAC-SHA256 over ``"<timestamp>." + body``, in a header beside the timestamp.

The timestamp makes a recorded request useless after the replay window; a clock that runs ahead is
refused like one that runs behind, so that nobody can sign for tomorrow. Two secrets are valid
while one is replaced. What cannot be right is refused before the body is read.
"""

from __future__ import annotations

import hmac
import re
import time
from collections.abc import Callable, Mapping, Sequence

from sink.core.configuration import Secret
from webhook.problem import UnsignedError

TIMESTAMP_HEADER = "x-sheetbridge-timestamp"
SIGNATURE_HEADER = "x-sheetbridge-signature"

_TIMESTAMP = re.compile(r"[0-9]{1,12}")
_SIGNATURE = re.compile(r"v1=[0-9a-f]{64}")


def signature(secret: bytes, timestamp: str, body: bytes) -> bytes:
    """The value of the signature header."""
    digest = hmac.digest(secret, timestamp.encode("ascii") + b"." + body, "sha256")
    return b"v1=" + digest.hex().encode("ascii")


class Authenticator:
    """Checks requests; ``replay_window`` is in seconds, ``clock`` gives the Unix time."""

    def __init__(
        self,
        secrets: Sequence[Secret],
        *,
        replay_window: int,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._secrets = [secret.value.encode("utf-8") for secret in secrets]
        self._window = replay_window
        self._clock = clock

    def claim(self, headers: Mapping[str, str]) -> Claim:
        """What the headers claim, before the body is known. Raises UnsignedError."""
        timestamp = headers.get(TIMESTAMP_HEADER, "")
        given = headers.get(SIGNATURE_HEADER, "")
        if not timestamp or not given:
            raise UnsignedError("The request is not signed.", code="unsigned")
        if not _TIMESTAMP.fullmatch(timestamp) or not _SIGNATURE.fullmatch(given):
            raise UnsignedError("The signature does not have the form v1=<64 hex digits>.")
        ahead = int(timestamp) - self._clock()
        if abs(ahead) > self._window:
            raise UnsignedError(
                f"The request was signed {abs(ahead):.0f} s {'ahead of' if ahead > 0 else 'before'}"
                f" the webhook's time; {self._window} s are allowed.",
                code="stale_timestamp",
                mend="Set the webhook's clock right, or send the post again.",
            )
        return Claim(timestamp, given.encode("ascii"))

    def verify(self, claim: Claim, body: bytes) -> None:
        """Whether one of our secrets signed ``body``. Raises UnsignedError."""
        known = False
        for secret in self._secrets:  # each, whichever matches: the time taken tells nothing
            known |= hmac.compare_digest(signature(secret, claim.timestamp, body), claim.signature)
        if not known:
            raise UnsignedError("The signature is wrong: the secrets differ.")


class Claim:
    """Timestamp and signature of a request, not yet verified."""

    __slots__ = ("signature", "timestamp")

    def __init__(self, timestamp: str, given: bytes) -> None:
        self.timestamp = timestamp
        self.signature = given
