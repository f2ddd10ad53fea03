"""``sheetbridge status --json`` tells a program what the table tells a person."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from typer.testing import CliRunner

from deploy.cli import main
from deploy.cli.commands import as_typed
from deploy.cli.status import describe
from deploy.cli.status_json import as_object, facts
from deploy.cli.status_line import Line
from sink.core.guards import What
from sink.core.version import Origin
from sink.state.held import HeldChanges
from tests.unit.cli.silent_parts import nothing_answers
from tests.unit.cli.test_status import AT_REST, ENDS, NOW, ORDERS


def test_a_program_is_told_the_same_as_one_object(tmp_path: Path) -> None:
    file, port = nothing_answers(tmp_path)
    result = CliRunner().invoke(main.app, ["status", "--json", "--config", str(file)])
    assert result.exit_code == 1
    answer = json.loads(result.stdout)
    assert answer["well"] is False
    assert answer["mappings"] == []
    parts = {part["part"]: part for part in answer["parts"]}
    assert parts["Kafka"]["well"] is False
    assert f"127.0.0.1:{port}" in parts["Kafka"]["says"]
    assert "sheetbridge check finds the cause" in answer["mend"]


def test_a_mapping_is_told_to_a_program_with_its_numbers() -> None:
    held = HeldChanges(What.DELETES, Origin.SHEET, 12, 1_782_907_200_000_000)
    found = replace(AT_REST, owed=4, conflicts=2, held=(held,), passed_over={"place": "point"})
    line = replace(describe(ORDERS, found, ENDS, 300, NOW), facts=facts(ORDERS, found, 3))
    answer = json.loads(json.dumps(as_object([Line("Kafka", True, "answers"), line], None)))
    assert (answer["well"], answer["mend"]) == (True, None)
    assert [part["part"] for part in answer["parts"]] == ["Kafka"]
    (told,) = answer["mappings"]
    assert told["mapping"] == "orders"
    assert (told["well"], told["warns"], told["says"]) == (True, True, as_typed(line.says))
    assert (told["phase"], told["rows"], told["events_behind"]) == ("running", 3327, 3)
    assert (told["not_at_rest"], told["conflicts"], told["refused"]) == (4, 2, 0)
    assert told["heartbeat"] == NOW.isoformat()
    assert told["held"] == [
        {
            "what": "deletes",
            "side": "sheet",
            "count": 12,
            "since": "2026-07-01T12:00:00+00:00",
            "stops": False,
        }
    ]
    assert told["columns_not_mapped"] == {"place": "point"}
    assert facts(ORDERS, None, None)["phase"] is None
