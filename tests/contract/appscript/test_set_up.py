"""Who posts, and from where."""

from pathlib import Path

import httpx

from deploy.sheets_emulator.emulator import Emulator
from tests.contract.appscript.conftest import MAPPING, Sheet
from tests.contract.appscript.webhook import Webhook
from tests.contract.sheets_emulator.serving import serving


def test_without_set_up_nothing_is_posted(bare_sheet: Sheet) -> None:
    bare_sheet.edit("B2", [[2010]])
    assert bare_sheet.webhook.posts == []
    assert bare_sheet.told("triggers") == []


def test_set_up_twice_leaves_one_set_of_triggers(sheet: Sheet) -> None:
    sheet.set_up()
    handlers = [trigger["handler"] for trigger in sheet.told("triggers")]
    assert handlers == ["sheetbridgeEdited", "sheetbridgeChanged", "sheetbridgeEveryMinute"]
    sheet.edit("B2", [[2010]])
    assert len(sheet.webhook.edits) == 1


def test_set_up_begins_with_a_heartbeat(bare_sheet: Sheet) -> None:
    bare_sheet.webhook.posts = posts = _Kept()
    bare_sheet.set_up()
    assert posts.seen == [("heartbeat", "planes")]


def test_a_copied_spreadsheet_does_not_post(sheet: Sheet) -> None:
    answer = sheet.client.post(f"/_control/spreadsheets/{sheet.spreadsheet_id}/copy", json={})
    copy = Sheet(sheet.client, sheet.emulator, answer.json()["spreadsheet_id"], sheet.webhook)
    assert copy.values() == sheet.values()
    assert copy.run("installTriggers_")["error"] is None
    copy.edit("B2", [[2010]])
    copy.act("delete_rows", start=2)
    copy.minute()
    assert copy.status()["state"] == "copy"
    assert sheet.webhook.attempts == []


def test_set_up_with_a_wrong_secret_says_so_and_installs_nothing(bare_sheet: Sheet) -> None:
    bare_sheet.client.put(
        f"/_control/spreadsheets/{bare_sheet.spreadsheet_id}/script/properties",
        json={"WEBHOOK_URL": bare_sheet.webhook.url, "WEBHOOK_SECRET": "wrong"},
    )
    record = bare_sheet.run("sheetbridgeSetUp")
    assert "does not accept this secret" in record["error"]["message"]
    assert bare_sheet.told("triggers") == []


def test_a_person_sets_up_from_the_menu(bare_sheet: Sheet) -> None:
    [opened] = bare_sheet.act("open")["executions"]
    first = opened["menus"][0]["items"][0]
    assert (opened["menus"][0]["title"], first["caption"]) == ("Sheetbridge", "Set up\u2026")
    answers = [bare_sheet.webhook.url, bare_sheet.webhook.secret]
    record = bare_sheet.run(first["functionName"], answers=answers)
    assert record["result"] == "Set up. Mapped tabs: planes."
    bare_sheet.edit("B2", [[2010]])
    assert len(bare_sheet.webhook.edits) == 1


def test_set_up_and_waiting_posts_survive_a_restart_of_the_emulator(tmp_path: Path) -> None:
    webhook = Webhook([MAPPING])
    webhook.start()
    with (
        serving(Emulator(data_dir=tmp_path)) as url,
        httpx.Client(base_url=url, verify=False) as client,
    ):
        emulator = Emulator()
        first = Sheet(client, emulator, _new_spreadsheet(client), webhook)
        first.set_up()
        webhook.failing = 503
        first.edit("A2:B2", [["N1", 2010]])
    webhook.failing = None
    with (
        serving(Emulator(data_dir=tmp_path)) as url,
        httpx.Client(base_url=url, verify=False) as client,
    ):
        again = Sheet(client, emulator, first.spreadsheet_id, webhook)
        again.minute()
        again.edit("B2", [[2011]])
    years = [post["rows"][0]["cells"]["year"]["value"] for post in webhook.edits]
    webhook.stop()
    assert years == [2010, 2011]


def _new_spreadsheet(client: httpx.Client) -> str:
    answer = client.post(
        "/_internal/v4/spreadsheets", json={"sheets": [{"properties": {"title": "planes"}}]}
    )
    spreadsheet_id: str = answer.json()["spreadsheetId"]
    client.put(
        f"/_internal/v4/spreadsheets/{spreadsheet_id}/values/planes!A1",
        params={"valueInputOption": "RAW"},
        json={"values": [["tailnum", "year", "maker", "built"]]},
    ).raise_for_status()
    return spreadsheet_id


class _Kept(list[dict[str, object]]):
    """Remembers what was ever in the list."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[object, object]] = []

    def append(self, post: dict[str, object]) -> None:
        self.seen.append((post["kind"], post["tab"]))
        super().append(post)
