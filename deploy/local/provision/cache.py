"""The download cache: what is in it is whole, whoever else is filling it.

A folder is filled under another name and renamed when it is complete. Its marker lists every file
with its size, so a folder that was damaged later is found and made anew.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

_MARKER = ".complete.json"


def cache_directory() -> Path:
    """``$XDG_CACHE_HOME/sheetbridge``, or ``~/.cache/sheetbridge``."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "sheetbridge"


def cached(folder: Path, stamp: str, fill: Callable[[Path], None]) -> bool:
    """Make sure that ``folder`` holds what ``fill`` puts there for ``stamp``.

    ``fill`` gets an empty folder. ``stamp`` says what is wanted; another stamp, a missing
    file or one of another size makes the folder anew. Returns True if it was there already.
    Processes that want the same folder wait for each other.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with _locked(folder.with_name(folder.name + ".lock")):
        if is_whole(folder, stamp):
            return True
        partial = folder.with_name(folder.name + ".partial")
        for leftover in (partial, folder):
            shutil.rmtree(leftover, ignore_errors=True)
        partial.mkdir()
        fill(partial)
        marker = {"stamp": stamp, "files": _sizes(partial)}
        (partial / _MARKER).write_text(json.dumps(marker), encoding="utf-8")
        partial.rename(folder)
        return False


def is_whole(folder: Path, stamp: str) -> bool:
    """Whether ``folder`` was completed for ``stamp`` and every file still has its size."""
    try:
        marker = json.loads((folder / _MARKER).read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return False
    if not isinstance(marker, dict):
        return False
    return marker.get("stamp") == stamp and marker.get("files") == _sizes(folder)


def _sizes(folder: Path) -> dict[str, int]:
    """Every regular file below ``folder``, by its relative name, with its size in bytes."""
    return {
        str(path.relative_to(folder)): path.stat().st_size
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink() and path.name != _MARKER
    }


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
