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
        # The collector for small heaps and few processors: the others keep threads of their own
        # busy, for pauses that nobody notices here.
        "-XX:+UseSerialGC",
        # Only the quick compiler: on two cores both servers are up in 9 s instead of 14 s, with
        # half the processor time, and short bursts go through faster too, for the thorough
        # compiler takes its time from the very work that it compiles.
        "-XX:TieredStopAtLevel=1",
        "-Djava.awt.headless=true",
        f"-Dlog4j2.configurationFile={_LOGGING}",
        "-cp",
        f"{servers.libraries}/*",
        main,
        *arguments,
    )
