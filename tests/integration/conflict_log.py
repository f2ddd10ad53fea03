"""The conflict log as a person reads it: ``sheetbridge conflicts --json``."""

from __future__ import annotations

import json
import subprocess
import sys

from tests.integration.bridge import Bridge


def conflicts(bridge: Bridge, prefix: str) -> list[dict[str, object]]:
    """The mapping's logged conflicts on rows whose first key begins so, the newest first."""
    arguments = ["--json", "--limit", "10000", "--mapping", bridge.mapping.name]
    told = subprocess.run(
        [
            *(sys.executable, "-m", "deploy.cli.main", "conflicts", "list"),
            *(*arguments, "--config", bridge.endpoints.config),
        ],
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    found = [json.loads(line) for line in told.stdout.splitlines()]
    return [each for each in found if str(next(iter(each["key"].values()))).startswith(prefix)]
