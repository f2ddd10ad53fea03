"""Kafka, Kafka Connect and the Debezium connector, by Maven from ``deploy/local/pom.xml``."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from deploy.local.failure import ProvisionError
from deploy.local.provision.cache import cached
from deploy.local.provision.command import run
from deploy.local.versions import DEBEZIUM, JAVA_MINIMUM, KAFKA, LOG4J

POM = Path(__file__).resolve().parent.parent / "pom.xml"
_MEND = "On Debian or Ubuntu: apt install openjdk-17-jre-headless maven"


@dataclass(frozen=True, slots=True)
class JavaServers:
    """Kafka's jars (``libraries``), Connect's plug-in folder, and the ``java`` that runs them."""

    java: str
    libraries: Path
    plugins: Path


def install(cache: Path, advance: Callable[[int, int | None], None]) -> tuple[JavaServers, bool]:
    """Kafka, Connect and Debezium, and whether nothing had to be fetched for them."""
    java = find_java()
    folder = cache / f"kafka-{KAFKA}-debezium-{DEBEZIUM}"
    stamp = f"kafka {KAFKA}, debezium {DEBEZIUM}, log4j {LOG4J}, {POM.read_text(encoding='utf-8')}"
    warm = cached(folder, stamp, lambda target: _fetch(target, advance))
    return JavaServers(java, folder / "libs", folder / "plugins"), warm


def find_java() -> str:
    """The ``java`` on the PATH. Raises ProvisionError if there is none, or one too old."""
    program = shutil.which("java")
    if program is None:
        raise ProvisionError(f"java is not there; Kafka needs Java {JAVA_MINIMUM}", mend=_MEND)
    answer = subprocess.run([program, "-version"], capture_output=True, text=True, check=False)
    version = java_version(answer.stderr + answer.stdout)
    if version is None or version < JAVA_MINIMUM:
        raise ProvisionError(
            f"{program} is Java {version or 'unknown'}; Kafka needs {JAVA_MINIMUM} or later",
            mend=_MEND,
        )
    return program


def java_version(text: str) -> int | None:
    """The feature release in the output of ``java -version`` (8 for 1.8), or None."""
    found = re.search(r'version "(\d+)(?:\.(\d+))?', text)
    if found is None:
        return None
    first = int(found[1])
    return int(found[2] or 0) if first == 1 else first


def _fetch(target: Path, advance: Callable[[int, int | None], None]) -> None:
    fetched = 0

    def watch(line: str) -> None:
        nonlocal fetched
        if line.startswith("Downloaded from") or "] Downloaded from" in line:
            fetched += 1
            advance(fetched, None)

    # --strict-checksums: a file that does not have the checksum the registry states fails.
    command = [
        "mvn",
        "--batch-mode",
        "--strict-checksums",
        "--file",
        str(POM),
        f"-Dtarget={target}",
    ]
    run([*command, "package"], mend=_MEND, cwd=target, on_line=watch)
    shutil.rmtree(target / "markers", ignore_errors=True)
    connectors = list((target / "plugins").glob(f"*/debezium-connector-mysql-{DEBEZIUM}.jar"))
    brokers = list((target / "libs").glob(f"kafka_2.13-{KAFKA}.jar"))
    if not connectors or not brokers:
        raise ProvisionError("Maven did not bring Kafka and Debezium", mend=_MEND)
