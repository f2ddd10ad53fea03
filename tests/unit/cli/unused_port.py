"""A port of the loopback address on which nothing listens."""

from __future__ import annotations

import socket


def unused_port() -> int:
    """Free at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
