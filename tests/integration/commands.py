"""The command line as a person uses it on a running stack."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from deploy.local.endpoints import Endpoints


def sheetbridge(endpoints: Endpoints, *arguments: str) -> str:
    """What a command prints; fails with what it said where its status is not 0."""
    told = subprocess.run(
        [sys.executable, "-m", "deploy.cli.main", *arguments, "--config", endpoints.config],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert told.returncode == 0, told.stderr
    return told.stdout


def listed(endpoints: Endpoints, command: str, mapping: str, *options: str) -> list[dict[str, Any]]:
    """What ``conflicts list`` or ``dead-letters list`` tells of a mapping."""
    told = sheetbridge(
        endpoints, command, "list", "--json", "--limit", "10000", "--mapping", mapping, *options
    )
    return [json.loads(line) for line in told.splitlines()]
