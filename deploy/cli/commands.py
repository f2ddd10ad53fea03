"""Every subcommand, the module that holds it, and how the user can type it here."""

from __future__ import annotations

import os
import re
import shutil
import sysconfig
from collections.abc import Mapping
from pathlib import Path

MODULES: Mapping[str, str] = {
    "demo": "deploy.cli.demo",
    "up": "deploy.cli.up",
    "down": "deploy.cli.down",
    "sql": "deploy.cli.sql",
    "init": "deploy.cli.init",
    "mapping": "deploy.cli.mapping",
    "register": "deploy.cli.register",
    "check": "deploy.cli.check",
    "webhook": "deploy.cli.webhook",
    "sink": "deploy.cli.sink",
    "status": "deploy.cli.status",
    "pause": "deploy.cli.pause",
    "resume": "deploy.cli.resume",
    "reconcile": "deploy.cli.reconcile",
    "deletes": "deploy.cli.deletes",
    "conflicts": "deploy.cli.conflicts",
    "dead-letters": "deploy.cli.dead_letters",
}

NAME = "sheetbridge"
_CALL = re.compile(rf"(?<![\w./-]){NAME} (?=(?:{'|'.join(MODULES)})\b)")


def program() -> str:
    """``sheetbridge`` where the shell finds this one by its name, else the path of this one."""
    script = Path(sysconfig.get_path("scripts")) / NAME
    found = shutil.which(NAME)
    if not script.exists() or (found is not None and Path(found).resolve() == script.resolve()):
        return NAME
    path = os.path.relpath(script)
    return str(script) if path.startswith("..") else path


def as_typed(text: str) -> str:
    """``text`` with every ``sheetbridge register`` in it as it can be typed in this directory."""
    return _CALL.sub(lambda _: f"{program()} ", text)
