"""The script's posts are what our own webhook takes and our own sink reads."""

import asyncio
import json
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from datetime import datetime

import pytest
import uvicorn

from sink.core import configuration as vocabulary
from sink.core.cell import CellError, LocalDateTime
from sink.core.command import decode_command
from sink.core.envelope import Post, decode_post
from sink.core.mapping import Mapping
from sink.core.status_record import Held, RefusedCell, StatusRecord
from tests.contract.appscript.conftest import Sheet
from tests.contract.appscript.webhook import Webhook
from tests.unit.webhook.stage import FakeStatuses
from webhook.app import create_app
from webhook.publisher import Outgoing, PublishError

SECRET = "the secret of this test"
NEXT_SECRET = "the secret that comes after it"


class Log:
    """A publisher that keeps what Kafka would, unless it is away."""

    def __init__(self) -> None:
        self.records: list[Outgoing] = []
        self.statuses = FakeStatuses()
        self.away = False

    async def start(self) -> None:
        return None

    def publish(self, records: Sequence[Outgoing]) -> asyncio.Future[None]:
        done = asyncio.get_running_loop().create_future()
        if self.away:
            done.set_exception(PublishError("Kafka does not answer."))
        else:
            self.records.extend(records)
            done.set_result(None)
        return done

    async def check(self) -> None:
        return None

    async def close(self) -> None:
        return None

    def posts(self) -> list[Post]:
        return [decode_post(json.loads(record.value)) for record in self.records]


def _configuration(spreadsheet_id: str) -> vocabulary.Configuration:
    secret = vocabulary.Secret("${env:SECRET}", SECRET)
    next_secret = vocabulary.Secret("${env:NEXT}", NEXT_SECRET)
    mapping = Mapping(
        name="planes",
        table="demo.planes",
        spreadsheet_id=spreadsheet_id,
        tab="Planes",
        key=("tailnum",),
        columns={"tailnum": "tailnum", "year": "year", "maker": "maker", "built": "built"},
    )
    return vocabulary.Configuration(
        vocabulary.DatabaseSettings("127.0.0.1", "sheetbridge", secret),
        vocabulary.KafkaSettings("127.0.0.1:1"),
        vocabulary.ConnectSettings("http://127.0.0.1:1", "cdc", "${env:CDC}"),
        vocabulary.GoogleSettings(),
        vocabulary.WebhookSettings((next_secret, secret)),
        vocabulary.SinkSettings(),
        (mapping,),
    )


@pytest.fixture
def log(bare_sheet: Sheet) -> Iterator[Log]:
    """Our webhook in the place of the test's own, and the set-up done."""
    kept = Log()
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    app = create_app(_configuration(bare_sheet.spreadsheet_id), kept, kept.statuses)
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    bare_sheet.webhook.stop()
    bare_sheet.webhook = Webhook([], secret=SECRET, port=listener.getsockname()[1])
    try:
        bare_sheet.set_up()
        yield kept
    finally:
        server.should_exit = True
        thread.join(20)
        listener.close()


def test_set_up_begins_with_a_heartbeat(log: Log) -> None:
    assert [post.kind for post in log.posts()] == ["heartbeat"]
    assert [record.topic for record in log.records] == ["sheet.planes"]


def test_a_typed_cell(bare_sheet: Sheet, log: Log) -> None:
    done = bare_sheet.edit("B2", [[2005]], editor="ann@example.com")
    post = log.posts()[-1]
    [row] = post.rows
    assert (post.kind, post.editor, row.typed) == ("edit", "ann@example.com", True)
    assert (row.key, row.cells["year"].value, row.cells["year"].old) == (
        {"tailnum": "N1"},
        2005,
        2004,
    )
    assert abs(post.time - done["time_ms"] * 1000) < 60_000_000


def test_a_paste_over_keys_with_every_kind_of_content(bare_sheet: Sheet, log: Log) -> None:
    bare_sheet.edit("A2:E3", [["N7", "=1/0", "", "TRUE", "2020-02-29"], [None, 3, "", "x", None]])
    first, second = log.posts()[-1].rows
    assert first.key_edited
    assert isinstance(first.cells["year"].value, CellError)
    assert first.cells["year"].formula == "=1/0"
    assert first.cells["maker"].value is True
    assert first.cells["built"].value == LocalDateTime(
        datetime.fromisoformat("2020-02-29T00:00:00")
    )
    assert (second.key, second.cells["built"].value) == ({"tailnum": None}, None)


def test_an_edited_key(bare_sheet: Sheet, log: Log) -> None:
    bare_sheet.edit("A2", [["N9"]])
    [row] = log.posts()[-1].rows
    assert (row.old_key, row.key) == ({"tailnum": "N1"}, {"tailnum": "N9"})
    assert set(row.cells) == {"tailnum", "year", "maker", "built"}


def test_hints_of_every_kind(bare_sheet: Sheet, log: Log) -> None:
    bare_sheet.act("insert_rows", start=2)
    bare_sheet.act("clear", range="A3:E3")
    bare_sheet.act("edit", range="A1", values=[["renamed"]])
    assert [post.change_type for post in log.posts() if post.kind == "hint"] == [
        "INSERT_ROW",
        "EDIT",
        "HEADER",
    ]


