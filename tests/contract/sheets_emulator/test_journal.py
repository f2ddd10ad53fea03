"""What was answered is there again after the process is gone."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from deploy.local.loopback import LOOPBACK
from deploy.sheets_emulator import journal as journal_module
from deploy.sheets_emulator.api.errors import ApiError
from deploy.sheets_emulator.document import Document
from deploy.sheets_emulator.emulator import Emulator
from tests.contract.sheets_emulator.requests import add_sheet, cells, insert_rows

_REPOSITORY = Path(__file__).resolve().parents[3]


@contextmanager
def opened(directory: Path) -> Iterator[Emulator]:
    emulator = Emulator(data_dir=directory)
    try:
        yield emulator
    finally:
        emulator.close()


def everything(document: Document) -> object:
    return document.revision, document.get(include_grid_data=True)


def work(document: Document) -> None:
    document.values_update("A1", [["5%", "=A1*2", "=NOW()"]])
    document.batch_update([insert_rows(0), add_sheet(7, "seven"), cells(0, 0, [["t"]], 7)])
    document.batch_update([{"addSheet": {"properties": {"title": "given id"}}}])
    with pytest.raises(ApiError):
        document.batch_update([cells(0, 0, [["lost"]]), {"deleteSheet": {"sheetId": 99}}])


def test_a_restart_plays_every_applied_call_again(tmp_path: Path) -> None:
    with opened(tmp_path) as first:
        document = first.create({"properties": {"title": "T", "timeZone": "Asia/Tokyo"}})
        work(document)
    with opened(tmp_path) as second:
        again = second.spreadsheet(document.spreadsheet_id)
        assert everything(again) == everything(document)
        again.values_update("A9", [["more"]])
        assert second.tokens.user_of(first.tokens.issue("ann")) == "ann"
    with opened(tmp_path) as third:
        assert everything(third.spreadsheet(document.spreadsheet_id)) == everything(again)


def test_a_long_journal_becomes_a_snapshot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with opened(tmp_path) as first:
        document = first.create()
        work(document)
        before = (tmp_path / "journal").stat().st_size
    monkeypatch.setattr(journal_module, "LONG_JOURNAL_BYTES", 100)
    with opened(tmp_path) as second:
        assert (tmp_path / "journal").stat().st_size < before
        again = second.spreadsheet(document.spreadsheet_id)
        assert everything(again) == everything(document)
        again.batch_update([{"addSheet": {"properties": {"title": "after"}}}])
    with opened(tmp_path) as third:
        assert everything(third.spreadsheet(document.spreadsheet_id)) == everything(again)


def test_a_line_that_was_cut_short_is_dropped(tmp_path: Path) -> None:
    with opened(tmp_path) as first:
        document = first.create()
        document.values_update("A1", [["kept"]])
    with (tmp_path / "journal").open("ab") as file:
        file.write(b'{"spreadsheet_id": "')
    with opened(tmp_path) as second:
        second.spreadsheet(document.spreadsheet_id).values_update("A2", [["next"]])
    with opened(tmp_path) as third:
        values = third.spreadsheet(document.spreadsheet_id).values_get("A1:A2")
    assert values == [["kept"], ["next"]]


def start(directory: Path) -> tuple[subprocess.Popen[bytes], str]:
    """An emulator as a process of its own, serving, and its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable, "-m", "deploy.sheets_emulator", "--port", str(port),
        "--data-dir", str(directory), "--allow-any-token",
    ]  # fmt: skip
    process = subprocess.Popen(command, cwd=_REPOSITORY)
    url = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + 60
    while True:
        assert process.poll() is None, "the emulator ended"
        assert time.monotonic() < deadline, "the emulator did not start"
        try:
            LOOPBACK.get(f"{url}/_control/health").raise_for_status()
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return process, url


def test_answered_writes_outlive_a_kill(tmp_path: Path) -> None:
    process, url = start(tmp_path)
    created = LOOPBACK.post(f"{url}/v4/spreadsheets", json={}).json()["spreadsheetId"]
    path = f"/v4/spreadsheets/{created}/values"
    with httpx.Client(base_url=url, verify=False) as client:
        for row in range(1, 21):
            client.put(
                f"{path}/A{row}?valueInputOption=RAW", json={"values": [[row]]}
            ).raise_for_status()
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process, url = start(tmp_path)
    try:
        answer = LOOPBACK.get(f"{url}{path}/A:A?valueRenderOption=UNFORMATTED_VALUE").json()
    finally:
        process.terminate()
        process.wait(20)
    assert answer["values"] == [[row] for row in range(1, 21)]


def test_a_page_that_listens_does_not_keep_the_emulator_from_stopping(tmp_path: Path) -> None:
    process, url = start(tmp_path)
    try:
        created = LOOPBACK.post(f"{url}/v4/spreadsheets", json={}).json()["spreadsheetId"]
        changes = f"{url}/_control/spreadsheets/{created}/changes"
        with httpx.stream("GET", changes, timeout=20) as stream:
            lines = stream.iter_lines()
            assert next(lines) == "event: hello"
            process.terminate()
            assert [line for line in lines if line.startswith("data")] == ["data: 1"]
    finally:
        process.terminate()
        process.wait(20)
