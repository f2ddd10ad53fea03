"""Starts the replay in a process of its own and takes what it says."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Replayed:
    """``began`` is Unix time in seconds; ``answered`` counts from there; ``cpu`` in seconds."""

    began: float
    answered: list[float]
    statuses: dict[str, int]
    cpu: float

    def require(self, status: str) -> None:
        """Raise where an answer was another one: then nothing was measured."""
        if set(self.statuses) != {status}:
            raise RuntimeError(f"wanted {status} from all, got {self.statuses}")


class Replay:
    """A replay that is loaded and connected, and starts when told to."""

    def __init__(self, url: str, requests: Sequence[bytes], *, connections: int = 32) -> None:
        with tempfile.NamedTemporaryFile(suffix=".requests", delete=False) as file:
            for request in requests:
                file.write(len(request).to_bytes(4) + request)
        self._file = Path(file.name)
        command = [sys.executable, "-m", "tests.benchmarks.load.replay"]
        self._process = subprocess.Popen(
            [*command, url, file.name, str(connections)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def start(self) -> None:
        """Let it send."""
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()

    def result(self, *, seconds: float = 120) -> Replayed:
        """What it says once all is answered."""
        try:
            out, _ = self._process.communicate(timeout=seconds)
        finally:
            self._process.kill()
            self._process.wait()
            self._file.unlink(missing_ok=True)
        return Replayed(**json.loads(out))

    def run(self) -> Replayed:
        """Start it and wait."""
        self.start()
        return self.result()
