"""Who posts, and from where."""

from tests.contract.appscript.conftest import Sheet


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


class _Kept(list[dict[str, object]]):
    """Remembers what was ever in the list."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[object, object]] = []

    def append(self, post: dict[str, object]) -> None:
        self.seen.append((post["kind"], post["tab"]))
        super().append(post)
