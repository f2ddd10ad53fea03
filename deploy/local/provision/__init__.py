"""Brings the pinned servers onto this machine, side by side, and says how it goes.

``install`` is the entry point. What is there already is checked and kept; a half download is made
anew. Nothing is installed into the system.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from deploy.local.failure import ProvisionError
from deploy.local.progress import Progress
from deploy.local.provision import dataset, java, mysql, node
from deploy.local.provision.cache import cache_directory
from deploy.local.provision.java import JavaServers
from deploy.local.provision.mysql import MySQLServer
from deploy.local.versions import DEBEZIUM, KAFKA

_Result = TypeVar("_Result")
_Advance = Callable[[int, int | None], None]


@dataclass(frozen=True, slots=True)
class Provisions:
    """What the local stack runs: the servers, and the folder with the demo's CSV files."""

    mysql: MySQLServer
    servers: JavaServers
    data: Path


def install(progress: Progress, *, cache: Path | None = None) -> Provisions:
    """Bring everything that is missing into ``cache`` (default: the user's cache).

    Raises ProvisionError with the mend; on anything but Linux it says to use compose.
    """
    require_linux(sys.platform)
    folder = cache if cache is not None else cache_directory()

    def of_mysql(advance: _Advance) -> tuple[MySQLServer, str]:
        server, warm = mysql.install(folder, advance)
        return server, f"{server.version}{_from(warm)}"

    def of_java(advance: _Advance) -> tuple[JavaServers, str]:
        servers, warm = java.install(folder, advance)
        return servers, f"Kafka {KAFKA}, Debezium {DEBEZIUM}{_from(warm)}"

    def of_node(_advance: _Advance) -> tuple[str, str]:
        version = node.find_node()
        return version, version

    def of_data(_advance: _Advance) -> tuple[Path, str]:
        data, warm = dataset.install(folder)
        return data, f"{dataset.NAME}{_from(warm)}"

    with ThreadPoolExecutor(max_workers=4, thread_name_prefix="provision") as pool:
        server = _submit(pool, progress, "MySQL", of_mysql)
        servers = _submit(pool, progress, "Kafka and Debezium", of_java)
        node_version = _submit(pool, progress, "Node.js", of_node)
        data = _submit(pool, progress, "Demo data", of_data)
        node_version.result()
        return Provisions(server.result(), servers.result(), data.result())


def require_linux(platform: str) -> None:
    """Raise ProvisionError unless ``platform`` (``sys.platform``) is Linux."""
    if platform != "linux":
        raise ProvisionError(
            "The local stack runs its servers as Linux processes; this is not Linux",
            mend="Use Docker instead: copy deploy/.env.example to deploy/.env, fill it in, and "
            "then: docker compose -f deploy/compose.yaml up",
        )


def _from(warm: bool) -> str:
    return ", from the cache" if warm else ""


def _submit(
    pool: ThreadPoolExecutor,
    progress: Progress,
    step: str,
    job: Callable[[_Advance], tuple[_Result, str]],
) -> Future[_Result]:
    def work() -> _Result:
        progress.begin(step)
        try:
            result, outcome = job(lambda done, total: progress.advance(step, done, total))
        except Exception as error:
            progress.fail(step, str(error))
            raise
        progress.finish(step, outcome)
        return result

    return pool.submit(work)
