"""The end of a worker that is asked to end in the middle of a long piece of work."""

from __future__ import annotations

from sink.core.errors import SheetbridgeError


class StoppedError(SheetbridgeError):
    """The worker was told to stop: whoever comes next goes on with what it was doing."""


def never() -> bool:
    """Of a worker that nobody stops."""
    return False
