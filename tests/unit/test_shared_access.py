"""What threads share of Google's client, and what each has for itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from deploy.local.service_account import key_file, private_key
from sink.core.configuration import CredentialsKind, GoogleSettings
from sink.google_access import sheets_service
from sink.shared_access import SharedAccess


def test_methods_are_made_once_and_each_thread_has_an_http_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The methods of each further mapping would take some 55 MB; httplib2 is not thread-safe."""
    url = "http://sheets.test"
    (tmp_path / "key.json").write_text(key_file("a", sheets_url=url, key=private_key()))
    made: list[object] = []

    def counted(settings: GoogleSettings, *, directory: Path) -> object:
        made.append(settings)
        return sheets_service(settings, directory=directory)

    monkeypatch.setattr("sink.shared_access.sheets_service", counted)
    settings = GoogleSettings(CredentialsKind.SERVICE_ACCOUNT, "key.json", url)
    shared = SharedAccess(settings, tmp_path)
    one, other = shared.one(), shared.one()
    assert len(made) == 1
    assert one.spreadsheets is other.spreadsheets
    assert one.values is other.values
    assert one.http is not other.http
    assert one.http.credentials.service_account_email == "a@sheetbridge-a.iam.gserviceaccount.com"
