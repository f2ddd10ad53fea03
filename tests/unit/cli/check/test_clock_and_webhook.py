"""Clocks that differ, and a webhook that is away, stale, open to all, or somebody else's."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import replace
from email.utils import formatdate

import httpx
import pytest
from typer.testing import CliRunner

from deploy.cli import main
from deploy.cli.check.clock import (
    check_database_clock,
    check_own_clock,
    google_offset,
    server_offset,
)
from deploy.cli.check.finding import Finding, Level, MissingPieceError
from deploy.cli.check.webhook import check_webhook, local_url
from sink.core.configuration import Configuration, GoogleSettings, Secret
from sink.core.envelope import CHECK_EDITOR
from tests.unit.cli.check.edges import FakeServer, a_configuration, levels, problems

NOW = 1_795_000_000.25


def test_the_servers_offset_is_taken_from_the_middle_of_the_call() -> None:
    ticks = iter([NOW, NOW + 2])
    server = FakeServer(answers={"UNIX_TIMESTAMP": [(str(NOW + 11),)]})
    assert server_offset(server, lambda: next(ticks)) == pytest.approx(10)


def test_googles_offset_comes_from_the_date_header() -> None:
    headers = {"date": formatdate(NOW + 60, usegmt=True)}
    http = httpx.Client(
        transport=httpx.MockTransport(lambda _: httpx.Response(404, headers=headers))
    )
    assert google_offset(GoogleSettings(), http, lambda: NOW) == pytest.approx(60, abs=0.6)


def test_an_unreachable_google_is_named() -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no route", request=request)

    http = httpx.Client(transport=httpx.MockTransport(refuse))
    with pytest.raises(MissingPieceError, match=r"sheets\.googleapis\.com.*no route"):
        google_offset(GoogleSettings(), http)


@pytest.mark.parametrize(
    ("server", "google", "level"),
    [
        (0.4, -0.4, Level.OK),
        (100.0, 100.5, Level.OK),
        (5.0, 0.0, Level.WARNING),
        (0.0, 70.0, Level.PROBLEM),
        (-90.0, 0.0, Level.PROBLEM),
    ],
)
def test_the_servers_clock_against_googles(server: float, google: float, level: Level) -> None:
    assert levels(check_database_clock(server, google)) == [level]


@pytest.mark.parametrize(
    ("google", "level"), [(1.0, Level.OK), (-45.0, Level.WARNING), (301.0, Level.PROBLEM)]
)
def test_our_clock_against_the_webhooks_window(google: float, level: Level) -> None:
    assert levels(check_own_clock(a_configuration(), google)) == [level]


Answer = Callable[[httpx.Request], httpx.Response]


class FakeWebhook:
    """Takes heartbeats signed with ``secret`` at ``address``."""

    def __init__(self, secret: str = "hidden-hook", address: str = "http://127.0.0.1:8090") -> None:
        self.secret = secret
        self.address = address
        self.published: list[dict[str, object]] = []
        self.status = 202
        self.open_to_all = False

    def answer(self, request: httpx.Request) -> httpx.Response:
        if not str(request.url).startswith(self.address):
            raise httpx.ConnectError("refused", request=request)
        if request.url.path == "/healthz":
            return httpx.Response(200, json={})
        assert (request.method, request.url.path) == ("POST", "/v1/edits")
        stamp = request.headers["X-Sheetbridge-Timestamp"]
        message = stamp.encode() + b"." + request.content
        wanted = hmac.new(self.secret.encode(), message, hashlib.sha256).hexdigest()
        if request.headers["X-Sheetbridge-Signature"] != f"v1={wanted}" and not self.open_to_all:
            return httpx.Response(401, json={"error": {"code": "x", "message": "wrong signature"}})
        self.published.append(json.loads(request.content))
        return httpx.Response(self.status, json={"error": {"message": "told so"}})

    def look(self, configuration: Configuration) -> list[Finding]:
        http = httpx.Client(transport=httpx.MockTransport(self.answer))
        return list(check_webhook(configuration, http))


def local(**changed: object) -> Configuration:
    """A webhook without public address, beside an emulator."""
    plain = a_configuration()
    return replace(
        plain,
        google=GoogleSettings(api_endpoint="http://127.0.0.1:1"),
        webhook=replace(plain.webhook, **changed),  # type: ignore[arg-type]  # by name, in tests
    )


def test_a_good_webhook_takes_the_signed_and_refuses_the_forged() -> None:
    hook = FakeWebhook()
    assert levels(hook.look(local())) == [Level.OK] * 3
    (body,) = hook.published
    assert body["kind"] == "heartbeat"
    assert body["editor"] == CHECK_EDITOR
    assert (body["spreadsheet_id"], body["tab"]) == ("sheet-id", "planes")


def test_a_webhook_that_is_away_is_named_by_its_address() -> None:
    (found,) = FakeWebhook(address="http://elsewhere").look(local())
    assert found.level is Level.PROBLEM
    assert "http://127.0.0.1:8090" in found.what
    assert "sheetbridge webhook" in found.mend


def test_a_webhook_that_takes_everything_is_a_problem() -> None:
    hook = FakeWebhook()
    hook.open_to_all = True
    (found,) = problems(hook.look(local()))
    assert "wrong signature was answered 202" in found.what


def test_a_webhook_with_another_secret_is_named_by_the_reference() -> None:
    (found,) = problems(FakeWebhook(secret="older").look(local()))
    assert "${env:HOOK}" in found.what
    assert "hidden-hook" not in found.what


def test_each_of_two_secrets_is_tried() -> None:
    secrets = (Secret("${env:NEW}", "hidden-hook"), Secret("${env:OLD}", "old"))
    (found,) = problems(FakeWebhook().look(local(secrets=secrets)))
    assert "${env:OLD}" in found.what


@pytest.mark.parametrize(
    ("status", "what"),
    [(404, "does not know the mapping"), (503, "does not reach Kafka"), (418, "418")],
)
def test_other_answers_are_told_apart(status: int, what: str) -> None:
    hook = FakeWebhook()
    hook.status = status
    (found,) = problems(hook.look(local()))
    assert what in found.what


def test_without_a_public_address_real_google_cannot_reach_it() -> None:
    (found,) = problems(FakeWebhook().look(a_configuration()))
    assert found.level is Level.WARNING
    assert "up to 300 s late" in found.what


def test_a_broken_tunnel_is_told_apart_from_a_broken_webhook() -> None:
    configuration = local(public_url="https://example.test/")
    found = FakeWebhook().look(configuration)
    assert [each.what for each in problems(found)] == [
        "The public webhook does not answer at https://example.test (refused)."
    ]
    assert any("local webhook answers" in each.what for each in found)


def test_a_public_address_is_asked_and_then_the_local_one_is_not() -> None:
    hook = FakeWebhook(address="https://example.test")
    assert levels(hook.look(local(public_url="https://example.test"))) == [Level.OK] * 3


def test_a_public_address_in_the_clear_is_a_problem() -> None:
    plain = a_configuration()
    configuration = replace(plain, webhook=replace(plain.webhook, public_url="http://example.test"))
    (found,) = problems(FakeWebhook(address="http://example.test").look(configuration))
    assert "in the clear" in found.what


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("0.0.0.0", "http://127.0.0.1:8090"),
        ("::", "http://[::1]:8090"),
        ("10.1.2.3", "http://10.1.2.3:8090"),
    ],
)
def test_the_local_address(host: str, url: str) -> None:
    assert local_url(local(host=host)) == url


def test_the_help_tells_what_is_posted() -> None:
    told = CliRunner().invoke(main.app, ["check", "--help"]).output
    assert "heartbeat" in told
