"""The run directory (``.sheetbridge/``): where things lie in it, its lock and its secrets."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import TextIO

from deploy.local.failure import AlreadyRunningError

PRIVATE_FILE = 0o600
PRIVATE_DIRECTORY = 0o700


@dataclass(frozen=True, slots=True, repr=False)
class Passwords:
    """The secrets of one run directory: letters and digits only, so that they need no escaping."""

    root: str
    sheetbridge: str
    sheetbridge_cdc: str
    app: str
    reader: str
    webhook: str


PASSWORDS = "passwords.json"
"""The file that every run directory has once a stack was started in it."""


class RunDirectory:
    """A folder that only its owner can read; made if it is not there."""

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self.path.mkdir(parents=True, exist_ok=True)
        self.path.chmod(PRIVATE_DIRECTORY)
        self.logs.mkdir(exist_ok=True)

    @property
    def logs(self) -> Path:
        """One log a service."""
        return self.path / "logs"

    @property
    def endpoints(self) -> Path:
        """Where everything listens, for others to read."""
        return self.path / "endpoints.json"

    @property
    def ports(self) -> Path:
        """The ports of the last run."""
        return self.path / "ports.json"

    @property
    def configuration(self) -> Path:
        """The ``sheetbridge.toml`` of this stack."""
        return self.path / "sheetbridge.toml"

    def log(self, service: str) -> Path:
        """The log of ``service``."""
        return self.logs / f"{service}.log"

    def write_private(self, name: str, content: str) -> Path:
        """Write a file that only its owner can read, whole or not at all; returns its path."""
        path = self.path / name
        partial = path.with_name(path.name + ".partial")
        partial.unlink(missing_ok=True)
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE)
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(content)
        partial.replace(path)
        return path

    def passwords(self) -> Passwords:
        """The secrets of this run directory, made at random the first time."""
        path = self.path / PASSWORDS
        known: dict[str, str] = {}
        if path.exists():
            known = json.loads(path.read_text(encoding="utf-8"))
        made = {
            field.name: known.get(field.name) or secrets.token_hex(16)
            for field in fields(Passwords)
        }
        passwords = Passwords(**made)
        if made != known:
            self.write_private(path.name, json.dumps(asdict(passwords), indent=2) + "\n")
        return passwords

    def lock(self) -> TextIO:
        """Take the directory for one starter; held until the file is closed by all who have it.

        Raises AlreadyRunningError if somebody else has it.
        """
        stream = (self.path / "lock").open("w", encoding="utf-8")
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            stream.close()
            raise AlreadyRunningError(
                f"Another Sheetbridge stack is using {self.path}",
                mend="Stop it (Ctrl-C there, or sheetbridge down), or wait until it has stopped.",
            ) from None
        return stream
