"""The ``node`` that runs the Apps Script in the emulator; it needs no package."""

from __future__ import annotations

import re
import shutil
import subprocess

from deploy.local.failure import ProvisionError
from deploy.local.versions import NODE_MINIMUM

_MEND = (
    f"Install Node.js {NODE_MINIMUM} or later (Debian 12's own is older: nodesource.com has it)."
)


def find_node() -> str:
    """The version of the ``node`` on the PATH. Raises ProvisionError if none, or one too old."""
    program = shutil.which("node")
    if program is None:
        raise ProvisionError(
            "node is not there; the emulator runs the Apps Script with it", mend=_MEND
        )
    answer = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    version = node_version(answer.stdout)
    if version is None or version < NODE_MINIMUM:
        found = answer.stdout.strip() or "of an unknown version"
        raise ProvisionError(f"{program} is {found}; {NODE_MINIMUM} is needed", mend=_MEND)
    return answer.stdout.strip()


def node_version(text: str) -> int | None:
    """The major version in the output of ``node --version``, or None."""
    found = re.match(r"v(\d+)\.", text)
    return int(found[1]) if found else None
