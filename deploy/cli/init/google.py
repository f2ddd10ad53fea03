"""What ``init`` asks of Google: do the credentials work, may they open the spreadsheet.

``Spreadsheets`` is a port, so that the questions can be tested without Google.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import google.auth.exceptions
from google_auth_oauthlib.flow import (  # type: ignore[import-untyped]  # it ships no types
    InstalledAppFlow,
)
from googleapiclient.errors import HttpError

from deploy.cli.check.spreadsheets import may_edit
from deploy.cli.failure import CommandError
from sink.core.configuration import CredentialsKind, GoogleSettings
from sink.google_access import SCOPES, sheets_service


@dataclass(frozen=True, slots=True)
class Opened:
    """A spreadsheet that the credentials may read."""

    title: str
    tabs: tuple[str, ...]


class Spreadsheets(Protocol):
    """The calls that ``init`` makes."""

    def open(self, spreadsheet_id: str) -> Opened:
        """Title and tabs. Raises CommandError with what to do."""
        ...

    def may_edit(self, spreadsheet_id: str) -> bool:
        """Whether the credentials may change it; changes nothing. Raises CommandError."""
        ...

    def add_tab(self, spreadsheet_id: str, title: str) -> None:
        """Add an empty tab. Raises CommandError where that is not permitted."""
        ...


def share_address(kind: CredentialsKind, file: Path | None) -> str | None:
    """The e-mail address with which the spreadsheet must be shared, where the file tells it.

    Raises CommandError where a service account's key file cannot be used.
    """
    if kind is not CredentialsKind.SERVICE_ACCOUNT or file is None:
        return None
    try:
        key = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise CommandError(
            f"the key file {file} cannot be read ({error.strerror})",
            mend="Download a JSON key: Google Cloud console, IAM, Service accounts, Keys.",
        ) from error
    except ValueError as error:
        raise CommandError(f"{file} is no JSON", mend="Choose the key type JSON.") from error
    if not isinstance(key, dict) or key.get("type") != "service_account":
        raise CommandError(
            f"{file} is not a service account's key",
            mend="A file for signing in as a user goes with --credentials oauth_user.",
        )
    return str(key.get("client_email", "")) or None


def sign_in_as_user(client_secrets: Path, token_file: Path) -> None:
    """Let a person sign in with the browser and keep the token (mode 0600).

    ``client_secrets`` is the OAuth client of type "Desktop app"
    (https://developers.google.com/identity/protocols/oauth2/native-app).
    """
    try:
        flow = InstalledAppFlow.from_client_secrets_file(str(client_secrets), scopes=list(SCOPES))
    except (OSError, ValueError) as error:
        raise CommandError(
            f"{client_secrets} is no OAuth client ({error})",
            mend="Make one of type Desktop app: Google Cloud console, APIs, Credentials.",
        ) from error
    credentials = flow.run_local_server(port=0, open_browser=True)
    write_private(token_file, str(credentials.to_json()))


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read (0600), in a directory of mode 0700."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text(text, encoding="utf-8")


class GoogleSpreadsheets:
    """The Sheets API through Google's client. Implements ``Spreadsheets``."""

    def __init__(
        self, kind: CredentialsKind, file: Path | None, api_endpoint: str | None = None
    ) -> None:
        self._share_with = share_address(kind, file)
        settings = GoogleSettings(
            credentials=kind,
            credentials_file=None if file is None else str(file),
            api_endpoint=api_endpoint,
        )
        self._sheets = sheets_service(settings).spreadsheets()

    def open(self, spreadsheet_id: str) -> Opened:
        """Title and tabs. Raises CommandError with what to do."""
        call = self._sheets.get(
            spreadsheetId=spreadsheet_id, fields="properties.title,sheets.properties.title"
        )
        try:
            found = call.execute()
        except (HttpError, google.auth.exceptions.GoogleAuthError, OSError) as error:
            raise explain(error, spreadsheet_id, self._share_with) from error
        tabs: Sequence[str] = [
            sheet.get("properties", {}).get("title", "") for sheet in found.get("sheets", [])
        ]
        return Opened(found.get("properties", {}).get("title", ""), tuple(tabs))

    def may_edit(self, spreadsheet_id: str) -> bool:
        """Whether the credentials may change it; changes nothing. Raises CommandError."""
        try:
            return may_edit(self._sheets, spreadsheet_id)
        except (HttpError, google.auth.exceptions.GoogleAuthError, OSError) as error:
            raise explain(error, spreadsheet_id, self._share_with) from error

    def add_tab(self, spreadsheet_id: str, title: str) -> None:
        """Add an empty tab. Raises CommandError where that is not permitted."""
        call = self._sheets.batchUpdate(
            spreadsheetId=spreadsheet_id,
            body={"requests": [{"addSheet": {"properties": {"title": title}}}]},
        )
        try:
            call.execute()
        except (HttpError, google.auth.exceptions.GoogleAuthError, OSError) as error:
            raise explain(error, spreadsheet_id, self._share_with) from error


def explain(error: Exception, spreadsheet_id: str, share_with: str | None) -> CommandError:
    """What a failed call means for the person who sets things up."""
    status = error.status_code if isinstance(error, HttpError) else None
    if status == 404:
        return CommandError(
            f"Google knows no spreadsheet {spreadsheet_id!r}",
            mend="Copy its address from the browser; the id is the part after /d/.",
        )
    if status == 403:
        reason = error.reason if isinstance(error, HttpError) else ""
        if "has not been used" in reason or "disabled" in reason:
            return CommandError(
                "the Google Sheets API is not enabled in the project of these credentials",
                mend="Google Cloud console, APIs and services, Library, Google Sheets API, Enable.",
            )
        who = share_with or "the account of these credentials"
        return CommandError(
            f"Google does not let these credentials use spreadsheet {spreadsheet_id!r}",
            mend=f"In the sheet: Share, add {who} as Editor.",
        )
    if isinstance(error, google.auth.exceptions.RefreshError):
        return CommandError(
            f"Google refuses the credentials: {error.args[0] if error.args else error}",
            mend="Make a new key, or sign in anew.",
        )
    return CommandError(
        f"Google Sheets does not answer as expected: {error}",
        mend="Check the connection to the Internet and try again.",
    )
