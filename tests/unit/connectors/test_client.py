"""Each call: method, path, body, and what an answer becomes."""

from __future__ import annotations

import httpx
import pytest

from connectors.answers import State
from connectors.connect_client import ConnectClient
from connectors.errors import (
    ConnectBusyError,
    ConnectError,
    ConnectFaultError,
    ConnectorRefusedError,
    ConnectorUnknownError,
    ConnectUnreachableError,
)
from sink.core.errors import SheetbridgeError
from tests.unit.connectors.fake_connect import URL, Connector, FakeConnect, error


def answering(response: httpx.Response) -> ConnectClient:
    return ConnectClient(URL, transport=httpx.MockTransport(lambda request: response))


def test_paths_quote_the_name() -> None:
    seen: list[bytes] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.url.raw_path)
        return error(404, "no")

    with ConnectClient(URL, transport=httpx.MockTransport(answer)) as client:
        assert client.status("a b/c?d") is None
    assert seen == [b"/connectors/a%20b%2Fc%3Fd/status"]


def test_an_unreachable_worker_is_named_by_its_address() -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("connection refused", request=request)

    client = ConnectClient(URL, transport=httpx.MockTransport(refuse))
    with pytest.raises(
        ConnectUnreachableError, match=r"http://connect\.test:8083.*refused"
    ) as told:
        client.worker()
    assert "connect.url" in told.value.mend
    assert told.value.retriable


def test_silence_is_unreachable_too() -> None:
    def hang(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("", request=request)

    client = ConnectClient(URL, transport=httpx.MockTransport(hang))
    with pytest.raises(ConnectUnreachableError, match="ReadTimeout"):
        client.worker()


@pytest.mark.parametrize("code", [409, 503, 504])
def test_a_busy_worker_is_a_retriable_error(code: int) -> None:
    with pytest.raises(ConnectBusyError, match="rebalance") as told:
        answering(error(code, "in a rebalance")).stop("x")
    assert told.value.retriable


def test_a_refused_body_says_what_connect_says() -> None:
    with pytest.raises(ConnectorRefusedError, match=r"tasks\.max: no number"):
        answering(error(400, "tasks.max: no number")).put_config("x", {"name": "x"})


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, text="<html>a router's login page</html>"),
        httpx.Response(200, json=[]),
        httpx.Response(200, json={"hello": "world"}),
        httpx.Response(500, text="oops"),
    ],
)
def test_something_else_at_the_address_is_told_apart(answer: httpx.Response) -> None:
    with pytest.raises(ConnectFaultError, match=r"is connect\.url really"):
        answering(answer).worker()


def test_an_unknown_state_is_a_fault_not_a_guess() -> None:
    body = {"name": "x", "connector": {"state": "DANCING", "worker_id": "w"}, "tasks": []}
    with pytest.raises(ConnectFaultError, match="DANCING"):
        answering(httpx.Response(200, json=body)).status("x")


def test_status_of_connector_and_tasks() -> None:
    body = {
        "name": "x",
        "connector": {"state": "RUNNING", "worker_id": "w"},
        "tasks": [
            {"id": 1, "state": "FAILED", "worker_id": "w", "trace": "boom"},
            {"id": 0, "state": "RUNNING", "worker_id": "w"},
        ],
    }
    status = answering(httpx.Response(200, json=body)).status("x")
    assert status is not None
    assert [part.task for part in status.tasks] == [0, 1]
    assert not status.running
    assert status.failed is not None
    assert status.failed.trace == "boom"
    assert str(status) == "connector RUNNING, task 0 RUNNING, task 1 FAILED"


def test_a_connector_without_a_task_does_not_run_yet() -> None:
    body = {"name": "x", "connector": {"state": "RUNNING", "worker_id": "w"}, "tasks": []}
    status = answering(httpx.Response(200, json=body)).status("x")
    assert status is not None
    assert status.connector.state is State.RUNNING
    assert not status.running


def test_restart_asks_only_for_what_failed() -> None:
    fake = FakeConnect()
    fake.connectors["x"] = Connector({})
    fake.client().restart_failed("x")
    assert fake.calls == [
        ("POST", "/connectors/x/restart", "includeTasks=true&onlyFailed=true"),
    ]


def test_delete_tells_whether_there_was_one() -> None:
    fake = FakeConnect()
    fake.connectors["x"] = Connector({})
    assert fake.client().delete("x")
    assert not fake.client().delete("x")


def test_topics_are_sorted_and_an_unknown_connector_is_an_error() -> None:
    fake = FakeConnect()
    fake.connectors["x"] = Connector({})
    assert fake.client().topics("x") == ["cdc.a", "cdc.b"]
    with pytest.raises(ConnectorUnknownError, match="'y'"):
        fake.client().topics("y")


def test_the_environments_proxy_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    with ConnectClient("http://127.0.0.1:9", timeout=0.5) as client:
        assert not client._http._mounts


def test_every_error_is_of_the_one_tree_and_has_a_mend() -> None:
    assert issubclass(ConnectError, SheetbridgeError)
    with pytest.raises(ConnectError) as told:
        answering(error(500, "x")).worker()
    assert str(told.value) == f"{told.value.problem}\n{told.value.mend}"
