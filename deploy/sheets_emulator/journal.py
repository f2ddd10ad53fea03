"""Persistence: every applied call is on disk before it is answered.

A data directory holds `journal` (one JSON line a call, appended and flushed, so that it outlives
the death of the process), `snapshot` (the state up to some call) and `token-key`. At a start the
snapshot is loaded, the calls after it are carried out again, and a new snapshot is taken when the
journal has grown long.
"""

import io
import os
import pickle
import secrets
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import orjson

from deploy.sheets_emulator.json_types import JsonObject
from deploy.sheets_emulator.model.spreadsheet import Spreadsheet

#: A journal longer than this is folded into a snapshot at the next start or stop.
LONG_JOURNAL_BYTES = 4_000_000


@dataclass(frozen=True, slots=True)
class Entry:
    """One applied call."""

    spreadsheet_id: str
    call: str
    arguments: JsonObject
    at: float  # epoch seconds


@dataclass(slots=True)
class Snapshot:
    """States and revisions of all spreadsheets after `entries` calls."""

    entries: int = 0
    states: dict[str, Spreadsheet] = field(default_factory=dict)
    revisions: dict[str, int] = field(default_factory=dict)


class _Unpickler(pickle.Unpickler):
    """Loads the emulator's own classes and nothing else."""

    def find_class(self, module: str, name: str) -> object:
        if module.startswith(("deploy.sheets_emulator.", "copyreg")):
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"A snapshot must not hold {module}.{name}.")


class Journal:
    """The calls and the last snapshot in a data directory.

    Entries are numbered from the first call of all; a journal line that the process's death cut
    short was never answered and is dropped.
    """

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._directory = directory
        self._path = directory / "journal"
        self._lock = threading.Lock()
        self._file: io.BufferedWriter | None = None
        self.entries = 0

    def token_key(self) -> bytes:
        """The key of access tokens, made at the first start."""
        path = self._directory / "token-key"
        if not path.exists():
            _replace(path, secrets.token_bytes(32))
        return path.read_bytes()

    def load(self) -> tuple[Snapshot, Iterator[Entry]]:
        """The last snapshot and the calls after it."""
        path = self._directory / "snapshot"
        snapshot = Snapshot()
        if path.exists():
            with path.open("rb") as file:
                loaded = _Unpickler(file).load()
            assert isinstance(loaded, Snapshot)
            snapshot = loaded
        self.entries = snapshot.entries
        return snapshot, self._read(snapshot.entries)

    def _read(self, skip: int) -> Iterator[Entry]:
        if not self._path.exists():
            return
        complete = 0
        with self._path.open("rb") as file:
            first = 0
            for line in file:
                if not line.endswith(b"\n"):
                    break
                complete += len(line)
                decoded = orjson.loads(line)
                if "first" in decoded:
                    first = decoded["first"]
                    continue
                first += 1
                if first > skip:
                    self.entries = first
                    yield Entry(**decoded)
        if complete < self._path.stat().st_size:
            os.truncate(self._path, complete)

    def append(self, spreadsheet_id: str, call: str, arguments: JsonObject, at: float) -> None:
        """Write one applied call; when this returns, the system has it."""
        line = orjson.dumps(
            {"spreadsheet_id": spreadsheet_id, "call": call, "arguments": arguments, "at": at},
            option=orjson.OPT_APPEND_NEWLINE,
        )
        with self._lock:
            if self._file is None:
                self._file = self._path.open("ab")
            self._file.write(line)
            self._file.flush()
            self.entries += 1

    def close(self) -> None:
        """Let go of the file; a later append opens it again."""
        with self._lock:
            if self._file is not None:
                self._file.close()
                self._file = None

    def is_long(self) -> bool:
        """True if a snapshot would save time at the next start."""
        return self._path.exists() and self._path.stat().st_size > LONG_JOURNAL_BYTES

    def save(self, snapshot: Snapshot) -> None:
        """Store a snapshot and start a new journal after it; nothing may be appended meanwhile."""
        with self._lock:
            if self._file is not None:
                self._file.close()
                self._file = None
            _replace(self._directory / "snapshot", pickle.dumps(snapshot, protocol=5))
            _replace(self._path, orjson.dumps({"first": snapshot.entries}) + b"\n")


def _replace(path: Path, content: bytes) -> None:
    """Put a file in place whole or not at all, readable by its owner only."""
    temporary = path.with_suffix(".new")
    temporary.touch(mode=0o600)
    with temporary.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
