"""Which of the services that the feed reads from answer, and which mappings cannot be shown."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Service:
    """``problem`` is for people: what is wrong and where; None while the service answers."""

    up: bool | None = None
    problem: str | None = None


class Health:
    """The last known state of each service; tells ``changed`` when one turns."""

    def __init__(self, changed: Callable[[], None]) -> None:
        self._changed = changed
        self._lock = threading.Lock()
        self._services = {"kafka": Service(), "mysql": Service()}
        self._mappings: dict[str, str] = {}

    def is_up(self, name: str) -> None:
        """The service has just answered."""
        self._set(name, Service(up=True))

    def is_away(self, name: str, problem: str) -> None:
        """The service did not answer."""
        self._set(name, Service(up=False, problem=problem))

    def cannot_show(self, mapping: str, problem: str) -> None:
        """A mapping cannot be shown, for a reason of its own."""
        with self._lock:
            turned = self._mappings.get(mapping) != problem
            self._mappings[mapping] = problem
        if turned:
            self._changed()

    def shows(self, mapping: str) -> None:
        """A mapping has just been read."""
        with self._lock:
            turned = self._mappings.pop(mapping, None) is not None
        if turned:
            self._changed()

    def _set(self, name: str, service: Service) -> None:
        with self._lock:
            turned = self._services[name].up != service.up
            self._services[name] = service
        if turned:
            self._changed()

    def report(self) -> dict[str, object]:
        """As JSON: ``{"kafka": {"up": true, "problem": null}, …, "mappings": {name: problem}}``."""
        with self._lock:
            services: dict[str, object] = {
                name: {"up": service.up, "problem": service.problem}
                for name, service in self._services.items()
            }
            return services | {"mappings": dict(self._mappings)}


def answers(address: str, timeout: float = 0.5) -> bool:
    """Whether one of ``host:port[,host:port…]`` takes a TCP connection within ``timeout`` s."""
    for place in address.split(","):
        host, _, port = place.strip().rpartition(":")
        try:
            with socket.create_connection((host.strip("[]"), int(port)), timeout=timeout):
                return True
        except (OSError, ValueError):
            continue
    return False
