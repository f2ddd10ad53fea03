"""A sink of the case's own, beside a stack whose sink has ended: its log, memory and processor."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.local.endpoints import Endpoints
from tests.benchmarks.arena import PATIENCE_SECONDS, processor_seconds
from tests.benchmarks.progress import until

LOOK_SECONDS = 0.05
SECTION = "[[mapping]]"
UNBOUNDED = 6_000
"""Calls a minute: the quota is off, and the sink is to know it."""


@dataclass(frozen=True, slots=True)
class LoneSink:
    """The process and its log."""

    pid: int
    log: Path

    def says(self, words: str, seconds: float = PATIENCE_SECONDS) -> re.Match[str]:
        """Wait until its log has the expression ``words``; raises TimeoutError with the log."""
        found = until(
            lambda: re.search(words, self.log.read_text(errors="replace")),
            seconds,
            every=LOOK_SECONDS,
        )
        if found is None:
            raise TimeoutError(
                f"{words!r} is not in {self.log.read_text(errors='replace')[-2000:]}"
            )
        return found

    def megabytes(self) -> float:
        """The resident set now."""
        return megabytes(self.pid, "VmRSS")

    def most_megabytes(self) -> float:
        """The largest resident set so far."""
        return megabytes(self.pid, "VmHWM")

    def forget_most_memory(self) -> None:
        """From now on ``most_megabytes`` tells of what comes.

        https://man7.org/linux/man-pages/man5/proc_pid_clear_refs.5.html
        """
        Path(f"/proc/{self.pid}/clear_refs").write_text("5")

    def processor(self) -> float:
        """Seconds of processor so far."""
        return processor_seconds(self.pid)


@contextmanager
def lone_sink(
    endpoints: Endpoints, mapping: str, log: Path, *, calls_a_minute: int | None = None
) -> Iterator[LoneSink]:
    """``sheetbridge sink`` of that mapping alone, until the block ends.

    ``calls_a_minute`` is what it believes to be granted of reads and of writes; None: the defaults.
    """
    config = Path(endpoints.config).with_name(f"{mapping}.toml")
    head, *sections = Path(endpoints.config).read_text().split(SECTION)
    wanted = [section for section in sections if f'name = "{mapping}"' in section]
    if calls_a_minute is not None:
        pace = f"reads_per_minute = {calls_a_minute}\nwrites_per_minute = {calls_a_minute}"
        head = head.replace("[google]\n", f"[google]\n{pace}\n")
    config.write_text(SECTION.join([head, *wanted]))
    with running_sink(config, log) as sink:
        yield sink


@contextmanager
def running_sink(config: Path | str, log: Path) -> Iterator[LoneSink]:
    """``sheetbridge sink`` of all that the configuration maps, until the block ends."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            (sys.executable, "-m", "deploy.cli.main", "sink", "--config", str(config)),
            stdout=output,
            stderr=output,
        )
        try:
            yield LoneSink(process.pid, log)
        finally:
            process.terminate()
            process.wait()


def megabytes(pid: int, what: str) -> float:
    """https://man7.org/linux/man-pages/man5/proc_pid_status.5.html"""
    status = Path(f"/proc/{pid}/status").read_text()
    found = re.search(rf"^{what}:\s+(\d+) kB", status, re.MULTILINE)
    assert found is not None
    return int(found[1]) / 1024
