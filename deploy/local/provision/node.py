"""The JavaScript packages of the emulator, by ``npm ci`` from its lock file."""

from __future__ import annotations

import hashlib
from pathlib import Path

from deploy.local.provision.command import run

_STAMP = "node_modules/.sheetbridge-lock"
_MEND = "On Debian or Ubuntu: apt install nodejs npm (Node.js 20 or later)"


def packages(root: Path) -> list[Path]:
    """The folders below ``root`` that have a ``package-lock.json`` of ours."""
    return sorted(
        lock.parent for lock in root.rglob("package-lock.json") if "node_modules" not in lock.parts
    )


def install(root: Path) -> tuple[int, bool]:
    """Install what the lock files below ``root`` name; their number, and whether all was there."""
    folders = packages(root)
    warm = True
    for folder in folders:
        stamp = folder / _STAMP
        lock = hashlib.sha256((folder / "package-lock.json").read_bytes()).hexdigest()
        if stamp.exists() and stamp.read_text(encoding="utf-8") == lock:
            continue
        warm = False
        run(["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"], cwd=folder, mend=_MEND)
        stamp.parent.mkdir(exist_ok=True)
        stamp.write_text(lock, encoding="utf-8")
    return len(folders), warm
