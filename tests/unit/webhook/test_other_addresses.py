import logging
from typing import Any

import pytest
from pydantic import TypeAdapter

from sink.core.errors import ConfigurationError
from tests.unit.webhook.stage import (
    NEW_SECRET,
    OLD_SECRET,
    FakePublisher,
    FakeStatuses,
    Stage,
    client_of,
    code,
    configuration,
    edit,
    encoded,
    signed,
)
from webhook.app import create_app
from webhook.examples import EDIT
from webhook.publisher import PublishError
from webhook.schemas import (
    POST,
    Accepted,
    BatchAccepted,
    Health,
    MappingsAnswer,
    ProblemBody,
    SpreadsheetRequest,
    StatusAnswer,
)

pytestmark = pytest.mark.anyio


async def test_the_script_learns_key_and_headers_of_its_spreadsheet(webhook: Stage) -> None:
    response = await webhook.post({"version": 1, "spreadsheet_id": "sheet-1"}, "/v1/mappings")
    assert response.status_code == 200
    assert response.json() == {
        "mappings": [
            {"name": "planes", "tab": "Planes", "key": ["tailnum"], "columns": "*"},
            {
                "name": "orders",
                "tab": "Orders",
                "key": ["shop", "No."],
                "columns": ["shop", "No.", "Total"],
            },
        ],
        "max_body": 5_000,
    }


async def test_a_spreadsheet_without_mappings_has_an_empty_list(webhook: Stage) -> None:
    response = await webhook.post({"version": 1, "spreadsheet_id": "copied"}, "/v1/mappings")
    assert (response.status_code, response.json()) == (200, {"mappings": [], "max_body": 5_000})


@pytest.mark.parametrize("path", ["/v1/mappings", "/v1/status"])
@pytest.mark.parametrize("body", [b"", b"{}", b'{"version":1,"spreadsheet_id":"a","x":1}'])
async def test_a_malformed_question_is_refused(webhook: Stage, path: str, body: bytes) -> None:
    response = await webhook.post(body, path)
    assert (response.status_code, code(response)) == (422, "malformed")


async def test_health_needs_nothing_and_readiness_needs_kafka(webhook: Stage) -> None:
    webhook.publisher.check_error = PublishError("Kafka does not answer.")
    assert (await webhook.client.get("/healthz")).status_code == 200
    response = await webhook.client.get("/readyz")
    assert (response.status_code, code(response)) == (503, "kafka_away")
    assert "Retry-After" in response.headers
    webhook.publisher.check_error = None
    assert (await webhook.client.get("/readyz")).status_code == 200


async def test_an_address_that_is_none_of_ours_has_no_problem_body(webhook: Stage) -> None:
    """Else the script would take a mistyped address for a final refusal and drop its post."""
    response = await webhook.post(edit(), "/wrong/v1/edits")
    assert response.status_code == 404
    assert "error" not in response.json()
    assert (await webhook.client.get("/v1/edits")).status_code == 405


