"""Posts as the script in the sheet makes them, signed beforehand.

The form is that of ``appscript/src/posts.gs``; so are the sizes at which a paste is split.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import orjson

from webhook.auth import SIGNATURE_HEADER, TIMESTAMP_HEADER, signature

POST_ROWS = 500
POST_BYTES = 249_000
BATCH_BYTES = 900_000

Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class Sender:
    """Makes whole HTTP requests to the webhook for one tab of a spreadsheet."""

    webhook_url: str
    secret: str
    spreadsheet_id: str
    tab: str

    def edit(self, rows: Sequence[Row], time_ms: int) -> bytes:
        """The body of one post."""
        return orjson.dumps(
            {
                "version": 1,
                "id": str(uuid.uuid4()),
                "kind": "edit",
                "spreadsheet_id": self.spreadsheet_id,
                "tab": self.tab,
                "time_ms": time_ms,
                "editor": "person@example.com",
                "rows": list(rows),
            }
        )

    def paste(self, rows: Sequence[Row], time_ms: int) -> list[bytes]:
        """The bodies of the batches that a paste of ``rows`` becomes."""
        batches: list[bytes] = []
        waiting: list[bytes] = []
        size = 0
        for piece in _pieces(rows):
            body = self.edit(piece, time_ms)
            if waiting and size + len(body) > BATCH_BYTES:
                batches.append(b"\n".join(waiting))
                waiting, size = [], 0
            waiting.append(body)
            size += len(body) + 1
        return [*batches, b"\n".join(waiting)]

    def request(self, body: bytes, path: str = "/v1/edits") -> bytes:
        """The bytes of a signed request."""
        timestamp = str(int(time.time()))
        head = (
            f"POST {path} HTTP/1.1\r\nHost: {urlsplit(self.webhook_url).netloc}\r\n"
            "Content-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n{TIMESTAMP_HEADER}: {timestamp}\r\n"
            f"{SIGNATURE_HEADER}: {signature(self.secret.encode(), timestamp, body).decode()}"
            "\r\n\r\n"
        )
        return head.encode("ascii") + body


def _pieces(rows: Sequence[Row]) -> Iterator[list[Row]]:
    piece: list[Row] = []
    size = 0
    for row in rows:
        length = len(orjson.dumps(row)) + 1
        if len(piece) >= POST_ROWS or size + length > POST_BYTES:
            yield piece
            piece, size = [], 0
        piece.append(row)
        size += length
    if piece:
        yield piece
