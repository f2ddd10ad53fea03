"""Starts and stops the whole stack, or a part of it.

    with Stack(RunDirectory(path)) as stack:      # foreground: ends with the block or the process
        stack.start(progress)
        stack.endpoints.mysql_url

``start``, ``stop`` and ``status`` below are for callers who keep no object: ``make up`` and
``make down`` are two processes.
"""

from __future__ import annotations

import math
import os
import threading
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from deploy.local import provision
from deploy.local.endpoints import Endpoints
from deploy.local.failure import AlreadyRunningError, ServiceError
from deploy.local.identity import ProcessIdentity
from deploy.local.lost_parts import lost_parts, of_directory
from deploy.local.parts import Parts
from deploy.local.plan import ALL, SERVICES, carry_out, in_stopping_order, with_needs
from deploy.local.progress import Progress, Silent
from deploy.local.run_directory import RunDirectory
from deploy.local.service import interrupted, wait_until_ready
from deploy.local.spawner import Spawner

ABANDON_SECONDS = 5.0
"""Whoever interrupts a start waits so long for a server that does not end, then it is killed."""


class Stack:
    """The services of one run directory, while this process holds it.

    In the foreground everything ends when the object is closed or the process ends, however that
    happens. In the background it stays until ``stop``.
    """

    def __init__(self, directory: RunDirectory, *, background: bool = False) -> None:
        self.directory = directory
        self._lock = directory.lock()
        try:
            refuse_if_running(directory)
            self._spawner = Spawner(detached=background, inherited=[self._lock.fileno()])
        except BaseException:
            self._lock.close()
            raise
        self._background = background
        self._parts: Parts | None = None
        self._done: set[str] = set()
        self._running: dict[str, ProcessIdentity] = {}
        self._writing = threading.Lock()
        self._abandoned = threading.Event()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def endpoints(self) -> Endpoints:
        """Where what was started listens."""
        if self._parts is None:
            return Endpoints(run_directory=str(self.directory.path), background=self._background)
        pids = {name: self._running[name] for name in SERVICES if name in self._running}
        return self._parts.endpoints(pids, background=self._background)

    def start(self, progress: Progress, parts: Collection[str] = ALL) -> Endpoints:
        """Bring up ``parts`` (see ``plan.NEEDS``) and what they need; returns when all is ready.

        May be called again for more. Raises ProvisionError, ServiceError, or another StackError.
        """
        wanted = [part for part in with_needs(parts) if part not in self._done]
        self._abandoned.clear()
        if self._parts is None:
            self._parts = Parts(self.directory, provision.install(progress))
        carry_out(
            wanted,
            lambda part: self._work(part, progress),
            abandon=lambda: self._abandon(progress),
        )
        return self.endpoints

    def alive(self) -> dict[str, bool]:
        """Each service that was started, and whether its process still runs."""
        return {name: identity.alive() for name, identity in self._running.items()}

    def require_alive(self) -> None:
        """Raise ServiceError for the first service that has died, with its log's end."""
        for name, alive in self.alive().items():
            if not alive:
                service = self._require_parts().service(name)
                status = self._exit_status(self._running[name].pid)
                raise ServiceError(
                    service.title, service.address, service.log, f"has died (status {status})"
                )

    def _exit_status(self, pid: int) -> int | None:
        """How a dead process ended; whoever started it may take a moment to learn that."""
        deadline = time.monotonic() + 2.0
        while True:
            status = self._spawner.exit_status(pid)
            if status is not None or time.monotonic() > deadline:
                return status
            time.sleep(0.02)

    def kill(self, name: str, number: int) -> None:
        """Send a signal to a service (SIGKILL, …): for tests of failure."""
        self._running[name].signal_group(number)

    @contextmanager
    def frozen(self, name: str) -> Iterator[None]:
        """Within, a service stands still from the first step on: for tests of failure."""
        try:
            if not self._running[name].freeze():
                raise RuntimeError(f"{name} does not run")
            yield
        finally:
            self._running[name].thaw()

    def restart(self, name: str) -> None:
        """Stop a service if it still runs and start it again under the same address."""
        self._stop_one(name)
        self._run_service(name)

    def stop(self, *, longest: float = math.inf) -> None:
        """Stop every service, those that need others first.

        Each may take its own grace, but no more than ``longest`` seconds, before it is killed.
        """
        for name in in_stopping_order(list(self._running)):
            self._stop_one(name, longest)
        self._done.clear()
        self.directory.endpoints.unlink(missing_ok=True)

    def _abandon(self, progress: Progress) -> None:
        """Begin nothing more, and stop what was begun, however far it is."""
        self._abandoned.set()
        step = "Stopping what was started"
        progress.begin(step)
        self.stop(longest=ABANDON_SECONDS)
        progress.finish(step, "done")

    def close(self) -> None:
        """In the foreground stop everything; in the background let it run on."""
        if not self._background:
            self.stop()
        self._spawner.close()
        self._lock.close()

    def _work(self, part: str, progress: Progress) -> None:
        parts = self._require_parts()
        step = parts.title(part)
        progress.begin(step)
        try:
            if part in SERVICES:
                parts.prepare(part)
                self._run_service(part)
                outcome = parts.service(part).address or "ready"
            else:
                outcome = parts.carry_out(part)
                self._save()
        except Exception as error:
            progress.fail(step, str(error))
            raise
        self._done.add(part)
        progress.finish(step, outcome)

    def _run_service(self, name: str) -> None:
        service = self._require_parts().service(name)
        if self._abandoned.is_set():
            raise interrupted(service)
        identity = self._spawner.spawn(
            service.argv,
            environment={**os.environ, **service.environment},
            directory=service.directory,
            log=service.log,
        )
        if identity is not None:
            self._running[name] = identity
            self._save()  # before it is ready: whatever happens now, ``stop`` finds it
        wait_until_ready(service, identity, self._abandoned.is_set)

    def _stop_one(self, name: str, longest: float = math.inf) -> None:
        identity = self._running.pop(name, None)
        if identity is not None:
            identity.stop(grace=min(longest, self._require_parts().service(name).grace))

    def _save(self) -> None:
        with self._writing:
            self.endpoints.save(self.directory)

    def _require_parts(self) -> Parts:
        if self._parts is None:
            raise RuntimeError("the stack has not been started")
        return self._parts


def refuse_if_running(directory: RunDirectory) -> None:
    """Raise AlreadyRunningError if a background stack of this run directory is up, in part too."""
    running = status(directory.path)
    if not any(running.values()):
        return
    lost = lost_parts(running, directory.path)
    if lost is not None:
        raise AlreadyRunningError(lost.problem, mend=lost.mend)
    raise AlreadyRunningError(
        f"A stack is already running in the background from {directory.path}",
        mend=f"Use it, or stop it first: {of_directory('sheetbridge down', directory.path)}",
    )


def start(
    run_directory: Path,
    *,
    background: bool,
    progress: Progress | None = None,
    services: Collection[str] = ALL,
) -> Endpoints:
    """Start a stack and leave it: in the background until ``stop``, else until this process ends.

    If anything fails, what had been started is stopped.
    """
    stack = Stack(RunDirectory(run_directory), background=background)
    try:
        endpoints = stack.start(progress or Silent(), services)
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
