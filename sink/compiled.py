"""The merge and the stored states as machine code, where that was made of this very source.

``python -m deploy.compiling`` (which ``make`` runs) compiles these modules as they are with mypyc,
into a folder named after a digest of the sink's whole source. They are taken from there if that
folder is complete; a source that was edited since has another digest, and runs as the Python that
it is. So nothing but speed depends on it, and no old machine code is ever run.
``SHEETBRIDGE_COMPILED=0`` runs the source in any case.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Mapping
from importlib.abc import MetaPathFinder
from importlib.machinery import EXTENSION_SUFFIXES, ModuleSpec
from importlib.util import spec_from_file_location
from pathlib import Path

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / ".sheetbridge" / "compiled"

MODULES = (
    "sink.core.belief",
    "sink.core.change_event",
    "sink.core.crossing",
    "sink.core.database_events",
    "sink.core.decision",
    "sink.core.formulas",
    "sink.core.held_deletes",
    "sink.core.late_events",
    "sink.core.made_on_both",
    "sink.core.marks",
    "sink.core.out_of_sight",
    "sink.core.policies",
    "sink.core.resolver",
    "sink.core.row_key",
    "sink.core.row_state",
    "sink.core.sheet_events",
    "sink.core.tombstones",
    "sink.core.version",
    "sink.core.waiting_rows",
    "sink.core.written",
    "sink.posted_rows",
    "sink.sheet_writing",
    "sink.state.records",
    "sink.state.shared_stamps",
    "sink.table_writing",
)
"""What runs for every cell. No module with numbers of cells is among them: machine code makes a
float of a whole number where an annotation says ``float``, and a cell must keep what it has."""

_EXTENSION = EXTENSION_SUFFIXES[0]
"""Such as ``.cpython-311-x86_64-linux-gnu.so``: of this interpreter and machine."""


def source_of(module: str) -> Path:
    """The file that ``module`` is written in."""
    return ROOT.joinpath(*module.split(".")).with_suffix(".py")


def digest() -> str:
    """Names the sink's source, what of it is compiled, and the interpreter that runs it.

    All of it, since machine code checks the types of what the other modules hand over. Raises
    OSError.
    """
    found = hashlib.sha256(_EXTENSION.encode())
    for file in sorted((ROOT / "sink").rglob("*.py")):
        found.update(str(file.relative_to(ROOT)).encode())
        found.update(file.read_bytes())
    return found.hexdigest()[:16]


def compiled_files(folder: Path) -> dict[str, Path] | None:
    """The files of machine code in ``folder``, by module; None where one is missing.

    Raises OSError.
    """
    files = {
        ".".join(file.relative_to(folder).parts).removesuffix(_EXTENSION): file
        for file in folder.rglob(f"*{_EXTENSION}")
    }
    shared = [name for name in files if name.endswith("__mypyc")]  # what all of them need
    return files if shared and files.keys() >= set(MODULES) else None


class Compiled(MetaPathFinder):
    """Finds modules that are machine code."""

    def __init__(self, files: Mapping[str, Path]) -> None:
        self._files = files

    def find_spec(self, fullname: str, *_: object, **__: object) -> ModuleSpec | None:
        """See importlib."""
        file = self._files.get(fullname)
        return None if file is None else spec_from_file_location(fullname, file)


def how_it_runs() -> str:
    """What the merge runs as, for the log."""
    taken = any(isinstance(finder, Compiled) for finder in sys.meta_path)
    return "machine code" if taken else "Python (make compiled makes it faster)"


def take_compiled() -> None:
    """Let imports find machine code of ``MODULES``, if there is any of what they are now."""
    if os.environ.get("SHEETBRIDGE_COMPILED", "1") == "0":
        return
    try:
        files = compiled_files(FOLDER / digest())
    except OSError:
        return  # it belongs to somebody else, or the source is not there
    if files is not None:
        sys.meta_path.insert(0, Compiled(files))
