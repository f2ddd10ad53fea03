"""Quotas, failures, late calls, tokens and counters, over HTTP."""

import threading
import time
from collections.abc import Callable
from email.utils import parsedate_to_datetime

import httpx
import pytest

from deploy.sheets_emulator.api.errors import ApiError
from deploy.sheets_emulator.emulator import Emulator
from deploy.sheets_emulator.json_types import JsonObject
from deploy.sheets_emulator.quota import Quota
from tests.contract.sheets_emulator.serving import serving


@pytest.fixture
def sheet(client: httpx.Client) -> str:
    """The path of a new spreadsheet."""
    created = client.post("/v4/spreadsheets", json={"properties": {"title": "T"}})
    return f"/v4/spreadsheets/{created.json()['spreadsheetId']}"


def set_switches(client: httpx.Client, **switches: object) -> None:
    client.put("/_control/settings", json=switches).raise_for_status()


def write(client: httpx.Client, sheet: str, value: str) -> httpx.Response:
    return client.put(
        f"{sheet}/values/A1", params={"valueInputOption": "RAW"}, json={"values": [[value]]}
    )


def shown(client: httpx.Client, sheet: str) -> list[list[object]]:
    answer = client.get(f"/_internal{sheet}/values/A1").json()
    values: list[list[object]] = answer.get("values", [])
    return values


def stats(client: httpx.Client) -> JsonObject:
    counted: JsonObject = client.get("/_control/stats").json()
    return counted


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.01)


def test_above_the_quota_google_refuses_without_retry_after(
    client: httpx.Client, sheet: str
) -> None:
    set_switches(client, quota_writes_per_minute=2)
    assert [write(client, sheet, str(at)).status_code for at in range(3)] == [200, 200, 429]
    refused = write(client, sheet, "x")
    error = refused.json()["error"]
    assert error["status"] == "RESOURCE_EXHAUSTED"
    assert error["message"].startswith(
        "Quota exceeded for quota metric 'Write requests' and limit 'Write requests per minute "
        "per user' of service 'sheets.googleapis.com' for consumer 'project_number:"
    )
    assert error["details"][0]["reason"] == "RATE_LIMIT_EXCEEDED"
    assert error["details"][0]["metadata"]["quota_limit_value"] == "2"
    assert "retry-after" not in refused.headers
    assert shown(client, sheet) == [["1"]]
    assert client.get(f"{sheet}/values/A1").status_code == 200, "reads have a quota of their own"
    assert stats(client)["rejected_429"] == 2


def test_the_quota_window_slides_and_users_count_apart() -> None:
    now = [0.0]
    quota = Quota(lambda: now[0])
    for at in (0.0, 30.0):
        now[0] = at
        quota.take("ann", True, 2)
    with pytest.raises(ApiError):
        quota.take("ann", True, 2)
    quota.take("bob", True, 2)
    quota.take("ann", False, 2)
    now[0] = 60.0
    quota.take("ann", True, 2)
    with pytest.raises(ApiError):
        quota.take("ann", True, 2)


def test_scripted_failures_change_nothing_unless_told_so(client: httpx.Client, sheet: str) -> None:
    set_switches(client, fail_next={"status": 503, "count": 2})
    for _ in range(2):
        answer = write(client, sheet, "lost")
        assert (answer.status_code, answer.json()["error"]["status"]) == (503, "UNAVAILABLE")
    assert shown(client, sheet) == []
    assert write(client, sheet, "kept").status_code == 200
    set_switches(client, fail_next={"status": 503, "count": 1, "calls": "write", "apply": True})
    assert client.get(f"{sheet}/values/A1").status_code == 200
    assert write(client, sheet, "applied").status_code == 503
    assert shown(client, sheet) == [["applied"]]


def test_a_late_call_is_answered_503_and_applied_afterwards(
    client: httpx.Client, sheet: str
) -> None:
    set_switches(client, late_calls={"delay_ms": 150, "count": 1})
    assert write(client, sheet, "late").status_code == 503
    assert shown(client, sheet) == []
    assert write(client, sheet, "in time").status_code == 200
    wait_until(lambda: shown(client, sheet) == [["late"]])
    wait_until(lambda: stats(client)["late_calls_pending"] == 0)


