"""Kafka Connect: one distributed worker that has the Debezium plug-in."""

from __future__ import annotations

from pathlib import Path

import httpx

from deploy.local.loopback import LOOPBACK
from deploy.local.ports import HOST
from deploy.local.provision.java import JavaServers
from deploy.local.run_directory import Passwords, RunDirectory
from deploy.local.servers.java import command
from deploy.local.service import Service

SETTINGS = Path(__file__).resolve().parents[2] / "connect/worker.properties"


def service(
    servers: JavaServers,
    directory: RunDirectory,
    passwords: Passwords,
    *,
    port: int,
    bootstrap: str,
) -> Service:
    """A worker whose REST interface listens on ``port``.

    It looks up ``${env:SHEETBRIDGE_CDC_PASSWORD}`` in its environment.
    """
    url = f"http://{HOST}:{port}"
    own = [
        f"bootstrap.servers={bootstrap}",
        f"listeners={url}",
        f"rest.advertised.host.name={HOST}",
        f"rest.advertised.port={port}",
        f"plugin.path={servers.plugins}",
        f"config.providers.file.param.allowed.paths={directory.path}",
    ]
    text = SETTINGS.read_text(encoding="utf-8") + "\n" + "\n".join(own) + "\n"
    settings = directory.write_private("connect.properties", text)

    def ready() -> bool:
        # /health is 200 only once the worker has joined its group (KIP-1017).
        try:
            return LOOPBACK.get(f"{url}/health", timeout=2).status_code == httpx.codes.OK
        except httpx.TransportError:
            return False

    return Service(
        name="connect",
        title="Kafka Connect",
        argv=command(servers, "org.apache.kafka.connect.cli.ConnectDistributed", str(settings)),
        address=url,
        log=directory.log("connect"),
        directory=directory.path,
        ready=ready,
        environment={"SHEETBRIDGE_CDC_PASSWORD": passwords.sheetbridge_cdc},
        start_seconds=90.0,
        grace=10.0,
    )
