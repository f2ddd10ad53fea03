"""Starts and stops the whole stack, or a part of it.

    with Stack(RunDirectory(path)) as stack:      # foreground: ends with the block or the process
        stack.start(progress)
        stack.endpoints.mysql_url

``start`` and ``stop`` below are the same for callers who keep no object: ``make up`` and
``make down`` are two processes.
"""

from __future__ import annotations

import os
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

from deploy.local import ports, provision
from deploy.local.endpoints import Endpoints
from deploy.local.failure import AlreadyRunningError, ServiceError
from deploy.local.identity import ProcessIdentity
from deploy.local.progress import Progress, Silent
from deploy.local.provision import Provisions
from deploy.local.run_directory import RunDirectory
from deploy.local.servers import connect, kafka, mysql
from deploy.local.service import Service, wait_until_ready
from deploy.local.spawner import Spawner

SERVERS = ("mysql", "kafka", "connect")
ALL = SERVERS
"""Every service, in the order of dependence; stopping goes the other way."""

NEEDS: dict[str, tuple[str, ...]] = {"connect": ("kafka",)}


def with_needs(services: Collection[str]) -> tuple[str, ...]:
    """``services`` and what they cannot run without, in the order of ``ALL``."""
    unknown = set(services) - set(ALL)
    if unknown:
        raise ValueError(f"no such service: {', '.join(sorted(unknown))}")
    wanted = set(services)
    for name in reversed(ALL):
        if name in wanted:
            wanted.update(NEEDS.get(name, ()))
    return tuple(name for name in ALL if name in wanted)


def in_stopping_order(services: Collection[str]) -> list[str]:
    """``services`` so that none is stopped before those that need it.

    (Connect, for one, leaves its group only while Kafka is there; else its successor waits for the
    end of its session.)
    """
    return [name for name in reversed(ALL) if name in services]