def test_a_late_call_without_an_answer_is_applied_too(client: httpx.Client, sheet: str) -> None:
    set_switches(client, late_calls={"delay_ms": 50, "count": 1, "answer": None})
    with pytest.raises(httpx.ReadTimeout):
        client.put(
            f"{sheet}/values/A1",
            params={"valueInputOption": "RAW"},
            json={"values": [["late"]]},
            timeout=0.02,
        )
    wait_until(lambda: shown(client, sheet) == [["late"]])


def test_a_late_call_that_meets_a_changed_fence_applies_nothing(
    client: httpx.Client, sheet: str
) -> None:
    def fenced(old: str | None, new: str, value: str) -> dict[str, object]:
        span = {"sheetId": 0, "endRowIndex": 1, "endColumnIndex": 1}
        named = {"namedRangeId": new, "name": f"fence_{new}", "range": span}
        cell = {"userEnteredValue": {"stringValue": value}}
        update = {"start": {}, "rows": [{"values": [cell]}], "fields": "userEnteredValue"}
        requests: list[dict[str, object]] = [
            {"addNamedRange": {"namedRange": named}},
            {"updateCells": update},
        ]
        if old is not None:
            requests.insert(0, {"deleteNamedRange": {"namedRangeId": old}})
        return {"requests": requests}

    url = f"{sheet}:batchUpdate"
    client.post(url, json=fenced(None, "t1", "one")).raise_for_status()
    set_switches(client, late_calls={"delay_ms": 100, "count": 1})
    assert client.post(url, json=fenced("t1", "t2", "late")).status_code == 503
    client.post(url, json=fenced("t1", "t3", "three")).raise_for_status()
    wait_until(lambda: stats(client)["late_calls_pending"] == 0)
    assert stats(client)["late_calls_refused"] == 1
    assert shown(client, sheet) == [["three"]]


def test_the_internal_api_knows_no_quota_and_no_failure(client: httpx.Client, sheet: str) -> None:
    set_switches(client, quota_writes_per_minute=0, fail_next={"status": 500, "count": 9})
    answer = client.put(
        f"/_internal{sheet}/values/A1",
        params={"valueInputOption": "USER_ENTERED"},
        json={"values": [["5%"]]},
    )
    assert answer.status_code == 200
    assert shown(client, sheet) == [["5%"]]


def test_a_read_sent_as_a_post_is_a_read(client: httpx.Client, sheet: str) -> None:
    write(client, sheet, "v")
    answer = client.post(
        f"{sheet}/values:batchGet",
        headers={
            "x-http-method-override": "GET",
            "content-type": "application/x-www-form-urlencoded",
        },
        content="ranges=A1&ranges=Sheet1%21A1%3AB2",
    )
    assert [found["range"] for found in answer.json()["valueRanges"]] == [
        "Sheet1!A1",
        "Sheet1!A1:B2",
    ]
    assert stats(client)["reads"] == 1


def test_the_date_of_an_answer_is_its_very_second(client: httpx.Client, sheet: str) -> None:
    began, asked = time.time(), 0
    while time.time() < began + 1.2:  # each part of a second
        before = int(time.time())
        answer = client.get(f"{sheet}/values/A1")
        after = int(time.time())
        (date,) = answer.headers.get_list("date")
        assert date.endswith(" GMT")
        assert before <= parsedate_to_datetime(date).timestamp() <= after
        asked += 1
    assert asked > 10


def test_calls_of_the_api_take_as_long_as_they_are_told(client: httpx.Client, sheet: str) -> None:
    set_switches(client, latency_ms=60)
    began = time.monotonic()
    assert write(client, sheet, "x").status_code == 200
    written = time.monotonic()
    assert client.get(f"{sheet}/values/A1").status_code == 200
    assert min(written - began, time.monotonic() - written) >= 0.06


def test_answers_look_like_googles(client: httpx.Client, sheet: str) -> None:
    answer = client.get(f"{sheet}/values/A1")
    assert answer.text == '{\n  "range": "Sheet1!A1",\n  "majorDimension": "ROWS"\n}\n'
    assert answer.headers["content-type"] == "application/json; charset=UTF-8"
    unknown = client.get("/v4/spreadsheets/unknown")
    assert unknown.status_code == 404
    assert unknown.json()["error"] == {
        "code": 404,
        "message": "Requested entity was not found.",
        "status": "NOT_FOUND",
    }


