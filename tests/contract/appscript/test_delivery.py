"""Posts outlive a dead webhook, keep their order, and survive lost and doubled triggers."""

import concurrent.futures

from tests.contract.appscript.conftest import Sheet


def test_edits_survive_a_dead_webhook_and_arrive_in_order(sheet: Sheet) -> None:
    sheet.webhook.stop()
    for year in (2010, 2011, 2012):
        sheet.edit("B2", [[year]])
    assert sheet.status()["outbox"]["posts"] == 3
    sheet.webhook.start()
    sheet.minute()
    years = [post["rows"][0]["cells"]["year"]["value"] for post in sheet.webhook.edits]
    assert years == [2010, 2011, 2012]
    assert ("/v1/batches", 3) in sheet.webhook.requests
    assert sheet.status()["outbox"]["posts"] == 0


def test_a_resend_has_the_same_id_and_a_signature_of_its_own(sheet: Sheet) -> None:
    sheet.webhook.failing = 503
    sheet.edit("B2", [[2010]])
    sheet.minute()
    sheet.webhook.failing = None
    sheet.minute()
    [post] = sheet.webhook.edits
    assert sheet.webhook.attempts[:3] == [post["id"]] * 3
    assert sheet.webhook.refused == []


def test_a_wrong_secret_keeps_the_edits_until_it_is_mended(sheet: Sheet) -> None:
    secret, sheet.webhook.secret = sheet.webhook.secret, "another"
    sheet.edit("B2", [[2010]])
    assert sheet.status()["trouble"]["status"] == 401
    sheet.webhook.secret = secret
    sheet.minute()
    assert len(sheet.webhook.edits) == 1


def test_of_many_edits_at_once_each_arrives_once(sheet: Sheet) -> None:
    sheet.edit("A5:A24", [[f"M{n}"] for n in range(20)])
    sheet.webhook.posts.clear()
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: sheet.edit(f"B{n + 5}", [[n]], wait=False), range(20)))
    settled = sheet.client.post("/_control/settle").json()
    assert settled == {"pending": 0}
    keys = [post["rows"][0]["key"]["tailnum"] for post in sheet.webhook.edits]
    assert sorted(keys) == sorted(f"M{n}" for n in range(20))
    assert sheet.status()["outbox"]["posts"] == 0


def test_lost_triggers_lose_the_post_and_nothing_else(sheet: Sheet) -> None:
    sheet.settings(drop_triggers=1)
    sheet.edit("B2", [[2010]])
    sheet.edit("B2", [[2011]])
    [post] = sheet.webhook.edits
    assert post["rows"][0]["cells"]["year"] == {"value": 2011, "old": 2010}


def test_doubled_triggers_post_twice_under_two_ids(sheet: Sheet) -> None:
    sheet.settings(duplicate_triggers=True)
    sheet.edit("B2", [[2010]])
    first, second = sheet.webhook.edits
    assert first["rows"] == second["rows"]
    assert first["id"] != second["id"]


def test_an_answer_comes_before_the_triggers_have_run(sheet: Sheet) -> None:
    sheet.settings(trigger_delay_ms=400)
    told = sheet.edit("B2", [[2010]], wait=False)
    assert "executions" not in told
    assert sheet.webhook.posts == []
    assert sheet.client.post("/_control/settle").json() == {"pending": 0}
    assert len(sheet.webhook.edits) == 1
