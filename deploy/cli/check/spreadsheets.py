"""Google's spreadsheets as the checks ask them: the edge, and its real form."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self

import google.auth.exceptions
import httplib2
from googleapiclient.errors import HttpError

from deploy.cli.check.finding import MissingPieceError, Piece
from sink.core.configuration import GoogleSettings
from sink.google_access import GoogleAccessError, sheets_service

if TYPE_CHECKING:
    from googleapiclient._apis.sheets.v4.resources import SheetsResource

Cells = Sequence[object]


@dataclass(frozen=True, slots=True)
class TabFacts:
    """A tab; ``locked`` tells whether part of it is protected against our credentials."""

    title: str
    locked: bool = False


class Spreadsheets(Protocol):
    """What the checks need of Google."""

    def tabs(self, spreadsheet_id: str) -> Sequence[TabFacts]:
        """The tabs; raises MissingPieceError with the reason."""
        ...

    def may_edit(self, spreadsheet_id: str) -> bool:
        """Whether these credentials may change the spreadsheet; changes nothing."""
        ...

    def row(self, spreadsheet_id: str, tab: str, row: int) -> Cells:
        """One row as a person sees it."""
        ...

    def columns(self, spreadsheet_id: str, tab: str, letters: Sequence[str]) -> list[Cells]:
        """Whole columns from row 2 on, as typed values."""
        ...

    def below(self, spreadsheet_id: str, tab: str, row: int, last: str) -> list[Cells]:
        """The rows from ``row`` on, up to column ``last``, as far down as anything stands."""
        ...


class GoogleSpreadsheets:
    """The Sheets API through Google's client. Implements ``Spreadsheets``; use it in a ``with``.

    Every call has a connection of its own: one kept from before the last slow check may have been
    closed by the server, and the next call would be lost on it.
    """

    def __init__(self, settings: GoogleSettings, *, timeout: float = 30) -> None:
        """Raises MissingPieceError where the credentials cannot be used; nothing is sent yet."""
        self._address = settings.api_endpoint or "sheets.googleapis.com"
        try:
            service = sheets_service(settings, timeout=timeout)
        except GoogleAccessError as error:
            raise MissingPieceError(error.problem, error.mend) from error
        self._service = service
        self._spreadsheets = service.spreadsheets()
        self._values = self._spreadsheets.values()
        self._opened: dict[str, Piece[Sequence[TabFacts]]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._service.close()

    def tabs(self, spreadsheet_id: str) -> Sequence[TabFacts]:
        """See Spreadsheets; asked once for each spreadsheet."""
        return self._opened.setdefault(
            spreadsheet_id, Piece(lambda: self._read_tabs(spreadsheet_id))
        ).get()

    def _read_tabs(self, spreadsheet_id: str) -> Sequence[TabFacts]:
        self._service.close()
        try:
            found = self._spreadsheets.get(
                spreadsheetId=spreadsheet_id,
                fields="sheets(properties.title,protectedRanges(requestingUserCanEdit,warningOnly))",
            ).execute()
        except _FAILURES as error:
            raise self._explain(error, spreadsheet_id) from error
        return [
            TabFacts(
                sheet.get("properties", {}).get("title", ""),
                any(
                    not (each.get("requestingUserCanEdit") or each.get("warningOnly"))
                    for each in sheet.get("protectedRanges", [])
                ),
            )
            for sheet in found.get("sheets", [])
        ]

    def may_edit(self, spreadsheet_id: str) -> bool:
        """See Spreadsheets."""
        self._service.close()
        try:
            return may_edit(self._spreadsheets, spreadsheet_id)
        except _FAILURES as error:
            raise self._explain(error, spreadsheet_id) from error

    def row(self, spreadsheet_id: str, tab: str, row: int) -> Cells:
        """See Spreadsheets."""
        found = self._read(spreadsheet_id, [f"{_quoted(tab)}!{row}:{row}"], "ROWS")
        return found[0][0] if found and found[0] else []

    def columns(self, spreadsheet_id: str, tab: str, letters: Sequence[str]) -> list[Cells]:
        """See Spreadsheets."""
        ranges = [f"{_quoted(tab)}!{letter}2:{letter}" for letter in letters]
        return [
            values[0] if values else [] for values in self._read(spreadsheet_id, ranges, "COLUMNS")
        ]

    def below(self, spreadsheet_id: str, tab: str, row: int, last: str) -> list[Cells]:
        """See Spreadsheets."""
        return self._read(spreadsheet_id, [f"{_quoted(tab)}!A{row}:{last}"], "ROWS")[0]

    def _read(self, spreadsheet_id: str, ranges: list[str], dimension: str) -> list[list[Cells]]:
        self._service.close()
        try:
            found = self._values.batchGet(
                spreadsheetId=spreadsheet_id,
                ranges=ranges,
                majorDimension="ROWS" if dimension == "ROWS" else "COLUMNS",
                valueRenderOption="UNFORMATTED_VALUE",
                fields="valueRanges(values)",
            ).execute()
        except HttpError as error:
            if error.status_code == 400 and "exceeds grid limits" in str(error.reason):
                return [[] for _ in ranges]  # the tab ends above the first row
            raise self._explain(error, spreadsheet_id) from error
        except _FAILURES as error:
            raise self._explain(error, spreadsheet_id) from error
        read: list[list[Cells]] = [
            list(each.get("values", [])) for each in found.get("valueRanges", [])
        ]
        return read + [[] for _ in range(len(ranges) - len(read))]

    def _explain(self, error: Exception, spreadsheet_id: str) -> MissingPieceError:
        if isinstance(error, HttpError):
            return explain_status(int(error.status_code), str(error.reason), spreadsheet_id)
        if isinstance(error, google.auth.exceptions.RefreshError):
            return MissingPieceError(
                f"Google refuses the credentials: {error.args[0] if error.args else error}",
                "Make a new key, or sign in anew: sheetbridge init. A clock that is minutes off "
                "has the same effect.",
            )
        return MissingPieceError(
            f"{self._address} does not answer ({str(error) or type(error).__name__}).",
            "Check the connection to the Internet, or google.api_endpoint.",
        )


def may_edit(spreadsheets: SheetsResource.SpreadsheetsResource, spreadsheet_id: str) -> bool:
    """Whether the credentials may change the spreadsheet; changes nothing.

    It deletes a named range that cannot exist, and looks at the refusal: 400 from who may, 403 from
    who may not. Raises HttpError for another, and what the client raises.
    """
    try:
        spreadsheets.batchUpdate(
            spreadsheetId=spreadsheet_id,
            body={"requests": [{"deleteNamedRange": {"namedRangeId": uuid.uuid4().hex}}]},
        ).execute()
    except HttpError as error:
        if error.status_code not in {400, 403}:
            raise
        return error.status_code == 400
    return True


def explain_status(status: int, reason: str, spreadsheet_id: str) -> MissingPieceError:
    """What an error status of the Sheets API means for the person who sets things up.

    https://developers.google.com/workspace/sheets/api/troubleshoot-api-errors
    """
    match status:
        case 404:
            return MissingPieceError(
                f"Google knows no spreadsheet {spreadsheet_id!r}.",
                "Copy its address from the browser: the id is the part after /d/.",
            )
        case 403 if "has not been used" in reason or "disabled" in reason:
            return MissingPieceError(
                "The Google Sheets API is not enabled in the project of these credentials.",
                "Google Cloud console, APIs and services, Library, Google Sheets API, Enable.",
            )
        case 403:
            return MissingPieceError(
                f"These credentials may not open spreadsheet {spreadsheet_id!r}.",
                "In the sheet: Share, and add the account of these credentials as Editor (a "
                "service account's address is client_email in its key file).",
            )
        case 401:
            return MissingPieceError(
                f"Google refuses the credentials: {reason}",
                "Make a new key, or sign in anew: sheetbridge init.",
            )
        case 429:
            return MissingPieceError(
                "Google's quota of calls for this minute is used up.", "Try again in a minute."
            )
    return MissingPieceError(
        f"Google answered {status} for spreadsheet {spreadsheet_id!r}: {reason}",
        "Try again; if it stays so, look at Google's status page.",
    )


def _quoted(tab: str) -> str:
    return "'" + tab.replace("'", "''") + "'"


_FAILURES = (
    HttpError,
    OSError,
    httplib2.HttpLib2Error,
    google.auth.exceptions.GoogleAuthError,
)
