"""Which process a pid meant: pids are used again, so a pid alone must not be signalled.

A process is the same one if its pid, its start time and the machine's boot are the same
(https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html, field 22).
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

_POLL_SECONDS = 0.02
_FREEZE_SECONDS = 10.0
_FREEZE_POLL_SECONDS = 0.001
_DEAD = frozenset("ZX")


@dataclass(frozen=True, slots=True)
class ProcessIdentity:
    """A process: ``started`` in clock ticks since the boot named ``boot``."""

    pid: int
    started: int
    boot: str

    @classmethod
    def of(cls, pid: int) -> ProcessIdentity | None:
        """The identity of the process that has ``pid`` now; None if there is none, or a zombie."""
        started = start_time(pid)
        return None if started is None else cls(pid, started, boot_id())

    def alive(self) -> bool:
        """Whether that very process still runs."""
        return self.boot == boot_id() and start_time(self.pid) == self.started

    def signal_group(self, number: int) -> bool:
        """Signal the process's group, of which it is the leader; False if it is gone."""
        if not self.alive():
            return False
        try:
            os.killpg(self.pid, number)
        except ProcessLookupError:
            return False
        return True

    def freeze(self) -> bool:
        """SIGSTOP the process's group; returns once the process stands, False if it is gone.

        The signal alone is not enough: the first of its threads that is given a processor stops
        the others, and on a busy machine they work on for milliseconds until then
        (https://man7.org/linux/man-pages/man7/signal.7.html, on process-directed signals).
        Raises TimeoutError if it does not stand after 10 s, as when something else lets it go on.
        """
        if not self.signal_group(signal.SIGSTOP):
            return False
        deadline = time.monotonic() + _FREEZE_SECONDS
        while self.alive() and thread_states(self.pid) - {"T"}:
            if time.monotonic() > deadline:
                raise TimeoutError(f"process {self.pid} does not stand still")
            time.sleep(_FREEZE_POLL_SECONDS)
        return self.alive()

    def thaw(self) -> bool:
        """Let a frozen process's group go on; False if it is gone."""
        return self.signal_group(signal.SIGCONT)

    def stop(self, *, grace: float) -> None:
        """End the process and its group: SIGTERM, and SIGKILL after ``grace`` seconds.

        Returns when it is gone. What is left of the group then (children that outlived it) is
        killed too: while a group has members, its number is given to nobody else.
        """
        if not self.signal_group(signal.SIGTERM):
            return
        if not self.wait_gone(grace):
            self.signal_group(signal.SIGKILL)
            self.wait_gone(grace)
        try:
            os.killpg(self.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            return

    def wait_gone(self, seconds: float) -> bool:
        """Wait until the process is gone, at most ``seconds``; whether it is."""
        deadline = time.monotonic() + seconds
        while self.alive():
            if time.monotonic() > deadline:
                return False
            time.sleep(_POLL_SECONDS)
        return True


def start_time(pid: int) -> int | None:
    """When the process with ``pid`` began, in clock ticks since boot; None if gone or a zombie."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    return parse_stat(stat)


def thread_states(pid: int) -> set[str]:
    """The states that the threads of process ``pid`` are in: ``T`` is stopped; empty if gone."""
    states = set()
    for stat in Path(f"/proc/{pid}/task").glob("*/stat"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # ended just now
            line = stat.read_text(encoding="utf-8", errors="replace")
            states.add(line[line.rindex(")") + 2])
    return states - _DEAD


def parse_stat(stat: str) -> int | None:
    """Field 22 of a ``/proc/<pid>/stat`` line; None for a zombie or a dead process.

    The second field is the program's name in parentheses and may hold spaces and parentheses.
    """
    fields = stat[stat.rindex(")") + 2 :].split()
    state = fields[0]
    return None if state in _DEAD else int(fields[19])


def boot_id() -> str:
    """What tells this boot of the machine from every other."""
    return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
