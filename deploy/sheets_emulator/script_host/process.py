"""The Node process behind the script host, and the JSON lines to and from it.

The protocol stands in `main.mjs`. Threads only, no event loop: gestures are sent from worker
threads while the document is locked, so that the host hears of them in the order of the edits.
"""

import itertools
import json
import shutil
import subprocess
import threading
from collections.abc import Callable
from concurrent.futures import Future, InvalidStateError, ThreadPoolExecutor
from pathlib import Path

from deploy.sheets_emulator.api.errors import ApiError
from deploy.sheets_emulator.json_types import JsonObject, JsonValue
from deploy.sheets_emulator.model.spreadsheet import RangeError

MAIN = Path(__file__).parent / "main.mjs"
_STOP_SECONDS = 5.0
_CELL_THREADS = 4

#: Answers a script's read or write of cells: (spreadsheet id, call) → result; may raise ApiError.
CellCalls = Callable[[str, JsonObject], JsonValue]


class ScriptHostError(Exception):
    """The host refused a request or is not there; the message says why."""


class ScriptHost:
    """Starts Node when it is first needed, and again should it have died."""

    def __init__(self, project: Path, cells: CellCalls, state: Path | None = None) -> None:
        self._project = project
        self._cells = cells
        self._state = state
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._waiting: dict[int, Future[JsonValue]] = {}
        self._process: subprocess.Popen[bytes] | None = None
        self._pool: ThreadPoolExecutor | None = None

    def start(self) -> None:
        """Start Node ahead of the first gesture; ScriptHostError if it is not installed."""
        with self._lock:
            self._running()

    def send(self, op: str, **members: JsonValue) -> Future[JsonValue]:
        """Send a request of `host.mjs`; the future fails with ScriptHostError."""
        future: Future[JsonValue] = Future()
        with self._lock:
            process = self._running()
            number = next(self._numbers)
            self._waiting[number] = future
            self._write(process, {"id": number, "op": op, **members})
        return future

    def ask(self, op: str, **members: JsonValue) -> JsonValue:
        """Send a request and wait for the answer."""
        return self.send(op, **members).result()

    def stop(self) -> None:
        """End Node, after it has written its state."""
        with self._lock:
            process, self._process = self._process, None
            pool, self._pool = self._pool, None
        if process is not None and process.stdin is not None:
            try:
                process.stdin.close()
                process.wait(_STOP_SECONDS)
            except (OSError, subprocess.TimeoutExpired):
                process.kill()
                process.wait()
        if pool is not None:
            pool.shutdown()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is None:
            return self._process
        node = shutil.which("node")
        if node is None:
            raise ScriptHostError(
                "Node is not on the PATH. Install Node 20 to run Apps Script here."
            )
        if not (self._project / "appsscript.json").is_file():
            raise ScriptHostError(f"No Apps Script project at {self._project}.")
        command = [node, str(MAIN), "--project", str(self._project)]
        if self._state is not None:
            command += ["--state", str(self._state)]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._process = process
        self._pool = self._pool or ThreadPoolExecutor(_CELL_THREADS, "script-cells")
        threading.Thread(
            target=self._read, args=(process, self._pool), name="script-host", daemon=True
        ).start()
        return process

    def _read(self, process: subprocess.Popen[bytes], pool: ThreadPoolExecutor) -> None:
        assert process.stdout is not None
        with process.stdout:
            for line in process.stdout:
                message: JsonObject = json.loads(line)
                if "call" in message:
                    pool.submit(self._answer, process, message)
                else:
                    self._settle(message)
        with self._lock:
            orphans, self._waiting = self._waiting, {}
        for future in orphans.values():
            future.set_exception(ScriptHostError("The Apps Script host has ended."))

    def _settle(self, message: JsonObject) -> None:
        with self._lock:
            future = self._waiting.pop(message["id"], None)
        if future is None:
            return
        try:
            if "error" in message:
                future.set_exception(ScriptHostError(message["error"]))
            else:
                future.set_result(message["result"])
        except InvalidStateError:
            return  # whoever asked has gone away meanwhile

    def _answer(self, process: subprocess.Popen[bytes], call: JsonObject) -> None:
        # A script blocks until it is answered, so even our own mistake must not go unanswered.
        reply: JsonObject = {"reply": call["call"], "error": "Service error: Spreadsheets"}
        try:
            reply = {"reply": call["call"], "result": self._cells(call["spreadsheetId"], call)}
        except (ApiError, RangeError) as error:
            reply["error"] = str(error)
        finally:
            with self._lock:
                self._write(process, reply)

    @staticmethod
    def _write(process: subprocess.Popen[bytes], message: JsonObject) -> None:
        assert process.stdin is not None
        try:
            process.stdin.write(json.dumps(message).encode() + b"\n")
            process.stdin.flush()
        except (OSError, ValueError):
            return  # Node has gone; the reader fails whatever waits
