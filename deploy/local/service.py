"""One service of the stack: what to run, where it listens, and when it is ready."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from deploy.local.failure import ServiceError
from deploy.local.identity import ProcessIdentity

_POLL_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Service:
    """A program with its environment (secrets travel there, never in ``argv``).

    ``ready`` asks once and answers at once; False or an OSError mean "not yet". ``grace`` is how
    long (seconds) it may take to end when told to.
    """

    name: str
    title: str
    argv: tuple[str, ...]
    address: str
    log: Path
    directory: Path
    ready: Callable[[], bool]
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    start_seconds: float = 60.0
    grace: float = 8.0


def wait_until_ready(
    service: Service,
    identity: ProcessIdentity | None,
    abandoned: Callable[[], bool] = lambda: False,
) -> None:
    """Wait for the service's own word that it is ready.

    Raises ServiceError, with the end of the log, if it ends before or takes too long, or as soon as
    the start is ``abandoned``.
    """
    deadline = time.monotonic() + service.start_seconds
    while True:
        if abandoned():
            raise interrupted(service)
        if identity is None or not identity.alive():
            raise ServiceError(
                service.title, service.address, service.log, "ended while it started"
            )
        try:
            if service.ready():
                return
        except OSError:
            pass
        if time.monotonic() > deadline:
            raise ServiceError(
                service.title,
                service.address,
                service.log,
                f"is not ready after {service.start_seconds:.0f} s",
            )
        time.sleep(_POLL_SECONDS)


def interrupted(service: Service) -> ServiceError:
    """The error of a service whose start was given up."""
    return ServiceError(service.title, service.address, service.log, "was interrupted")
