"""Starts processes through a guardian (see ``guardian``), from any thread."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

from deploy.local.failure import StackError
from deploy.local.identity import ProcessIdentity

_GUARDIAN = Path(__file__).resolve().parent / "guardian.py"
_MEND = "Start the stack again; if it happens again, please report it."


class Spawner:
    """Processes that end with this one, or, if ``detached``, that stay when it ends.

    ``inherited`` are file descriptors that the guardian keeps open while it lives (the lock of the
    run directory). ``close`` ends the guardian, and with it what it started unless detached.
    """

    def __init__(self, *, detached: bool, inherited: Sequence[int] = ()) -> None:
        # -I -S: no user's packages, no site; the guardian starts in some 20 ms.
        command = [
            sys.executable,
            "-I",
            "-S",
            str(_GUARDIAN),
            *(["--detached"] if detached else []),
        ]
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            pass_fds=tuple(inherited),
            start_new_session=True,
        )
        self._lock = threading.Lock()

    @property
    def pid(self) -> int:
        """The guardian's own pid."""
        return self._process.pid

    def spawn(
        self, argv: Sequence[str], *, environment: Mapping[str, str], directory: Path, log: Path
    ) -> ProcessIdentity | None:
        """Start a program as the leader of its own session, its output appended to ``log``.

        Returns None if it ended at once.
        """
        answer = self._ask(
            {
                "spawn": list(argv),
                "environment": dict(environment),
                "directory": str(directory),
                "log": str(log),
            }
        )
        pid = answer.get("pid")
        if not isinstance(pid, int):
            raise StackError(f"{argv[0]} cannot be started: {answer.get('error')}", mend=_MEND)
        return ProcessIdentity.of(pid)

    def exit_status(self, pid: int) -> int | None:
        """How the process ended (minus the signal's number), or None while it runs."""
        status = self._ask({"exit": pid}).get("exit")
        return status if isinstance(status, int) else None

    def close(self) -> None:
        """End the guardian; returns when it and, unless detached, all it started are gone."""
        with self._lock:
            if self._process.stdin is not None and not self._process.stdin.closed:
                self._process.stdin.close()
            self._process.wait()
            if self._process.stdout is not None:
                self._process.stdout.close()

    def _ask(self, request: dict[str, object]) -> dict[str, object]:
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        with self._lock:
            try:
                stdin.write(json.dumps(request).encode() + b"\n")
                stdin.flush()
                line = stdout.readline()
            except (OSError, ValueError) as error:
                raise StackError("The stack's guardian process is gone", mend=_MEND) from error
        if not line:
            raise StackError("The stack's guardian process is gone", mend=_MEND)
        answer = json.loads(line)
        assert isinstance(answer, dict)
        return answer
