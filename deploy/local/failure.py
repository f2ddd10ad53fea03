"""What can go wrong with the local stack.

StackError                 root; ``mend`` says what the user can do
├── ProvisionError         a server could not be brought onto this machine
├── ServiceError           a service did not start, or died; names its address and its log's tail
└── AlreadyRunningError    another stack uses this run directory
"""

from __future__ import annotations

from pathlib import Path

from sink.core.errors import SheetbridgeError

TAIL_LINES = 15
_TAIL_BYTES = 16_384


class StackError(SheetbridgeError):
    """The local stack could not do what was asked; ``mend`` says what to do about it."""

    def __init__(self, problem: str, *, mend: str) -> None:
        self.problem = problem
        self.mend = mend
        super().__init__(f"{problem}\n{mend}")


class ProvisionError(StackError):
    """A server or a package could not be brought onto this machine."""


class AlreadyRunningError(StackError):
    """The run directory is in use by another stack."""


class ServiceError(StackError):
    """A service did not come up, or is gone."""

    def __init__(self, service: str, address: str, log: Path, problem: str) -> None:
        self.service = service
        self.address = address
        self.log = log
        where = f" ({address})" if address else ""
        tail = "".join(f"\n    {line}" for line in log_tail(log))
        super().__init__(
            f"{service}{where} {problem}",
            mend=f"Its log is {log}" + (f", which ends with:{tail}" if tail else "; it is empty."),
        )


def log_tail(log: Path, lines: int = TAIL_LINES) -> list[str]:
    """The last lines of a log file; none if there is no such file."""
    try:
        with log.open("rb") as stream:
            stream.seek(0, 2)
            stream.seek(max(0, stream.tell() - _TAIL_BYTES))
            text = stream.read().decode("utf-8", "replace")
    except FileNotFoundError:
        return []
    return [line for line in text.splitlines() if line.strip()][-lines:]
