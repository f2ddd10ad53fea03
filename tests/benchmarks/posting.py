"""Posts as the script sends them, signed beforehand and sent over bare sockets: little processor.

``python -m tests.benchmarks.posting FILE`` sends a file of prepared requests, a few at a time on as
many connections, each as soon as one is free and its own time has come, and prints when each was
sent and answered, and what processor that took.
"""

from __future__ import annotations

import json
import resource
import selectors
import socket
import struct
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from urllib.parse import urlsplit

from webhook.auth import signature

CONNECTIONS = 32
_STATUS = slice(9, 12)
_END = b"\r\n\r\n"
_HEAD = struct.Struct(">Id")
"""A request's length and when it is due, before it in the file."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of the posts: epoch seconds of each one's sending and answer, in their order.

    ``processor`` is what the client itself took, in seconds.
    """

    sent: list[float]
    answered: list[float]
    processor: float


def edit(
    spreadsheet: str, tab: str, rows: Sequence[dict[str, object]], time_ms: int
) -> dict[str, object]:
    """The body of a post of edited rows (``webhook.schemas.EditPost``)."""
    return {
        "version": 1,
        "id": str(uuid.uuid4()),
        "spreadsheet_id": spreadsheet,
        "tab": tab,
        "time_ms": time_ms,
        "kind": "edit",
        "editor": "person@example.com",
        "rows": list(rows),
    }


def send(
    url: str, secret: str, bodies: Sequence[dict[str, object]], file: Path, connections: int
) -> Sent:
    """Sign the bodies, send them from another process, and wait until all are answered 202."""
    return Sending(url, secret, bodies, file, connections).end()


class Sending:
    """Bodies that another process sends; ``dues`` are the epoch seconds before which none goes.

    They are signed for those times before the first is sent.
    """

    def __init__(
        self,
        url: str,
        secret: str,
        bodies: Sequence[dict[str, object]],
        file: Path,
        connections: int,
        dues: Sequence[float] = (),
    ) -> None:
        host = urlsplit(url)
        key, now = secret.encode(), time.time()
        with file.open("wb") as requests:
            for body, due in zip_longest(bodies, dues, fillvalue=now):
                requests.write(_prepared(body, due, key, host.netloc))
        command = (sys.executable, "-m", "tests.benchmarks.posting", str(file))
        self._process = subprocess.Popen(
            [*command, host.hostname or "", str(host.port), str(connections)],
            stdout=subprocess.PIPE,
        )

    def end(self) -> Sent:
        """Wait until all are answered 202. Raises CalledProcessError where one is not."""
        told, _ = self._process.communicate()
        if self._process.returncode:
            raise subprocess.CalledProcessError(self._process.returncode, self._process.args)
        return Sent(**json.loads(told))

    def stop(self) -> None:
        """End it, sent or not."""
        self._process.kill()
        self._process.wait()


def _prepared(body: object, due: float, key: bytes, host: str) -> bytes:
    """Length, due time and the request itself."""
    raw, stamp = json.dumps(body, separators=(",", ":")).encode(), str(int(due))
    head = (
        f"POST /v1/edits HTTP/1.1\r\nHost: {host}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(raw)}\r\n"
        f"X-Sheetbridge-Timestamp: {stamp}\r\n"
        f"X-Sheetbridge-Signature: {signature(key, stamp, raw).decode()}\r\n\r\n"
    ).encode()
    return _HEAD.pack(len(head + raw), due) + head + raw


class _Connection:
    """One connection: a request at a time, the next once its answer is whole."""

    def __init__(self, address: tuple[str, int]) -> None:
        self.socket = socket.create_connection(address)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.number = -1
        self._answer = b""

    def send(self, number: int, request: bytes) -> None:
        self.number, self._answer = number, b""
        self.socket.sendall(request)

    def receive(self) -> bool:
        """Take what has come; True once the answer is whole. Raises OSError for any but a 202."""
        received = self.socket.recv(65_536)
        if not received:
            raise OSError("the webhook has closed the connection")
        self._answer += received
        head, end, body = self._answer.partition(_END)
        if not end:
            return False
        if head[_STATUS] != b"202":
            raise OSError(self._answer.decode("utf-8", "replace"))
        length = head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
        return len(body) >= int(length)


@dataclass(frozen=True, slots=True)
class _Request:
    due: float
    content: bytes


def _requests(file: Path) -> Iterator[_Request]:
    content, at = file.read_bytes(), 0
    while at < len(content):
        size, due = _HEAD.unpack_from(content, at)
        at += _HEAD.size
        yield _Request(due, content[at : at + size])
        at += size


def main(file: str, host: str, port: str, connections: str) -> None:
    """Send everything in ``file``."""
    requests = list(_requests(Path(file)))
    sent, answered = [0.0] * len(requests), [0.0] * len(requests)
    free = [_Connection((host, int(port))) for _ in range(min(int(connections), len(requests)))]
    following, open_ones = 0, 0
    with selectors.DefaultSelector() as selector:
        for connection in free:
            selector.register(connection.socket, selectors.EVENT_READ, connection)
        while following < len(requests) or open_ones:
            while free and following < len(requests) and requests[following].due <= time.time():
                sent[following] = time.time()
                free.pop(0).send(following, requests[following].content)
                following, open_ones = following + 1, open_ones + 1
            wait = None
            if free and following < len(requests):
                wait = max(0.0, requests[following].due - time.time())
            for key, _ in selector.select(wait):
                connection = key.data
                if connection.receive():
                    answered[connection.number] = time.time()
                    free.append(connection)
                    open_ones -= 1
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(
        json.dumps({"sent": sent, "answered": answered, "processor": used.ru_utime + used.ru_stime})
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
