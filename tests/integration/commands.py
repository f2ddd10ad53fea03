"""The command line as a person uses it on a running stack."""

from __future__ import annotations

import contextlib
import io
import json
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

from deploy.cli.main import run
from deploy.local.endpoints import Endpoints

SECONDS = 120


@dataclass(frozen=True)
class Ended:
    """How a command ended, and what it said."""

    status: int
    stdout: str
    stderr: str


def command(endpoints: Endpoints, *arguments: str) -> Ended:
    """Run ``sheetbridge`` with these arguments, whatever it does."""
    told = subprocess.run(
        [sys.executable, "-m", "deploy.cli.main", *arguments, "--config", endpoints.config],
        check=False,
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )
    return Ended(told.returncode, told.stdout, told.stderr)


def within(endpoints: Endpoints, *arguments: str) -> Ended:
    """Run a command in this process; not one that writes to Kafka, whose client leaves sockets.

    To start Python anew takes longer than its work, and tests that wait for something by asking
    again and again would take the processor from those who are to do it.
    """
    status, hook = 0, sys.excepthook
    with (
        contextlib.redirect_stdout(io.StringIO()) as said,
        contextlib.redirect_stderr(io.StringIO()) as complained,
    ):
        try:
            run([*arguments, "--config", endpoints.config])
        except SystemExit as ended:
            status = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
        finally:
            sys.excepthook = hook
    return Ended(status, said.getvalue(), complained.getvalue())


def sheetbridge(endpoints: Endpoints, *arguments: str) -> str:
    """What a command prints; fails with what it said where its status is not 0."""
    ended = command(endpoints, *arguments)
    assert ended.status == 0, ended.stderr
    return ended.stdout


def listed(endpoints: Endpoints, what: str, mapping: str, *options: str) -> list[dict[str, Any]]:
    """What ``conflicts list``, ``dead-letters list`` or ``deletes list`` tells of a mapping."""
    told = within(
        endpoints, what, "list", "--json", "--limit", "10000", "--mapping", mapping, *options
    )
    assert told.status == 0, told.stderr
    return [json.loads(line) for line in told.stdout.splitlines()]
