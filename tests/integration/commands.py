"""The command line as a person uses it on a running stack.

In the tests' own process: to start Python anew takes longer than a command's work, and waiting for
something by asking again and again would take the processor from those who are to do it.
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
from dataclasses import dataclass
from typing import Any

from deploy.cli.main import run
from deploy.local.endpoints import Endpoints


@dataclass(frozen=True)
class Ended:
    """How a command ended, and what it said."""

    status: int
    stdout: str
    stderr: str


def command(*arguments: str) -> Ended:
    """Run ``sheetbridge`` with these arguments."""
    status, hook = 0, sys.excepthook
    with (
        contextlib.redirect_stdout(io.StringIO()) as said,
        contextlib.redirect_stderr(io.StringIO()) as complained,
    ):
        try:
            run(arguments)
        except SystemExit as ended:
            status = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
        finally:
            sys.excepthook = hook
    return Ended(status, said.getvalue(), complained.getvalue())


def sheetbridge(endpoints: Endpoints, *arguments: str) -> str:
    """What a command prints; fails with what it said where its status is not 0."""
    ended = command(*arguments, "--config", endpoints.config)
    assert ended.status == 0, ended.stderr
    return ended.stdout


def listed(endpoints: Endpoints, what: str, mapping: str, *options: str) -> list[dict[str, Any]]:
    """What ``conflicts list`` or ``dead-letters list`` tells of a mapping."""
    told = sheetbridge(
        endpoints, what, "list", "--json", "--limit", "10000", "--mapping", mapping, *options
    )
    return [json.loads(line) for line in told.splitlines()]
