"""What ``sheetbridge status`` says of a mapping, and how progress and conflicts are told."""

from __future__ import annotations

import io
import os
import socket
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from kafka import TopicPartition  # type: ignore[import-untyped]  # it ships no types
from kafka.errors import (  # type: ignore[import-untyped]
    GroupIdNotFoundError,
    KafkaTimeoutError,
)
from rich.console import Console
from typer.testing import CliRunner

from deploy.cli import kafka_offsets, kafka_reader, main, sinks_at_work
from deploy.cli.failure import CommandError
from deploy.cli.progress import StepProgress
from deploy.cli.status import clocks, describe, sinks
from deploy.cli.stored_state import Progress
from deploy.local.endpoints import Endpoints
from deploy.local.identity import ProcessIdentity
from deploy.local.run_directory import RunDirectory
from sink.core.clock_difference import SECOND, Clocks, Difference
from sink.core.mapping import Direction, Mapping
from sink.core.status_record import StatusRecord
from tests.unit.cli.silent_parts import nothing_answers

ENDS = {"cdc.shop.orders": 10, "sheet.orders": 5}
ORDERS = Mapping("orders", "shop.orders", "S", "t", ("id",))
NOW = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)
AT_REST = Progress("orders", "running", None, False, 3327, 0, 0, 0, dict(ENDS), NOW)


def test_a_mapping_that_has_read_all_is_well() -> None:
    line = describe(ORDERS, AT_REST, ENDS, 300, NOW)
    assert line.well
    assert line.says == "running, 3,327 rows, all events read"


@pytest.mark.parametrize(
    ("found", "says"),
    [
        (replace(AT_REST, phase="stopped", reason="header changed"), "not in step: header changed"),
        (replace(AT_REST, paused=True, reason="no tab"), "not in step: no tab"),
        (replace(AT_REST, phase="new"), "new"),
        (None, "sheetbridge sink"),
    ],
)
def test_a_mapping_that_stands_still_is_not_well(found: Progress | None, says: str) -> None:
    line = describe(ORDERS, found, ENDS, 300, NOW)
    assert not line.well
    assert says in line.says


def test_a_mapping_that_somebody_has_paused_says_how_it_goes_on() -> None:
    line = describe(ORDERS, replace(AT_REST, paused=True), ENDS, 300, NOW)
    assert line.well
    assert line.warns
    assert line.says.startswith("paused; go on with sheetbridge resume orders, ")


def test_a_sheet_that_is_being_filled_is_well_and_says_how_far() -> None:
    filling = replace(AT_REST, phase="filling", filled=1200, to_fill=8000)
    line = describe(ORDERS, filling, ENDS, 300, NOW)
    assert line.well
    assert line.warns
    assert "filling the sheet: 1,200 of 8,000 rows" in line.says
    begun = replace(filling, filled=None, to_fill=None)
    assert describe(ORDERS, begun, ENDS, 300, NOW).says.startswith("filling the sheet, ")
    assert not describe(ORDERS, replace(filling, reason="no tab"), ENDS, 300, NOW).well


def test_columns_that_no_cell_can_hold_are_named() -> None:
    found = replace(AT_REST, passed_over={"place": "point", "likeness": "vector(3)"})
    line = describe(ORDERS, found, ENDS, 300, NOW)
    assert line.well
    assert line.warns
    assert "'place' (point) and 'likeness' (vector(3)): not mapped" in line.says


def test_what_is_behind_owed_and_lost_is_counted() -> None:
    late = replace(AT_REST, owed=4, conflicts=2, next_offsets={"cdc.shop.orders": 7})
    line = describe(ORDERS, late, ENDS, 300, NOW)
    assert line.well
    for text in ("3 events behind", "4 rows not at rest", "2 conflicts logged"):
        assert text in line.says


@pytest.mark.parametrize("ends", [{}, {"sheet.orders": 5}])
@pytest.mark.parametrize("found", [None, AT_REST])
def test_a_mapping_without_its_topics_is_not_registered_yet(
    found: Progress | None, ends: dict[str, int]
) -> None:
    line = describe(ORDERS, found, ends, 300, NOW)
    assert not line.well
    assert line.says == "not registered yet: sheetbridge register"


def test_events_are_not_counted_while_kafka_is_away() -> None:
    assert "events not counted" in describe(ORDERS, AT_REST, None, 300, NOW).says


@pytest.mark.parametrize(("count", "says"), [(1, "1 row holds"), (1200, "1,200 rows hold")])
def test_refused_cells_are_a_warning_that_names_where_to_look(count: int, says: str) -> None:
    line = describe(ORDERS, replace(AT_REST, refused=count), ENDS, 300, NOW)
    assert (line.well, line.warns) == (True, True)
    assert f"{says} a cell that the database refuses; see sheetbridge dead-letters" in line.says


