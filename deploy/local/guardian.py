"""The parent of the stack's processes; run as a script, by itself, with the standard library only.

Why there is one: nothing may be left behind when whoever started a stack in the foreground ends,
be it by SIGKILL. The guardian reads requests from its standard input, whose other end only the
starter holds; its end means that the starter is gone, and the guardian stops every process, last
started first. Should the guardian itself be killed, the kernel kills its children
(PR_SET_PDEATHSIG, which counts from the *thread* that forked: the guardian has one).
With ``--detached`` the processes are meant to stay: they outlive starter and guardian.

Requests and answers are one JSON object a line:
{"spawn": [argv], "environment": {...}, "directory": "...", "log": "..."} → {"pid": n, "started": t}
{"exit": pid} → {"exit": null while it runs | status (minus the signal's number)}
"""

from __future__ import annotations

import ctypes
import json
import os
import select
import signal
import sys
import time
from typing import NoReturn

PR_SET_PDEATHSIG = 1
GRACE_SECONDS = 6.0

_libc = ctypes.CDLL(None, use_errno=True)


class Guardian:
    """Children in the order of their start, and the exit statuses of those that ended."""

    def __init__(self, *, detached: bool) -> None:
        self._detached = detached
        self._children: dict[int, int] = {}  # pid → pidfd
        self._exits: dict[int, int] = {}

    def serve(self) -> None:
        """Answer requests until standard input ends, then stop the children unless detached."""
        waiting = b""
        while True:
            readable, _, _ = select.select([0, *self._children.values()], [], [])
            self._reap()
            if 0 not in readable:
                continue
            piece = os.read(0, 65_536)
            if not piece:
                break
            waiting += piece
            *lines, waiting = waiting.split(b"\n")
            for line in lines:
                answer = self._answer(json.loads(line))
                _write(json.dumps(answer).encode() + b"\n")
        if not self._detached:
            self._stop_all()

    def _answer(self, request: dict[str, object]) -> dict[str, object]:
        if "exit" in request:
            self._reap()
            pid = request["exit"]
            return {"exit": self._exits.get(pid) if isinstance(pid, int) else None}
        try:
            pid = self._spawn(request)
        except OSError as error:
            return {"error": str(error)}
        return {"pid": pid}

    def _spawn(self, request: dict[str, object]) -> int:
        argv, environment = request["spawn"], request["environment"]
        assert isinstance(argv, list)
        assert isinstance(environment, dict)
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
        log = os.open(str(request["log"]), flags, 0o600)
        try:
            pid = os.fork()
            if pid == 0:
                self._become(argv, environment, str(request["directory"]), log)
        finally:
            os.close(log)
        self._children[pid] = os.pidfd_open(pid)
        return pid

    def _become(
        self, argv: list[str], environment: dict[str, str], directory: str, log: int
    ) -> NoReturn:
        """In the child: a session of its own, the log as output, then the program."""
        try:
            os.setsid()
            if not self._detached:
                _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
                if os.getppid() != _guardian_pid:  # it died before the line above
                    os._exit(1)
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            os.dup2(log, 1)
            os.dup2(log, 2)
            os.closerange(3, 65_536)
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE):
                signal.signal(number, signal.SIG_DFL)
            os.chdir(directory)
            os.execvpe(argv[0], argv, environment)
        except OSError as error:
            os.write(2, f"{argv[0]} cannot be started: {error}\n".encode())
        finally:
            os._exit(127)

    def _reap(self) -> None:
        """Note who has ended; what is left of an ended child's group ends with it."""
        for pid, pidfd in list(self._children.items()):
            if os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
                continue
            _signal_group(pid, signal.SIGKILL)  # not reaped yet: the number is still ours
            _, status = os.waitpid(pid, 0)
            self._exits[pid] = os.waitstatus_to_exitcode(status)
            os.close(pidfd)
            del self._children[pid]

    def _stop_all(self) -> None:
        for pid in reversed(list(self._children)):
            if pid not in self._children:
                continue
            _signal_group(pid, signal.SIGTERM)
            deadline = time.monotonic() + GRACE_SECONDS
            while pid in self._children and time.monotonic() < deadline:
                select.select([self._children[pid]], [], [], deadline - time.monotonic())
                self._reap()
            _signal_group(pid, signal.SIGKILL)
        while self._children:
            select.select(list(self._children.values()), [], [])
            self._reap()


def _signal_group(pid: int, number: int) -> None:
    try:
        os.killpg(pid, number)
    except ProcessLookupError:
        return


def _write(data: bytes) -> None:
    try:
        os.write(1, data)
    except BrokenPipeError:
        return  # the starter is gone; the end of standard input says so next


if __name__ == "__main__":
    _guardian_pid = os.getpid()
    for ignored in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM, signal.SIGPIPE):
        signal.signal(ignored, signal.SIG_IGN)
    Guardian(detached="--detached" in sys.argv[1:]).serve()
