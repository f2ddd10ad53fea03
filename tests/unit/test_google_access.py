"""Credentials that cannot be used are told with their mend, never as Google's own exceptions."""

from __future__ import annotations

from pathlib import Path

import pytest

from sink.core.configuration import CredentialsKind, GoogleSettings
from sink.google_access import GoogleAccessError, load_credentials, sheets_service

KEYED = (CredentialsKind.SERVICE_ACCOUNT, CredentialsKind.OAUTH_USER)


@pytest.mark.parametrize("kind", KEYED)
def test_a_missing_file_is_named(kind: CredentialsKind, tmp_path: Path) -> None:
    with pytest.raises(GoogleAccessError, match=r"none\.json cannot be read") as caught:
        load_credentials(kind, tmp_path / "none.json")
    assert "sheetbridge init" in caught.value.mend


@pytest.mark.parametrize("kind", KEYED)
@pytest.mark.parametrize("content", ["{", "{}"])
def test_a_wrong_file_is_named(kind: CredentialsKind, content: str, tmp_path: Path) -> None:
    file = tmp_path / "key.json"
    file.write_text(content)
    with pytest.raises(GoogleAccessError, match=r"key\.json cannot be used"):
        load_credentials(kind, file)


@pytest.mark.parametrize("kind", KEYED)
def test_a_kind_that_needs_a_file_asks_for_it(kind: CredentialsKind) -> None:
    with pytest.raises(GoogleAccessError, match="needs a file"):
        load_credentials(kind, None)


def test_a_relative_file_counts_from_the_configuration(tmp_path: Path) -> None:
    settings = GoogleSettings(credentials_file="key.json")
    with pytest.raises(GoogleAccessError, match=str(tmp_path / "key.json")):
        sheets_service(settings, directory=tmp_path)


def test_without_default_credentials_the_gcloud_command_is_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "none.json"))
    with pytest.raises(GoogleAccessError) as caught:
        load_credentials(CredentialsKind.APPLICATION_DEFAULT, None)
    assert "gcloud auth application-default login" in caught.value.mend