async def test_a_fault_of_ours_shows_no_detail(
    webhook: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("internal detail")

    monkeypatch.setattr(webhook.publisher, "publish", broken)
    response = await webhook.post(edit())
    assert (response.status_code, code(response)) == (500, "internal")
    assert "detail" not in response.json()["error"]["message"]


async def test_publisher_and_statuses_live_as_long_as_the_application() -> None:
    publisher, statuses = FakePublisher(), FakeStatuses()
    app = create_app(configuration(), publisher, statuses)

    def standing() -> list[tuple[bool, bool]]:
        return [(part.started, part.closed) for part in (publisher, statuses)]

    async with app.router.lifespan_context(app):
        assert standing() == [(True, False)] * 2
    assert standing() == [(True, True)] * 2


def test_without_a_secret_there_is_no_webhook() -> None:
    with pytest.raises(ConfigurationError, match="secrets"):
        create_app(configuration(secrets=()), FakePublisher(), FakeStatuses())


async def test_the_access_log_has_path_and_status_and_no_secret_is_ever_logged(
    webhook: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    post = edit(editor="person@example.com")
    await webhook.post(post)
    await webhook.post(b"{")
    webhook.publisher.fail_next()
    await webhook.post(edit())
    body = encoded(post)
    headers = signed(body, secret="another")
    await webhook.client.post("/v1/edits?token=in-the-query", content=body, headers=headers)
    await webhook.client.get("/healthz%1b[31m")
    lines = [record.getMessage() for record in caplog.records if record.name == "webhook.access"]
    assert [line.split()[:3] for line in lines[:4]] == [
        ["POST", "'/v1/edits'", status] for status in ("202", "422", "503", "401")
    ]
    text = "\n".join(lines)
    assert "\x1b" not in text
    ours = "\n".join(
        record.getMessage() for record in caplog.records if not record.name.startswith("httpx")
    )
    hidden = (NEW_SECRET, OLD_SECRET, "database password", "in-the-query", "person@", "v1=")
    for secret in hidden:
        assert secret not in ours


async def test_every_route_of_the_openapi_document_has_valid_examples(webhook: Stage) -> None:
    document: dict[str, Any] = (await webhook.client.get("/openapi.json")).json()
    assert set(document["paths"]) == {
        "/v1/edits", "/v1/batches", "/v1/mappings", "/v1/status", "/healthz", "/readyz",
    }  # fmt: skip
    requests: dict[str, TypeAdapter[Any]] = {
        "/v1/edits": POST,
        "/v1/mappings": TypeAdapter(SpreadsheetRequest),
        "/v1/status": TypeAdapter(SpreadsheetRequest),
    }
    answers: dict[tuple[str, str], type[Any]] = {
        ("/v1/edits", "202"): Accepted,
        ("/v1/batches", "202"): BatchAccepted,
        ("/v1/mappings", "200"): MappingsAnswer,
        ("/v1/status", "200"): StatusAnswer,
        ("/healthz", "200"): Health,
        ("/readyz", "200"): Health,
    }
    for path, methods in document["paths"].items():
        for operation in methods.values():
            assert operation["summary"]
            for status, answer in operation["responses"].items():
                example = answer["content"]["application/json"]["example"]
                answers.get((path, status), ProblemBody).model_validate(example)
            if path in requests:
                content = operation["requestBody"]["content"]["application/json"]
                assert "$ref" not in str(content["schema"])
                assert content["examples"]
                for example in content["examples"].values():
                    requests[path].validate_json(encoded(example["value"]))
                assert {each["name"] for each in operation["parameters"]} == {
                    "X-Sheetbridge-Timestamp",
                    "X-Sheetbridge-Signature",
                }
    assert set(document["paths"]["/v1/edits"]["post"]["responses"]) == {
        "202", "401", "404", "408", "413", "422", "503",
    }  # fmt: skip


async def test_the_examples_of_the_document_are_accepted() -> None:
    document = create_app(configuration(), FakePublisher(), FakeStatuses()).openapi()
    body = document["paths"]["/v1/edits"]["post"]["requestBody"]
    examples = body["content"]["application/json"]["examples"]
    assert set(examples) == {"typed", "key_edited", "hint", "command", "heartbeat"}
    async with client_of(create_app(configuration(), FakePublisher(), FakeStatuses())) as client:
        for example in examples.values():
            content = encoded({**example["value"], "spreadsheet_id": "sheet-1"})
            response = await client.post("/v1/edits", content=content, headers=signed(content))
            assert response.status_code == 202
        lines = document["paths"]["/v1/batches"]["post"]["requestBody"]["content"]
        for example in lines["application/x-ndjson"]["examples"].values():
            content = example["value"].replace(EDIT["spreadsheet_id"], "sheet-1").encode()
            response = await client.post("/v1/batches", content=content, headers=signed(content))
            assert response.json()["ids"] == [EDIT["id"], EDIT["id"]]
