"""What can go wrong with a call to Google.

SheetError
├── QuotaError          429: refused, nothing was applied; wait and send it again
├── UnknownFateError    5xx, or no answer: it may have been applied, now or later; settle first
├── TabChangedError     the tab is not as it was when the call was made ready
├── FenceError          the fence of an earlier call is gone: this call cannot apply
└── SheetRefusedError   4xx: nothing was applied, and sending it again would not help
    └── ProtectedRangeError   a person has protected cells that the call writes

https://developers.google.com/workspace/sheets/api/troubleshoot-api-errors
"""

from __future__ import annotations

from sink.core.errors import SheetbridgeError


class SheetError(SheetbridgeError):
    """Root of the errors of the Sheets API."""


class QuotaError(SheetError):
    """Too many calls in this minute."""

    retriable = True


class UnknownFateError(SheetError):
    """The call may or may not have been applied."""

    retriable = True


class TabChangedError(SheetError):
    """The tab is not as it was when it was read: nothing was written; it is to be read again."""

    retriable = True


class FenceError(SheetError):
    """The named range of an earlier call is not there: another call has moved the fence."""


class SheetRefusedError(SheetError):
    """Google refused the call; ``status`` is the HTTP status."""

    def __init__(self, status: int, message: str) -> None:
        self.status = status
        super().__init__(f"Google refused the call ({status}): {message}")


class ProtectedRangeError(SheetRefusedError):
    """The call writes into a range that our account may not edit.

    https://support.google.com/docs/answer/1218656
    """

    def __init__(self, status: int, message: str) -> None:
        super().__init__(status, message)
        self.args = (
            "a protected range keeps Sheetbridge from writing what the database holds. Under Data, "
            "Protect sheets and ranges, let Sheetbridge's account edit it, or remove it",
        )