def test_an_unmapped_tab_is_given_up_and_the_mappings_are_asked_for_again(
    bare_sheet: Sheet, log: Log
) -> None:
    bare_sheet.act("rename_tab", title="elsewhere")
    assert bare_sheet.status()["refused"] is None
    bare_sheet.act("edit", tab="elsewhere", range="B2", values=[[1]])
    assert [post.kind for post in log.posts()] == ["heartbeat", "hint"]


def test_edits_made_while_kafka_is_away_arrive_once_each_and_in_order(
    bare_sheet: Sheet, log: Log
) -> None:
    log.away = True
    for year in (2010, 2011, 2012):
        bare_sheet.edit("B2", [[year]])
    bare_sheet.act("delete_rows", start=4)
    assert bare_sheet.status()["outbox"]["posts"] == 4
    log.away = False
    bare_sheet.minute()
    *edits, hint = log.posts()[1:]
    assert [post.rows[0].cells["year"].value for post in edits] == [2010, 2011, 2012]
    assert hint.change_type == "REMOVE_ROW"
    assert len({post.id for post in (*edits, hint)}) == 4


@pytest.mark.parametrize(
    ("item", "command"), [("SyncNow", "reconcile"), ("Pause", "pause"), ("Resume", "resume")]
)
def test_a_command_of_the_menu(bare_sheet: Sheet, log: Log, item: str, command: str) -> None:
    assert bare_sheet.run(f"sheetbridge{item}")["error"] is None
    record = log.records[-1]
    assert record.topic == "commands.planes"
    assert decode_command(json.loads(record.value)).order.value == command


def test_a_row_typed_without_a_key_is_found_by_its_tag_wherever_it_moves(
    bare_sheet: Sheet, log: Log
) -> None:
    bare_sheet.edit("B6", [[2020]])
    bare_sheet.act("insert_rows", start=2, count=2)
    bare_sheet.edit("D8", [["CESSNA"]])
    bare_sheet.edit("B5", [[1999]])  # a row with a key has no tag
    first, second, other = (post.rows[0] for post in log.posts() if post.rows)
    assert (first.row, second.row) == (6, 8)
    assert first.row_tag == second.row_tag
    assert other.row_tag is None
    assert {column: cell.value for column, cell in second.cells.items()} == {
        "tailnum": None,
        "year": 2020,
        "maker": "CESSNA",
        "built": None,
    }
    lookup = {"metadataKey": "sheetbridge.row", "metadataValue": first.row_tag}
    [found] = bare_sheet.emulator.spreadsheet(bare_sheet.spreadsheet_id).read(
        "spreadsheets.developerMetadata.search",
        {"dataFilters": [{"developerMetadataLookup": lookup}]},
    )["matchedDeveloperMetadata"]
    assert found["developerMetadata"]["location"]["dimensionRange"]["startIndex"] == 7
    assert found["developerMetadata"]["visibility"] == "DOCUMENT"


def test_a_secret_is_rotated_while_both_are_valid(bare_sheet: Sheet, log: Log) -> None:
    base = f"/_control/spreadsheets/{bare_sheet.spreadsheet_id}/script"
    for secret, answer in (("no such secret at all", None), (NEXT_SECRET, "The new secret is")):
        properties = {"WEBHOOK_SECRET": secret}
        bare_sheet.client.put(f"{base}/properties", json=properties).raise_for_status()
        record = bare_sheet.run("sheetbridgeRotateSecret")
        assert (record["error"] is None) is (answer is not None)
        bare_sheet.edit("B2", [[2010 if answer else 2009]])
        kept = json.loads(bare_sheet.stored()["INSTALLATION"])["secret"]
        assert kept == (NEXT_SECRET if answer else SECRET)
    years = [post.rows[0].cells["year"].value for post in log.posts() if post.rows]
    assert years == [2009, 2010]


def test_the_status_shows_what_the_sink_says(bare_sheet: Sheet, log: Log) -> None:
    assert bare_sheet.status()["sync"] == {
        "error": None,
        "mappings": [{"name": "planes", "tab": "Planes", "sink": None}],
    }
    now = int(time.time() * 1000)
    refused = (RefusedCell('{"tailnum":"N1"}', "year", "takes a whole number"),)
    held = (Held("deletes", 35, "sheet", now),)
    log.statuses.known["planes"] = StatusRecord(
        "planes", now, "running", waiting=2, refused_rows=1, refused=refused, held=held
    )
    [dialog] = bare_sheet.run("sheetbridgeStatus", answers=[])["dialogs"]
    standing = dialog["message"].partition("\n\n")[2].splitlines()
    assert standing[0].startswith("Planes: 2 rows are still to be written (")
    assert standing[1].startswith("    held: 35 deletes from the sheet since ")
    assert standing[2:] == [
        "    refused: cells of 1 row",
        '    {"tailnum":"N1"}: year takes a whole number',
    ]
