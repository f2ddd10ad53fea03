"""A webhook for tests; it checks signatures by an implementation of its own."""

import hashlib
import hmac
import json
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Json = dict[str, Any]


@dataclass
class Webhook:
    """Keeps what was signed; listens on a free loopback port and may be stopped and restarted."""

    mappings: list[Json]
    secret: str = "a secret with \u00e9 and \u2713"
    posts: list[Json] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    attempts: list[str] = field(default_factory=list)
    requests: list[tuple[str, int]] = field(default_factory=list)
    failing: int | None = None
    port: int = 0
    _server: ThreadingHTTPServer | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def edits(self) -> list[Json]:
        return [post for post in self.posts if post["kind"] == "edit"]

    @property
    def commands(self) -> list[tuple[str, str]]:
        return [(post["command"], post["tab"]) for post in self.posts if post["kind"] == "command"]

    @property
    def hints(self) -> list[tuple[str, str]]:
        return [(post["change_type"], post["tab"]) for post in self.posts if post["kind"] == "hint"]

    def start(self) -> None:
        webhook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers["Content-Length"]))
                status, answer = webhook._answer(self.path, dict(self.headers.items()), raw)
                body = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def _answer(self, path: str, headers: dict[str, str], raw: bytes) -> tuple[int, Json]:
        sent = {name.lower(): value for name, value in headers.items()}
        stamp = sent.get("x-sheetbridge-timestamp", "")
        expected = hmac.new(self.secret.encode(), f"{stamp}.".encode() + raw, hashlib.sha256)
        if sent.get("x-sheetbridge-signature") != f"v1={expected.hexdigest()}":
            self.refused.append(path)
            return 401, _problem("bad_signature")
        media = "application/x-ndjson" if path == "/v1/batches" else "application/json"
        if abs(time.time() - int(stamp)) > 60 or sent.get("content-type") != media:
            self.refused.append(path)
            return 401, _problem("stale_timestamp")
        bodies = [json.loads(line) for line in raw.split(b"\n")]
        self.requests.append((path, len(bodies)))
        if path == "/v1/mappings":
            return 200, {"mappings": self.mappings, "max_body": 2_000_000}
        if path == "/v1/status":
            return 200, {"mappings": []}
        self.attempts += [body["id"] for body in bodies]
        if self.failing is not None:
            return self.failing, _problem("failing")
        for body in bodies:
            self.posts.append(body)
        return 202, {"ids": self.attempts[-len(bodies) :], "accepted": 0}


def _problem(code: str) -> Json:
    return {"error": {"code": code, "message": "A test says no.", "mend": "Wait."}}
