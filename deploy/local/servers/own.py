"""Our own services, by the very commands that ``deploy/compose.yaml`` runs."""

from __future__ import annotations

import sys
from collections.abc import Callable

import httpx

from deploy.local.kafka_client import has_members
from deploy.local.loopback import LOOPBACK
from deploy.local.ports import HOST
from deploy.local.run_directory import RunDirectory
from deploy.local.service import Service

PAGE_CONFIG = "page.json"
_COMMAND = (sys.executable, "-m", "deploy.cli.main")


def emulator(directory: RunDirectory, *, port: int) -> Service:
    """The stand-in for Google: API, control, page, and the host of the Apps Script."""
    url = f"http://{HOST}:{port}"
    data = directory.path / "sheets"
    arguments = ("--host", HOST, "--port", str(port), "--data-dir", str(data))
    return Service(
        name="emulator",
        title="Sheets emulator",
        argv=(sys.executable, "-m", "deploy.sheets_emulator", *arguments),
        address=url,
        log=directory.log("emulator"),
        directory=directory.path,
        ready=_answers(f"{url}/_control/health"),
        environment={
            "PYTHONUNBUFFERED": "1",
            "SHEETBRIDGE_PAGE_CONFIG": str(directory.path / PAGE_CONFIG),
        },
    )


def webhook(directory: RunDirectory, *, port: int) -> Service:
    """The webhook; ready when it can reach Kafka."""
    url = f"http://{HOST}:{port}"
    return Service(
        name="webhook",
        title="Webhook",
        argv=(*_COMMAND, "webhook", "--config", str(directory.configuration)),
        address=url,
        log=directory.log("webhook"),
        directory=directory.path,
        ready=_answers(f"{url}/readyz"),
        environment={"PYTHONUNBUFFERED": "1"},
    )


def sink(directory: RunDirectory, *, bootstrap: str, group: str) -> Service:
    """The sink; ready when its consumer group has it as a member."""
    return Service(
        name="sink",
        title="Sink",
        argv=(*_COMMAND, "sink", "--config", str(directory.configuration)),
        address="",
        log=directory.log("sink"),
        directory=directory.path,
        ready=lambda: has_members(bootstrap, group),
        environment={"PYTHONUNBUFFERED": "1"},
        grace=15.0,
    )


def live_feed(directory: RunDirectory, *, port: int, reader_url: str, page_origin: str) -> Service:
    """The database's side for the emulator's page."""
    url = f"http://{HOST}:{port}"
    own = ("--host", HOST, "--port", str(port), "--config", str(directory.configuration))
    return Service(
        name="live",
        title="Live feed",
        argv=(sys.executable, "-m", "deploy.live_feed", *own, "--page-origin", page_origin),
        address=url,
        log=directory.log("live"),
        directory=directory.path,
        ready=_answers(f"{url}/healthz"),
        environment={"PYTHONUNBUFFERED": "1", "SHEETBRIDGE_READER_URL": reader_url},
    )


def _answers(url: str) -> Callable[[], bool]:
    def ready() -> bool:
        try:
            return LOOPBACK.get(url, timeout=2).status_code == httpx.codes.OK
        except httpx.TransportError:
            return False

    return ready
