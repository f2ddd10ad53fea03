"""What the two Java servers share: the virtual machine's flags and its logging."""

from __future__ import annotations

from pathlib import Path

from deploy.local.provision.java import JavaServers

_LOGGING = Path(__file__).resolve().parents[2] / "kafka/log4j2.properties"


def command(
    servers: JavaServers, main: str, *arguments: str, heap: str = "512m"
) -> tuple[str, ...]:
    """A command line that runs ``main`` with Kafka's jars."""
    return (
        servers.java,
        f"-Xmx{heap}",
        "-Xshare:auto",
        "-Djava.awt.headless=true",
        f"-Dlog4j2.configurationFile={_LOGGING}",
        "-cp",
        f"{servers.libraries}/*",
        main,
        *arguments,
    )
