"""Free ports, chosen by the operating system and remembered by name in the run directory.

A remembered port is taken again while it is free, so that a stack comes back under the addresses
that it had; one that somebody else took meanwhile is left to them.
"""

from __future__ import annotations

import json
import socket
from contextlib import ExitStack
from pathlib import Path

HOST = "127.0.0.1"


def choose(names: list[str], remembered: Path) -> dict[str, int]:
    """A free port for each name, no two alike; the file ``remembered`` is read and rewritten."""
    before = _read(remembered)
    chosen: dict[str, int] = {}
    with ExitStack() as held:
        for name in names:
            chosen[name] = _hold(held, before.get(name, 0))
    # Ports of services that are not started now are kept for when they are.
    remembered.write_text(json.dumps({**before, **chosen}, indent=2) + "\n", encoding="utf-8")
    return chosen


def is_free(port: int) -> bool:
    """Whether a server could listen on ``port`` of the loopback address now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True


def accepts(port: int, *, timeout: float = 0.5) -> bool:
    """Whether somebody accepts connections on ``port`` of the loopback address."""
    try:
        with socket.create_connection((HOST, port), timeout=timeout):
            return True
    except OSError:
        return False


def _hold(held: ExitStack, wanted: int) -> int:
    """Bind ``wanted`` if it is free, else any port, until ``held`` closes."""
    probe = held.enter_context(socket.socket(socket.AF_INET, socket.SOCK_STREAM))
    # As servers do: connections of the last run that linger in TIME_WAIT do not count.
    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        probe.bind((HOST, wanted))
    except OSError:
        probe.bind((HOST, 0))
    port = probe.getsockname()[1]
    assert isinstance(port, int)
    return port


def _read(path: Path) -> dict[str, int]:
    try:
        ports = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return {name: port for name, port in ports.items() if isinstance(port, int)}
