"""Which of the services that the feed reads from answer, and since when not."""

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

    def is_up(self, name: str) -> None:
        """The service has just answered."""
        self._set(name, Service(up=True))

    def is_away(self, name: str, problem: str) -> None:
        """The service did not answer."""
        self._set(name, Service(up=False, problem=problem))

    def _set(self, name: str, service: Service) -> None:
        with self._lock:
            turned = self._services[name].up != service.up
            self._services[name] = service
        if turned:
            self._changed()

    def report(self) -> dict[str, object]:
        """As JSON: ``{"kafka": {"up": true, "problem": null}, …}``."""
        with self._lock:
            return {
                name: {"up": service.up, "problem": service.problem}
                for name, service in self._services.items()
            }


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
