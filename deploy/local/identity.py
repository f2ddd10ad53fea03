"""Which process a pid meant: pids are used again, so a pid alone must not be signalled.

A process is the same one if its pid, its start time and the machine's boot are the same
(https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html, field 22).
"""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

_POLL_SECONDS = 0.02


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


def parse_stat(stat: str) -> int | None:
    """Field 22 of a ``/proc/<pid>/stat`` line; None for a zombie or a dead process.

    The second field is the program's name in parentheses and may hold spaces and parentheses.
    """
    fields = stat[stat.rindex(")") + 2 :].split()
    state = fields[0]
    return None if state in {"Z", "X"} else int(fields[19])


def boot_id() -> str:
    """What tells this boot of the machine from every other."""
    return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