def test_a_token_is_needed_and_outlives_nothing_it_should_not() -> None:
    emulator = Emulator()
    with serving(emulator) as url, httpx.Client(base_url=url, verify=False) as client:
        path = f"/v4/spreadsheets/{emulator.create().spreadsheet_id}"
        for headers in ({}, {"authorization": "Bearer ya29.forged"}):
            answer = client.get(path, headers=headers)
            assert answer.status_code == 401
            assert answer.json()["error"]["status"] == "UNAUTHENTICATED"
        bad = client.post("/token", data={"grant_type": "password"})
        assert (bad.status_code, bad.json()["error"]) == (400, "unsupported_grant_type")
        grant = client.post(
            "/token",
            data={"grant_type": "refresh_token", "refresh_token": "r", "client_id": "c"},
        ).json()
        assert grant["token_type"] == "Bearer"
        assert grant["expires_in"] == 3600
        headers = {"authorization": f"Bearer {grant['access_token']}"}
        assert client.get(path, headers=headers).status_code == 200
        assert emulator.tokens.user_of(grant["access_token"]) == "c/r"
        assert Emulator().tokens.user_of(grant["access_token"]) is None


def test_unknown_and_wrong_settings_are_refused(client: httpx.Client) -> None:
    for body in ({"speed": 1}, {"latency_ms": "x"}, {"fail_next": {"code": 3}}, [1]):
        answer = client.put("/_control/settings", json=body)
        assert answer.status_code == 400, body
    set_switches(client, fail_next={"status": 500, "count": 0}, late_calls=None)
    assert client.get("/_control/settings").json()["fail_next"] is None


def test_calls_and_cells_are_counted(client: httpx.Client, sheet: str) -> None:
    client.delete("/_control/stats")
    write(client, sheet, "v")
    client.get(f"{sheet}/values/A1")
    counted = stats(client)
    assert counted["calls"] == {"spreadsheets.values.update": 1, "spreadsheets.values.get": 1}
    assert (counted["reads"], counted["writes"], counted["cells_written"]) == (1, 1, 1)


def test_changes_are_told_as_they_happen(client: httpx.Client, sheet: str) -> None:
    spreadsheet_id = sheet.rpartition("/")[2]
    lines: list[str] = []
    ready, done = threading.Event(), threading.Event()

    def listen() -> None:
        with httpx.stream(
            "GET",
            client.base_url.join(f"/_control/spreadsheets/{spreadsheet_id}/changes"),
            timeout=20,
        ) as stream:
            for line in stream.iter_lines():
                lines.append(line)
                ready.set()
                if '"range":"Sheet1!A1"' in line:
                    done.set()
                    return

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    assert ready.wait(20)
    write(client, sheet, "v")
    assert done.wait(20)
    thread.join(20)
    told = next(line for line in lines if '"range"' in line)
    assert '"actor":"api"' in told
    assert '"tab":"Sheet1"' in told
    assert '"revision":2' in told


def test_what_a_person_sees_is_served_with_its_revision(client: httpx.Client, sheet: str) -> None:
    client.put(
        f"{sheet}/values/A1",
        params={"valueInputOption": "USER_ENTERED"},
        json={"values": [["5%", "=A1*2", "x"]]},
    )
    spreadsheet_id = sheet.rpartition("/")[2]
    seen = client.get(
        f"/_control/spreadsheets/{spreadsheet_id}/values", params={"tab": "sheet1"}
    ).json()
    assert seen["values"] == [[0.05, 0.1, "x"]]
    assert seen["formatted"] == [["5%", "10%", "x"]], "a formula shows as what it refers to"
    missing = client.get(f"/_control/spreadsheets/{spreadsheet_id}/values", params={"tab": "no"})
    assert missing.status_code == 400


def test_a_gesture_made_in_sight_of_an_older_revision_is_refused(
    client: httpx.Client, sheet: str
) -> None:
    base = f"/_control/spreadsheets/{sheet.rpartition('/')[2]}"
    seen = client.get(f"{base}/values").json()["revision"]
    body = {"tab": "Sheet1", "range": "A1", "at_revision": seen}
    assert client.post(f"{base}/edit", json={**body, "values": [["x"]]}).is_success
    late = client.post(f"{base}/edit", json={**body, "values": [["y"]]})
    assert late.status_code == 409
    assert shown(client, sheet) == [["x"]]
