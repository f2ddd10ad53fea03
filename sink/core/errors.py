"""The errors of the core, in one tree.

SheetbridgeError
├── ConfigurationError    what a user wrote in ``sheetbridge.toml`` cannot be used
├── EnvelopeError         a record of a topic that is not a change event
├── TooOldEditError       an edit that came later than edit ids are kept
└── UnfitValueError       a value that its column cannot hold exactly

``retriable`` belongs to the class: True where the same call may succeed later.
Messages are for people: they say what is wrong and, where a user can mend it, how.
"""

from __future__ import annotations


class SheetbridgeError(Exception):
    """Root of all errors that Sheetbridge raises on purpose."""

    retriable = False


class ConfigurationError(SheetbridgeError):
    """The configuration cannot be used; nothing was changed.

    ``mend`` says what to write instead.
    """

    def __init__(
        self, problem: str, *, mend: str, source: str = "sheetbridge.toml", line: int | None = None
    ) -> None:
        self.problem = problem
        self.mend = mend
        self.source = source
        self.line = line
        place = source if line is None else f"{source}:{line}"
        super().__init__(f"{place}: {problem}. {mend}")


class EnvelopeError(SheetbridgeError):
    """A record does not have the form that its topic promises; it goes to the dead letters."""


class TooOldEditError(SheetbridgeError):
    """An edit so old that nobody knows any more whether it was applied; it is set aside."""


class UnfitValueError(SheetbridgeError):
    """A value does not fit its column; ``reason`` is worded for the person who typed it."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


def reason_of(error: Exception) -> str:
    """Why a mapping stopped, in words for ``status``.

    What nobody foresaw may hold anything, so that only the log has it whole.
    """
    if isinstance(error, SheetbridgeError):
        return str(error)
    kind = type(error).__name__
    return f"an error that was not foreseen ({kind}); the sink's log says where. It is tried again"
