"""Area *webhook*: it answers, takes what is signed, and refuses what is not."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
import uuid
from collections.abc import Iterator
from ipaddress import IPv4Address
from urllib.parse import urlsplit

import httpx

from deploy.cli.check.finding import Finding, ok, problem, warning
from sink.core.configuration import Configuration
from sink.core.envelope import CHECK_EDITOR
from sink.core.mapping import Mapping

TIMEOUT = 10.0
_EVERYWHERE = {str(IPv4Address(0)): str(IPv4Address("127.0.0.1")), "::": "[::1]"}
"""A server that listens on every address is asked on the machine's own."""


def local_url(configuration: Configuration) -> str:
    """Where the webhook listens, as seen from this machine."""
    host = configuration.webhook.host
    return f"http://{_EVERYWHERE.get(host, host)}:{configuration.webhook.port}"


def heartbeat(mapping: Mapping, *, now: float) -> bytes:
    """The body of a post that says only that someone is there."""
    body = {
        "version": 1,
        "id": str(uuid.uuid4()),
        "kind": "heartbeat",
        "spreadsheet_id": mapping.spreadsheet_id,
        "tab": mapping.tab,
        "time_ms": int(now * 1000),
        "editor": CHECK_EDITOR,
    }
    return json.dumps(body).encode()


def signed(body: bytes, secret: str, *, now: float) -> dict[str, str]:
    """The headers that the Apps Script sends with ``body``."""
    stamp = str(int(now))
    digest = hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return {
        "Content-Type": "application/json",
        "X-Sheetbridge-Timestamp": stamp,
        "X-Sheetbridge-Signature": f"v1={digest}",
    }


def check_webhook(configuration: Configuration, http: httpx.Client) -> Iterator[Finding]:
    """The public address where there is one, else the local one."""
    public = configuration.webhook.public_url
    if public is None:
        yield from check_address(configuration, local_url(configuration), http, "The webhook")
        if configuration.google.api_endpoint is None:
            yield warning(
                "webhook.public_url is not set: Google cannot reach the webhook, so edits of the "
                f"sheet are found by reconciling, up to {configuration.sink.reconcile_every} s "
                "late.",
                "Make a tunnel (cloudflared or ngrok) and write its https address there.",
            )
        return
    if urlsplit(public).scheme != "https" and configuration.google.api_endpoint is None:
        yield problem(
            f"webhook.public_url is {public}: Google's scripts would post edits in the clear.",
            "Use the https address of your tunnel or proxy.",
        )
    answered = False
    for finding in check_address(configuration, public.rstrip("/"), http, "The public webhook"):
        answered = answered or finding.level == "ok"
        yield finding
    if not answered:
        # Which end is broken: the tunnel, or the webhook behind it?
        yield from check_address(configuration, local_url(configuration), http, "The local webhook")


def check_address(
    configuration: Configuration, url: str, http: httpx.Client, name: str
) -> Iterator[Finding]:
    """One address: reachable, is it ours, signature taken, wrong signature refused."""
    try:
        health = http.get(f"{url}/healthz", timeout=TIMEOUT)
    except (httpx.TransportError, httpx.InvalidURL) as error:
        yield problem(
            f"{name} does not answer at {url} ({str(error) or type(error).__name__}).",
            "Start it: sheetbridge webhook; and the tunnel, if the address is public.",
        )
        return
    if health.status_code != httpx.codes.OK:
        yield problem(
            f"{name} at {url} answers {health.status_code} to /healthz.",
            "Does the address lead to sheetbridge webhook, and not to something else?",
        )
        return
    yield ok(f"{name[0].lower()}{name[1:]} answers at {url}")
    if not configuration.mappings:
        return
    mapping = configuration.mappings[0]
    for secret in configuration.webhook.secrets:
        yield _judge_signed(_post(http, url, mapping, secret.value), url, str(secret), mapping)
    yield _judge_forged(_post(http, url, mapping, uuid.uuid4().hex), url)


def _post(http: httpx.Client, url: str, mapping: Mapping, secret: str) -> httpx.Response | str:
    """The answer, or why there is none."""
    now = time.time()
    body = heartbeat(mapping, now=now)
    try:
        return http.post(
            f"{url}/v1/edits",
            content=body,
            headers=signed(body, secret, now=now),
            timeout=TIMEOUT,
        )
    except httpx.TransportError as error:
        return str(error) or type(error).__name__


def _judge_signed(
    answer: httpx.Response | str, url: str, reference: str, mapping: Mapping
) -> Finding:
    if isinstance(answer, str):
        return problem(f"{url}/v1/edits does not answer ({answer}).", "Look at the webhook's log.")
    match answer.status_code:
        case 202:
            return ok(f"it takes what is signed with {reference}, and Kafka has it")
        case 401:
            return problem(
                f"The webhook refuses what is signed with {reference}: {_message(answer)}",
                "It may run with an older secret: restart sheetbridge webhook. If the time is at "
                "fault, see the clocks.",
            )
        case 404:
            return problem(
                f"The webhook does not know the mapping {mapping.name!r}.",
                "It may run with an older sheetbridge.toml: restart sheetbridge webhook.",
            )
        case 503:
            return problem(
                f"The webhook does not reach Kafka: {_message(answer)}",
                "Start Kafka, or correct kafka.bootstrap as seen from the webhook.",
            )
    return problem(
        f"The webhook answers {answer.status_code} to a heartbeat: {_message(answer)}",
        "Does the address lead to this version of sheetbridge webhook?",
    )


def _judge_forged(answer: httpx.Response | str, url: str) -> Finding:
    if isinstance(answer, str):
        return problem(f"{url}/v1/edits does not answer ({answer}).", "Look at the webhook's log.")
    if answer.status_code == httpx.codes.UNAUTHORIZED:
        return ok("it refuses a wrong signature")
    return problem(
        f"A post with a wrong signature was answered {answer.status_code}, not 401.",
        "Does the address lead to sheetbridge webhook? Until then anyone may post edits.",
    )


def _message(answer: httpx.Response) -> str:
    try:
        body = answer.json()
    except ValueError:
        return answer.reason_phrase
    found = body.get("error") if isinstance(body, dict) else None
    return str(found.get("message", "")) if isinstance(found, dict) else answer.reason_phrase