class Stack:
    """The services of one run directory, while this process holds it.

    In the foreground everything ends when the object is closed or the process ends, however that
    happens. In the background it stays until ``stop``.
    """

    def __init__(self, directory: RunDirectory, *, background: bool = False) -> None:
        self.directory = directory
        self._lock = directory.lock()
        refuse_if_running(directory)
        self._spawner = Spawner(detached=background, inherited=[self._lock.fileno()])
        self._services: dict[str, Service] = {}
        self._running: dict[str, ProcessIdentity] = {}
        self.endpoints = Endpoints(
            run_directory=str(directory.path),
            config=str(directory.configuration),
            background=background,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def start(self, progress: Progress, services: Collection[str] = ALL) -> Endpoints:
        """Bring up ``services`` and what they need; returns when all are ready.

        May be called again for more of them. Raises ProvisionError, ServiceError.
        """
        wanted = [name for name in with_needs(services) if name not in self._running]
        provisions = provision.install(progress)
        chosen = ports.choose(
            ["mysql", "kafka", "kafka-controller", "connect"], self.directory.ports
        )
        self._define_servers(provisions, chosen)
        with ThreadPoolExecutor(max_workers=len(SERVERS), thread_name_prefix="start") as pool:
            starts = [
                pool.submit(self._start, name, progress) for name in wanted if name in SERVERS
            ]
            for begun in starts:
                begun.result()
        return self.endpoints

    def alive(self) -> dict[str, bool]:
        """Each service that was started, and whether its process still runs."""
        return {name: identity.alive() for name, identity in self._running.items()}

    def require_alive(self) -> None:
        """Raise ServiceError for the first service that has died."""
        for name, alive in self.alive().items():
            if not alive:
                raise self._death(name)

    def kill(self, name: str, number: int) -> None:
        """Send a signal to a service (SIGKILL, SIGSTOP, …): for tests of failure."""
        self._running[name].signal_group(number)

    def restart(self, name: str) -> None:
        """Stop a service if it still runs and start it again under the same address."""
        self._stop_one(name)
        self._start(name, Silent())

    def stop(self) -> None:
        """Stop every service, last started first."""
        for name in in_stopping_order(self._running):
            self._stop_one(name)
        self.directory.endpoints.unlink(missing_ok=True)

    def close(self) -> None:
        """In the foreground stop everything; in the background let it run on."""
        if not self.endpoints.background:
            self.stop()
        self._spawner.close()
        self._lock.close()

    def _define_servers(self, provisions: Provisions, chosen: dict[str, int]) -> None:
        directory = self.directory
        passwords = directory.passwords()
        self._provisions = provisions
        self._ports = chosen
        bootstrap = f"{ports.HOST}:{chosen['kafka']}"
        self._services["mysql"] = mysql.service(
            provisions.mysql, directory, passwords, chosen["mysql"]
        )
        self._services["kafka"] = kafka.service(
            provisions.servers,
            directory,
            port=chosen["kafka"],
            controller_port=chosen["kafka-controller"],
        )
        self._services["connect"] = connect.service(
            provisions.servers, directory, passwords, port=chosen["connect"], bootstrap=bootstrap
        )

    def _start(self, name: str, progress: Progress) -> None:
        service = self._services[name]
        progress.begin(f"{service.title} starts")
        try:
            self._initialise(name)
            identity = self._spawner.spawn(
                service.argv,
                environment={**os.environ, **service.environment},
                directory=service.directory,
                log=service.log,
            )
            if identity is not None:
                self._running[name] = identity
            wait_until_ready(service, identity)
        except Exception as error:
            progress.fail(f"{service.title} starts", str(error))
            raise
        self._remember()
        progress.finish(f"{service.title} starts", service.address)

    def _initialise(self, name: str) -> None:
        if name == "mysql":
            mysql.initialise(self._provisions.mysql, self.directory)
        elif name == "kafka":
            kafka.initialise(
                self._provisions.servers,
                self.directory,
                port=self._ports["kafka"],
                controller_port=self._ports["kafka-controller"],
            )

    def _remember(self) -> None:
        passwords, running = self.directory.passwords(), self._running
        address = f"{ports.HOST}:{self._ports['mysql']}"
        socket = mysql.socket_path(self.directory)
        if "mysql" in running:
            self.endpoints = replace(
                self.endpoints,
                mysql_url=f"mysql+pymysql://app:{passwords.app}@{address}/demo",
                reader_mysql_url=f"mysql+pymysql://reader:{passwords.reader}@{address}/demo",
                root_mysql_url=(
                    f"mysql+pymysql://root:{passwords.root}@localhost/?unix_socket={socket}"
                ),
            )
        if "kafka" in running:
            self.endpoints = replace(
                self.endpoints, kafka_bootstrap=self._services["kafka"].address
            )
        if "connect" in running:
            self.endpoints = replace(self.endpoints, connect_url=self._services["connect"].address)
        pids = {name: running[name] for name in ALL if name in running}
        self.endpoints = replace(self.endpoints, pids=pids)
        self.endpoints.save(self.directory)

    def _stop_one(self, name: str) -> None:
        identity = self._running.pop(name, None)
        if identity is not None:
            identity.stop(grace=self._services[name].grace)

    def _death(self, name: str) -> ServiceError:
        service = self._services[name]
        status = self._spawner.exit_status(self._running[name].pid)
        return ServiceError(
            service.title, service.address, service.log, f"has died with status {status}"
        )


def refuse_if_running(directory: RunDirectory) -> None:
    """Raise AlreadyRunningError if a background stack of this run directory is up."""
    if any(status(directory.path).values()):
        raise AlreadyRunningError(
            f"A stack is already running in the background from {directory.path}",
            mend="Use it, or stop it first: sheetbridge down",
        )


def start(
    run_directory: Path,
    *,
    background: bool,
    progress: Progress,
    services: Collection[str] = ALL,
) -> Endpoints:
    """Start a stack and leave it: in the background until ``stop``, else until this process ends.

    If anything fails, what had been started is stopped.
    """
    stack = Stack(RunDirectory(run_directory), background=background)
    try:
        endpoints = stack.start(progress, services)
    except BaseException:
        stack.stop()
        stack.close()
        raise
    if background:
        stack.close()
    return endpoints


def stop(run_directory: Path, *, grace: float = 20.0) -> list[str]:
    """Stop what ``endpoints.json`` of this run directory names; returns the names of those stopped.

    A pid that meanwhile means another process is left alone.
    """
    path = run_directory.absolute() / "endpoints.json"
    try:
        endpoints = Endpoints.load(path)
    except FileNotFoundError:
        return []
    stopped = []
    for name in in_stopping_order(endpoints.pids):
        identity = endpoints.pids[name]
        if identity.alive():
            identity.stop(grace=grace)
            stopped.append(name)
    path.unlink(missing_ok=True)
    return stopped


def status(run_directory: Path) -> dict[str, bool]:
    """Each service that ``endpoints.json`` names, and whether its process runs; empty if none."""
    try:
        endpoints = Endpoints.load(run_directory.absolute() / "endpoints.json")
    except FileNotFoundError:
        return {}
    return {name: identity.alive() for name, identity in endpoints.pids.items()}
