"""Posts as the script sends them, signed beforehand and sent over bare sockets: little processor.

``python -m tests.benchmarks.posting FILE`` sends a file of prepared requests, a few at a time on as
many connections, and prints when each was sent and answered, and what processor that took.
"""

from __future__ import annotations

import json
import resource
import selectors
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from webhook.auth import signature

CONNECTIONS = 32
_STATUS = slice(9, 12)
_END = b"\r\n\r\n"


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
    host = urlsplit(url)
    stamp = str(int(time.time()))
    key = secret.encode()
    with file.open("wb") as requests:
        for body in bodies:
            raw = json.dumps(body, separators=(",", ":")).encode()
            head = (
                f"POST /v1/edits HTTP/1.1\r\nHost: {host.netloc}\r\n"
                f"Content-Type: application/json\r\nContent-Length: {len(raw)}\r\n"
                f"X-Sheetbridge-Timestamp: {stamp}\r\n"
                f"X-Sheetbridge-Signature: {signature(key, stamp, raw).decode()}\r\n\r\n"
            ).encode()
            requests.write(len(head + raw).to_bytes(4, "big") + head + raw)
    command = (sys.executable, "-m", "tests.benchmarks.posting", str(file))
    done = subprocess.run(
        [*command, host.hostname or "", str(host.port), str(connections)],
        check=True,
        capture_output=True,
    )
    return Sent(**json.loads(done.stdout))


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
        self._answer += self.socket.recv(65_536)
        head, end, body = self._answer.partition(_END)
        if not end:
            return False
        if head[_STATUS] != b"202":
            raise OSError(self._answer.decode("utf-8", "replace"))
        length = head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
        return len(body) >= int(length)


def _requests(file: Path) -> Iterator[bytes]:
    content, at = file.read_bytes(), 0
    while at < len(content):
        size = int.from_bytes(content[at : at + 4], "big")
        yield content[at + 4 : at + 4 + size]
        at += 4 + size


def main(file: str, host: str, port: str, connections: str) -> None:
    """Send everything in ``file``."""
    requests = list(_requests(Path(file)))
    sent, answered = [0.0] * len(requests), [0.0] * len(requests)
    waiting = iter(enumerate(requests))
    with selectors.DefaultSelector() as selector:
        for number, request in zip(range(int(connections)), requests, strict=False):
            connection = _Connection((host, int(port)))
            selector.register(connection.socket, selectors.EVENT_READ, connection)
            next(waiting)
            sent[number] = time.time()
            connection.send(number, request)
        open_ones = min(int(connections), len(requests))
        while open_ones:
            for key, _ in selector.select():
                connection = key.data
                if not connection.receive():
                    continue
                answered[connection.number] = time.time()
                following = next(waiting, None)
                if following is None:
                    selector.unregister(connection.socket)
                    connection.socket.close()
                    open_ones -= 1
                    continue
                sent[following[0]] = time.time()
                connection.send(*following)
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(
        json.dumps({"sent": sent, "answered": answered, "processor": used.ru_utime + used.ru_stime})
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