def test_a_column_that_the_table_has_dropped_is_told() -> None:
    line = describe(ORDERS, replace(AT_REST, left=("day", "Unit price")), ENDS, 300, NOW)
    assert line.well
    assert "the table has dropped 'day' and 'Unit price': kept in the sheet" in line.says


def test_a_script_that_is_silent_is_a_warning_that_says_since_when_and_what_to_do() -> None:
    silent = replace(AT_REST, heartbeat=NOW - timedelta(minutes=16))
    line = describe(ORDERS, silent, ENDS, 300, NOW)
    assert (line.well, line.warns) == (True, True)
    assert "silent since 2026-07-01 11:44 UTC" in line.says
    assert "up to 300 s late" in line.says
    assert "choose Set up…" in line.says
    late = replace(AT_REST, heartbeat=NOW - timedelta(minutes=14))
    assert not describe(ORDERS, late, ENDS, 300, NOW).warns


def test_without_a_script_status_says_how_late_edits_may_be() -> None:
    line = describe(ORDERS, replace(AT_REST, heartbeat=None), ENDS, 60, NOW)
    assert (line.well, line.warns) == (True, False)
    assert "no script posts from the sheet: edits in it are found by comparing, up to 60 s" in (
        line.says
    )


def test_a_mapping_that_writes_to_the_sheet_only_needs_no_script() -> None:
    one_way = replace(ORDERS, direction=Direction.TO_SHEET)
    for heartbeat in (None, NOW - timedelta(days=9)):
        found = replace(AT_REST, heartbeat=heartbeat)
        assert "script" not in describe(one_way, found, ENDS, 300, NOW).says


def test_topics_that_are_not_there_have_no_end_and_nothing_is_made(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Consumer:
        def __init__(self, **settings: object) -> None:
            assert settings["allow_auto_create_topics"] is False

        def topics(self) -> set[str]:
            return {"sheet.orders"}

        def end_offsets(self, partitions: list[TopicPartition]) -> dict[TopicPartition, int]:
            assert [each.topic for each in partitions] == ["sheet.orders"]
            return dict.fromkeys(partitions, 5)

        def close(self) -> None:
            pass

    monkeypatch.setattr(kafka_reader, "KafkaConsumer", Consumer)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        bootstrap = f"127.0.0.1:{listening.getsockname()[1]}"
        found = kafka_offsets.end_offsets(bootstrap, ["sheet.orders", "cdc.shop.orders"])
    assert found == {"sheet.orders": 5}


def test_without_a_sink_nothing_is_well_and_what_to_start_is_said() -> None:
    line = sinks(0)
    assert not line.well
    assert "start it: sheetbridge sink" in line.says
    assert [(sinks(many).well, sinks(many).says[:5]) for many in (1, 4)] == [
        (True, "runs"),
        (True, "4 run"),
    ]


@pytest.mark.parametrize(
    ("described", "many"),
    [
        ({"group_state": "Empty", "members": []}, 0),
        ({"group_state": "Stable", "members": [{}, {}]}, 2),
        ({"group_state": "PreparingRebalance", "members": [{}]}, 1),
        (GroupIdNotFoundError(), 0),
    ],
)
def test_sinks_are_counted_while_they_share_the_mappings_out_too(
    monkeypatch: pytest.MonkeyPatch, described: dict[str, object] | Exception, many: int
) -> None:
    assert _counted_sinks(monkeypatch, described) == many


def test_a_broker_that_does_not_know_the_group_yet_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CommandError, match="does not tell who is in group 'ours'"):
        _counted_sinks(monkeypatch, KafkaTimeoutError("not yet"))


def _counted_sinks(
    monkeypatch: pytest.MonkeyPatch, described: dict[str, object] | Exception
) -> int:
    class Admin:
        def __init__(self, **_: object) -> None: ...

        def describe_groups(self, groups: list[str]) -> dict[str, object]:
            if isinstance(described, Exception):
                raise described
            return {groups[0]: described}

        def close(self) -> None: ...

    monkeypatch.setattr(sinks_at_work, "reader", lambda _: nullcontext())
    monkeypatch.setattr(sinks_at_work, "KafkaAdminClient", Admin)
    return sinks_at_work.sinks_at_work("broker:9092", "ours")


@pytest.mark.parametrize("local", [True, False])
def test_parts_that_are_away_are_lines_with_their_addresses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, local: bool
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    file, port = nothing_answers(tmp_path)
    if local:  # the file that every local stack leaves
        (tmp_path / "passwords.json").touch()
    result = CliRunner().invoke(main.app, ["status", "--config", str(file)])
    assert result.exit_code == 1
    assert ("The local stack is not up" in result.output) is local
    assert (f"sheetbridge up --directory {tmp_path}" in result.output) is local
    assert ("sheetbridge check" in result.output) is not local
    for part in ("Debezium connector", "Webhook", "Kafka", "Sink", "Database"):
        row = next(line for line in result.output.splitlines() if part in line)
        assert "✗" in row
        assert f"127.0.0.1:{port}" in row
    assert "0123456789abcdef" not in result.output


