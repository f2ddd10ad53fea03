"""Kafka: one node that is broker and controller, on the loopback address."""

from __future__ import annotations

import base64
import subprocess
import uuid
from pathlib import Path

from deploy.local.failure import ServiceError
from deploy.local.kafka_client import brokers
from deploy.local.ports import HOST, accepts
from deploy.local.provision.java import JavaServers
from deploy.local.run_directory import RunDirectory
from deploy.local.servers.java import command
from deploy.local.service import Service

SETTINGS = Path(__file__).resolve().parents[2] / "kafka/broker.properties"


def service(
    servers: JavaServers, directory: RunDirectory, *, port: int, controller_port: int
) -> Service:
    """A broker on ``port``, its controller on ``controller_port``."""
    settings = _settings(directory, port, controller_port)
    bootstrap = f"{HOST}:{port}"

    return Service(
        name="kafka",
        title="Kafka",
        argv=command(servers, "kafka.Kafka", str(settings)),
        address=bootstrap,
        log=directory.log("kafka"),
        directory=directory.path,
        ready=lambda: accepts(port) and brokers(bootstrap) > 0,
        grace=15.0,
    )


def initialise(
    servers: JavaServers, directory: RunDirectory, *, port: int, controller_port: int
) -> None:
    """Format the log directory unless that was done; it gets a new cluster's id."""
    if (_data(directory) / "meta.properties").exists():
        return
    settings = _settings(directory, port, controller_port)
    cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode("ascii").rstrip("=")
    log = directory.log("kafka-initialise")
    identity = f"--cluster-id={cluster}"  # in one word: the id may begin with a dash
    arguments = ("format", "--ignore-formatted", identity, "--config", str(settings))
    with log.open("wb") as output:
        done = subprocess.run(
            command(servers, "kafka.tools.StorageTool", *arguments),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if done.returncode != 0:
        raise ServiceError("Kafka", "", log, "could not format its log directory")


def _data(directory: RunDirectory) -> Path:
    return directory.path / "kafka"


def _settings(directory: RunDirectory, port: int, controller_port: int) -> Path:
    own = [
        f"listeners=PLAINTEXT://{HOST}:{port},CONTROLLER://{HOST}:{controller_port}",
        f"advertised.listeners=PLAINTEXT://{HOST}:{port}",
        f"controller.quorum.voters=1@{HOST}:{controller_port}",
        f"log.dirs={_data(directory)}",
    ]
    text = SETTINGS.read_text(encoding="utf-8") + "\n" + "\n".join(own) + "\n"
    return directory.write_private("kafka.properties", text)
