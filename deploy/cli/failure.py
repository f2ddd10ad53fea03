"""How a failure looks to the person at the terminal: one line what, one line mend, an exit status.

Exit statuses: 0 done; 1 it did not work; 2 what the user wrote cannot be used (also typer's own
for a wrong option); 130 interrupted with Ctrl-C.
"""

from __future__ import annotations

import os
import traceback
from types import TracebackType

from deploy.cli.commands import as_typed
from deploy.cli.console import error_console
from sink.core.errors import ConfigurationError, SheetbridgeError

DEBUG_VARIABLE = "SHEETBRIDGE_DEBUG"

FAILED = 1
UNUSABLE = 2
INTERRUPTED = 130


class CommandError(SheetbridgeError):
    """A command could not do its work; ``mend`` says what the user can do about it."""

    def __init__(self, problem: str, *, mend: str) -> None:
        self.problem = problem
        self.mend = mend
        super().__init__(f"{problem}\n{mend}")


def debugging() -> bool:
    """Whether the user asked for tracebacks."""
    return os.environ.get(DEBUG_VARIABLE, "") not in {"", "0"}


def status_of(error: SheetbridgeError) -> int:
    """The exit status for an error that Sheetbridge raised on purpose."""
    return UNUSABLE if isinstance(error, ConfigurationError) else FAILED


def tell(message: str) -> None:
    """Write an error for a person to stderr."""
    text = f"sheetbridge: {as_typed(message)}"
    error_console.print(text, markup=False, highlight=False, soft_wrap=True)


def tell_unexpected(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    """``sys.excepthook``: a fault of ours in two lines, with the place where it happened."""
    frames = traceback.extract_tb(trace)
    place = f" ({frames[-1].filename}:{frames[-1].lineno})" if frames else ""
    tell(
        f"unexpected {kind.__name__}: {error}{place}\n"
        f"This is a fault of Sheetbridge. {DEBUG_VARIABLE}=1 shows the whole traceback."
    )
