"""Google's Sheets client, with the credentials that the configuration names.

Used by the sink, ``sheetbridge check`` and ``sheetbridge init``. Each thread needs a client of its
own: httplib2 is not thread-safe
(https://googleapis.github.io/google-api-python-client/docs/thread_safety.html).
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import google.auth
import google.oauth2.credentials
import google.oauth2.service_account

# Neither of the two says what types it has.
import google_auth_httplib2  # type: ignore[import-untyped]
import httplib2
from google.auth.credentials import Credentials
from google.auth.exceptions import DefaultCredentialsError
from googleapiclient.discovery import build_from_document
from googleapiclient.discovery_cache import DISCOVERY_DOC_DIR

from sink.core.configuration import CredentialsKind, GoogleSettings
from sink.core.errors import SheetbridgeError

if TYPE_CHECKING:
    from googleapiclient._apis.sheets.v4.resources import SheetsResource

SCOPES = ("https://www.googleapis.com/auth/spreadsheets",)

_DISCOVERY = Path(DISCOVERY_DOC_DIR) / "sheets.v4.json"

TIMEOUT_SECONDS = 190
"""Google itself gives up after 180 s (https://developers.google.com/sheets/api/limits)."""


class GoogleAccessError(SheetbridgeError):
    """The credentials cannot be used; ``mend`` says what to do."""

    def __init__(self, problem: str, *, mend: str) -> None:
        self.problem = problem
        self.mend = mend
        super().__init__(f"{problem}\n{mend}")


def sheets_service(
    settings: GoogleSettings,
    *,
    directory: Path | None = None,
    timeout: float = TIMEOUT_SECONDS,
) -> SheetsResource:
    """The Sheets API v4 at Google, or at ``settings.api_endpoint``, for one thread.

    A relative ``credentials_file`` counts from ``directory``, the configuration file's. ``timeout``
    is in seconds, for each call. Nothing is sent yet. Raises GoogleAccessError.
    """
    file = Path(settings.credentials_file) if settings.credentials_file else None
    if file is not None and directory is not None:
        file = directory / file
    http = google_auth_httplib2.AuthorizedHttp(
        load_credentials(settings.credentials, file), http=httplib2.Http(timeout=timeout)
    )
    options = {"api_endpoint": settings.api_endpoint} if settings.api_endpoint else None
    return build_from_document(_document(), http=http, client_options=options)


@cache
def _document() -> dict[str, Any]:
    """The discovery document of the Sheets API v4, its messages by name alone.

    The client takes them for the documentation of its methods only, which it writes anew for each
    service: 57 MB of memory and half a second.
    """
    document: dict[str, Any] = json.loads(_DISCOVERY.read_bytes())
    return {**document, "schemas": {name: {"id": name} for name in document["schemas"]}}


def load_credentials(kind: CredentialsKind, file: Path | None) -> Credentials:
    """Credentials of ``kind``; ``file`` is the key or the token, where the kind has one.

    Raises GoogleAccessError.
    """
    scopes = list(SCOPES)
    credentials: Credentials
    try:
        # google-auth says that it is typed, but leaves its constructors from files without types.
        if kind is CredentialsKind.APPLICATION_DEFAULT:
            credentials, _project = google.auth.default(scopes=scopes)
        elif file is None:
            raise GoogleAccessError(
                f"credentials = {kind.value!r} needs a file",
                mend="Name it: credentials_file in [google].",
            )
        elif kind is CredentialsKind.SERVICE_ACCOUNT:
            credentials = google.oauth2.service_account.Credentials.from_service_account_file(  # type: ignore[no-untyped-call]
                str(file), scopes=scopes
            )
        else:
            credentials = google.oauth2.credentials.Credentials.from_authorized_user_file(  # type: ignore[no-untyped-call]
                str(file), scopes=scopes
            )
    except OSError as error:
        raise GoogleAccessError(
            f"Google credentials {file} cannot be read ({error.strerror})",
            mend="Correct credentials_file in [google], or run sheetbridge init.",
        ) from error
    except ValueError as error:
        raise GoogleAccessError(
            f"Google credentials {file} cannot be used ({error})",
            mend="Make a new key, or sign in anew with sheetbridge init.",
        ) from error
    except DefaultCredentialsError as error:
        raise GoogleAccessError(
            "This machine has no application-default credentials",
            mend="gcloud auth application-default login "
            f"--scopes={SCOPES[0]},https://www.googleapis.com/auth/cloud-platform",
        ) from error
    return credentials
