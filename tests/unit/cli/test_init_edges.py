"""What ``sheetbridge init`` makes of addresses, key files and Google's answers."""

from __future__ import annotations

import json
from pathlib import Path
from unittest.mock import Mock

import httplib2
import pytest
from googleapiclient.errors import HttpError

from deploy.cli.check.spreadsheets import may_edit
from deploy.cli.failure import CommandError
from deploy.cli.init import database, google
from sink.core.configuration import CredentialsKind


def refusal(status: int, message: str = "no") -> HttpError:
    body = json.dumps({"error": {"code": status, "message": message}}).encode()
    return HttpError(httplib2.Response({"status": str(status)}), body)


def answering(status: int) -> Mock:
    """A Sheets client whose every write is refused with ``status``."""
    client = Mock()
    client.batchUpdate.return_value.execute.side_effect = refusal(status)
    return client


@pytest.mark.parametrize(("status", "may"), [(400, True), (403, False)])
def test_who_may_edit_is_known_by_googles_refusal_of_what_changes_nothing(
    status: int, may: bool
) -> None:
    client = answering(status)
    assert may_edit(client, "1AbC") is may
    (request,) = client.batchUpdate.call_args.kwargs["body"]["requests"]
    assert list(request) == ["deleteNamedRange"]


def test_another_refusal_tells_nothing_about_editing() -> None:
    with pytest.raises(HttpError):
        may_edit(answering(503), "1AbC")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("mysql://u:p%40ss@h:3307/d", database.Address("h", 3307, "u", "p@ss", "d")),
        ("mysql+pymysql://u@h", database.Address("h", 3306, "u", "", None)),
    ],
)
def test_a_url_is_taken_apart(url: str, expected: database.Address) -> None:
    assert database.parse_address(url) == expected


@pytest.mark.parametrize("url", ["", "h", "mysql://h/d", "mysql://u@/d", "mysql://u@h:x/d"])
def test_what_is_no_mysql_url_is_refused(url: str) -> None:
    with pytest.raises(CommandError, match="mysql://sheetbridge@"):
        database.parse_address(url)


def test_a_password_does_not_show_in_an_address() -> None:
    assert "hush" not in repr(database.parse_address("mysql://u:hush@h/d"))


@pytest.mark.parametrize(
    ("status", "message", "mend"),
    [
        (404, "Requested entity was not found.", "after /d/"),
        (403, "The caller does not have permission", "add robot@x as Editor"),
        (
            403,
            "Google Sheets API has not been used in project 1 before or it is disabled",
            "Enable",
        ),
        (500, "Internal error encountered.", "try again"),
    ],
)
def test_googles_refusals_are_explained(status: int, message: str, mend: str) -> None:
    assert mend in google.explain(refusal(status, message), "1AbC", "robot@x").mend


@pytest.mark.parametrize(
    ("content", "problem"),
    [("{", "is no JSON"), ('{"type": "authorized_user"}', "is not a service account's key")],
)
def test_a_wrong_key_file_is_told_apart(tmp_path: Path, content: str, problem: str) -> None:
    file = tmp_path / "key.json"
    file.write_text(content)
    with pytest.raises(CommandError, match=problem):
        google.share_address(CredentialsKind.SERVICE_ACCOUNT, file)
