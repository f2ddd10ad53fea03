"""Replays prepared HTTP requests over a few connections, and says when each was answered.

    python -m tests.benchmarks.load.replay URL FILE CONNECTIONS

``FILE`` holds the requests, each behind its length (4 bytes, big endian). It waits for a line on
stdin, so that the start is the caller's, and prints one line of JSON: when it began, the seconds
after which each request was answered, the statuses counted, and its own processor time.
"""

from __future__ import annotations

import json
import selectors
import socket
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit


@dataclass(slots=True)
class _Line:
    """A connection: the request that is under way on it, and what has come of its answer."""

    connection: socket.socket
    received: bytearray = field(default_factory=bytearray)


def main(url: str, file: str, connections: str) -> None:
    """See the module's docstring."""
    requests = _requests(Path(file).read_bytes())
    place = urlsplit(url)
    count = min(int(connections), len(requests))
    lines = [
        _Line(socket.create_connection((str(place.hostname), int(place.port or 80))))
        for _ in range(count)
    ]
    sys.stdin.readline()
    print(json.dumps(_replay(requests, lines)), flush=True)


def _requests(stored: bytes) -> list[bytes]:
    requests, at = [], 0
    while at < len(stored):
        length = int.from_bytes(stored[at : at + 4])
        requests.append(stored[at + 4 : at + 4 + length])
        at += 4 + length
    return requests


def _replay(requests: Sequence[bytes], lines: Sequence[_Line]) -> dict[str, object]:
    statuses: Counter[str] = Counter()
    answered: list[float] = []
    waiting = iter(requests)
    with selectors.DefaultSelector() as selector:
        began, cpu = time.time(), time.process_time()
        clock = time.perf_counter()
        for line in lines:
            line.connection.sendall(next(waiting))
            selector.register(line.connection, selectors.EVENT_READ, line)
        left = len(requests)
        while left:
            for key, _ in selector.select():
                line = key.data
                status = _take(line)
                if status is None:
                    continue
                statuses[status] += 1
                answered.append(time.perf_counter() - clock)
                left -= 1
                following = next(waiting, None)
                if following is None:
                    selector.unregister(line.connection)
                else:
                    line.connection.sendall(following)
    return {
        "began": began,
        "answered": answered,
        "statuses": dict(statuses),
        "cpu": time.process_time() - cpu,
    }


def _take(line: _Line) -> str | None:
    """Read what has come; the status once the whole answer is there."""
    received = line.connection.recv(65_536)
    if not received:
        raise ConnectionError("the server closed a connection in the middle")
    line.received += received
    end = line.received.find(b"\r\n\r\n")
    if end < 0:
        return None
    head = bytes(line.received[:end]).lower()
    at = head.find(b"content-length:")
    length = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
    if len(line.received) < end + 4 + length:
        return None
    status = bytes(line.received[9:12]).decode("ascii")
    del line.received[: end + 4 + length]
    return status


if __name__ == "__main__":
    main(*sys.argv[1:])
