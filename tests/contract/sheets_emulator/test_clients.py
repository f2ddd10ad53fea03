"""Ordinary clients work against the emulator unchanged."""

import datetime
import json
from collections.abc import Iterator
from typing import Any

import gspread
import httplib2
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from google.oauth2.service_account import Credentials
from google_auth_httplib2 import AuthorizedHttp  # type: ignore[import-untyped]  # has no hints
from googleapiclient.discovery import build
from googleapiclient.errors import HttpError
from gspread.http_client import HTTPClient
from gspread.utils import ValueRenderOption

from deploy.sheets_emulator.emulator import Emulator
from tests.contract.sheets_emulator.serving import serving

_SCOPE = "https://www.googleapis.com/auth/spreadsheets"


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with serving(Emulator()) as url:
        yield url


@pytest.fixture(scope="module")
def credentials(url: str) -> Credentials:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()
    info = {
        "type": "service_account",
        "client_email": "bridge@example.iam.gserviceaccount.com",
        "private_key": pem,
        "private_key_id": "1",
        "token_uri": f"{url}/token",
    }
    # google-auth leaves this constructor without hints.
    made: Credentials = Credentials.from_service_account_info(info, scopes=[_SCOPE])  # type: ignore[no-untyped-call]
    return made


@pytest.fixture
def service(url: str, credentials: Credentials) -> Iterator[Any]:
    http = AuthorizedHttp(credentials, http=httplib2.Http(timeout=20))
    service = build(
        "sheets", "v4", http=http, client_options={"api_endpoint": url}, static_discovery=True
    )
    yield service
    service.close()


def test_google_api_python_client(service: Any) -> None:
    sheets = service.spreadsheets()
    body = {
        "properties": {"title": "Planes"},
        "sheets": [{"properties": {"title": "planes", "gridProperties": {"rowCount": 50}}}],
    }
    created = sheets.create(body=body, fields="spreadsheetId,sheets.properties").execute()
    spreadsheet_id = created["spreadsheetId"]
    assert created["sheets"][0]["properties"]["gridProperties"]["rowCount"] == 50
    assert "properties" not in created
    values = [["tailnum", "year"], ["N10156", 2004]]
    written = (
        sheets.values()
        .update(
            spreadsheetId=spreadsheet_id,
            range="planes!A1",
            valueInputOption="RAW",
            body={"values": values},
        )
        .execute()
    )
    assert written["updatedCells"] == 4
    read = (
        sheets.values()
        .get(
            spreadsheetId=spreadsheet_id,
            range="planes",
            valueRenderOption="UNFORMATTED_VALUE",
        )
        .execute()
    )
    assert read["values"] == values
    many = [f"planes!A{row}:B{row}" for row in range(1, 50)] * 4
    batch = sheets.values().batchGet(spreadsheetId=spreadsheet_id, ranges=many).execute()
    assert len(batch["valueRanges"]) == len(many), "a long GET goes as a POST"
    with pytest.raises(HttpError) as caught:
        sheets.values().get(spreadsheetId=spreadsheet_id, range="NOPE!A5:F15").execute()
    assert (caught.value.status_code, caught.value.reason) == (
        400,
        "Unable to parse range: NOPE!A5:F15",
    )


PROTECTED = (
    "You are trying to edit a protected cell or object. "
    "Please contact the spreadsheet owner to remove protection if you need to edit."
)
"""Google's words, as users report them (https://github.com/theoephraim/node-google-spreadsheet/pull/20);
in a batch the number of the request and its kind stand before them, as before any reason."""


def test_a_write_into_somebody_else_s_protected_range_is_refused(service: Any) -> None:
    sheets = service.spreadsheets()
    body = {"sheets": [{"properties": {"sheetId": 7, "title": "planes"}}]}
    spreadsheet_id = sheets.create(body=body).execute()["spreadsheetId"]
    column = {"sheetId": 7, "startColumnIndex": 1, "endColumnIndex": 2}
    protected = {"range": column, "editors": {"users": ["ann@example.com"]}}
    add = {"requests": [{"addProtectedRange": {"protectedRange": protected}}]}
    sheets.batchUpdate(spreadsheetId=spreadsheet_id, body=add).execute()
    cell = {"userEnteredValue": {"stringValue": "x"}}

    def write(column: int) -> Any:
        start = {"sheetId": 7, "rowIndex": 0, "columnIndex": column}
        update = {"start": start, "rows": [{"values": [cell]}], "fields": "userEnteredValue"}
        body = {"requests": [{"updateCells": update}]}
        return sheets.batchUpdate(spreadsheetId=spreadsheet_id, body=body).execute()

    write(0)
    with pytest.raises(HttpError) as caught:
        write(1)
    error = json.loads(caught.value.content)["error"]
    assert caught.value.status_code == 400
    assert error == {
        "code": 400,
        "message": f"Invalid requests[0].updateCells: {PROTECTED}",
        "status": "INVALID_ARGUMENT",
    }
    assert caught.value.reason == error["message"]
    with pytest.raises(HttpError) as caught:
        sheets.values().update(
            spreadsheetId=spreadsheet_id,
            range="planes!A1:B1",
            valueInputOption="RAW",
            body={"values": [["y", "y"]]},
        ).execute()
    assert (caught.value.status_code, caught.value.reason) == (400, PROTECTED)
    read = sheets.values().get(spreadsheetId=spreadsheet_id, range="planes").execute()
    assert read["values"] == [["x"]], "nothing of it was written"


class _LocalClient(HTTPClient):
    """gspread's client with Google's address replaced."""

    base = ""

    def request(self, method: Any, endpoint: str, *args: Any, **kwargs: Any) -> Any:
        endpoint = endpoint.replace("https://sheets.googleapis.com", self.base)
        return super().request(method, endpoint, *args, **kwargs)


def test_gspread(url: str, credentials: Credentials, service: Any) -> None:
    created = service.spreadsheets().create(body={"properties": {"title": "G"}}).execute()
    _LocalClient.base = url
    client = gspread.Client(auth=credentials, http_client=_LocalClient)
    spreadsheet = client.open_by_key(created["spreadsheetId"])
    sheet = spreadsheet.add_worksheet("planes", rows=10, cols=5)
    sheet.update([["tailnum", "built"], ["N1", "2004-01-02"]], "A1", raw=False)
    sheet.append_row(["N2", 1999])
    assert sheet.get_all_records() == [
        {"tailnum": "N1", "built": "2004-01-02"},
        {"tailnum": "N2", "built": 1999},
    ]
    serial = sheet.get("B2", value_render_option=ValueRenderOption.unformatted)[0][0]
    since = datetime.date.fromisoformat("2004-01-02") - datetime.date.fromisoformat("1899-12-30")
    assert serial == since.days
    found = sheet.find("N2")
    assert found is not None
    sheet.delete_rows(found.row)
    sheet.insert_row(["N3", 2001], 2)
    sheet.sort((1, "des"))
    assert sheet.col_values(1) == ["tailnum", "N3", "N1"]
    sheet.update_title("renamed")
    assert [tab.title for tab in spreadsheet.worksheets()] == ["Sheet1", "renamed"]
    spreadsheet.del_worksheet(sheet)
    with pytest.raises(gspread.exceptions.SpreadsheetNotFound):
        client.open_by_key("unknown")