def test_a_part_of_the_local_stack_that_has_ended_is_named_with_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "400")
    file, _ = nothing_answers(tmp_path)
    (tmp_path / "passwords.json").touch()
    own = ProcessIdentity.of(os.getpid())
    assert own is not None
    gone = replace(own, started=own.started - 1)
    Endpoints(pids={"mysql": own, "sink": gone}).save(RunDirectory(tmp_path))
    result = CliRunner().invoke(main.app, ["status", "--config", str(file)])
    assert result.exit_code == 1
    row = next(line for line in result.output.splitlines() if "Local stack" in line)
    assert row.startswith("✗")
    assert "sink has ended, while the rest of the local stack runs on; its log: " in row
    assert str(tmp_path / "logs" / "sink.log") in result.output
    assert f"sheetbridge down --directory {tmp_path}" in result.output
    assert f"sheetbridge up --directory {tmp_path}" in result.output


def test_each_step_leaves_a_line_with_its_outcome() -> None:
    console = Console(file=io.StringIO(), width=80)
    with StepProgress(console) as progress:
        progress.begin("MySQL")
        progress.advance("MySQL", 1, 2)
        progress.finish("MySQL", "9.7.4 [cached]")
        progress.begin("Kafka")
        progress.fail("Kafka", "no room\nand more")
    assert isinstance(console.file, io.StringIO)
    first, second = console.file.getvalue().splitlines()
    assert first.startswith("✓ MySQL: 9.7.4 [cached] (")
    assert second.startswith("✗ Kafka: no room (")


def measured(ahead: float, at: datetime = NOW) -> list[StatusRecord]:
    low = int(ahead * SECOND)
    known = Clocks(Difference(low, low + SECOND // 2), Difference(0, 0))
    return [StatusRecord("orders", int(at.timestamp() * 1_000), "running", clocks=known)]


def test_clocks_that_agree_are_well() -> None:
    line = clocks(measured(-0.2), NOW)
    assert (line.well, line.warns) == (True, False)
    assert line.says.startswith("MySQL's clock agrees with Google's to 0.3 s")


@pytest.mark.parametrize(("ahead", "well"), [(3, True), (-4, True), (70, False), (-70, False)])
def test_clocks_that_are_apart_are_warned_of_and_very_far_apart_not_well(
    ahead: float, well: bool
) -> None:
    line = clocks(measured(ahead), NOW)
    assert (line.well, line.warns) == (well, True)
    assert "the wrong one may win: let it follow NTP" in line.says


def test_an_old_measurement_says_when_it_was_made() -> None:
    line = clocks(measured(0, NOW - timedelta(minutes=6)), NOW)
    assert line.says.endswith("(as of 2026-07-01 11:54 UTC)")


def test_before_the_sink_has_measured_nothing_is_known_of_the_clocks() -> None:
    assert clocks([], NOW).warns
    (record,) = measured(0)
    assert "not compared yet" in clocks([replace(record, clocks=Clocks())], NOW).says


def test_a_local_stack_that_is_up_is_not_started_again(tmp_path: Path) -> None:
    own = ProcessIdentity.of(os.getpid())
    assert own is not None
    directory = RunDirectory(tmp_path / "run")
    Endpoints(page_url="http://127.0.0.1:1/", pids={"sink": own}).save(directory)
    result = CliRunner().invoke(main.app, ["up", "--directory", str(directory.path)])
    assert result.exit_code == 0, result.output
    said = " ".join(result.output.split())
    assert "is up already" in said
    assert "http://127.0.0.1:1/" in said
    assert "sheetbridge down --directory" in said


def test_a_stack_that_is_up_names_the_mapping_that_stands_still(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = ProcessIdentity.of(os.getpid())
    assert own is not None
    directory = RunDirectory(tmp_path / "run")
    Endpoints(config="sheetbridge.toml", pids={"sink": own}).save(directory)
    monkeypatch.setattr("deploy.cli.up.standing_still", lambda _: ["mapping planes is paused."])
    result = CliRunner().invoke(main.app, ["up", "--directory", str(directory.path)])
    assert result.exit_code == 0, result.output
    assert "Not in step: mapping planes is paused." in result.output


def test_one_row_is_no_plural() -> None:
    ends = {topic: end + 1 for topic, end in ENDS.items() if topic.startswith("cdc")}
    one = replace(AT_REST, rows=1, owed=1, conflicts=1)
    says = describe(ORDERS, one, {**ENDS, **ends}, 300, NOW).says
    assert says == "running, 1 row, 1 event behind, 1 row not at rest, 1 conflict logged"
