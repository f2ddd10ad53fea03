"""Compiles what the sink runs for every cell: ``python -m deploy.compiling``.

It takes half a minute, once for each state of that source, and needs a C compiler and Python's
headers. Without them all runs as well, at a third of the speed where rows are merged.
https://mypyc.readthedocs.io/en/stable/getting_started.html
"""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from sink.compiled import FOLDER, MODULES, ROOT, compiled_files, digest, source_of

_SETUP = """
from mypyc.build import mypycify
from setuptools import setup
import sys
_, build, *files = sys.argv
setup(
    name="sheetbridge",
    packages=[],
    ext_modules=mypycify(files, opt_level="3", debug_level="0", target_dir=build + "/c"),
    script_args=["--quiet", "build_ext", "--build-lib", build + "/lib", "--build-temp", build],
)
"""


class CompilingError(Exception):
    """What the compiler said."""


def compile_modules() -> bool:
    """Compile ``MODULES`` unless that is done; returns whether it was done now.

    Raises CompilingError, or OSError where nothing can be written. Machine code of other sources is
    taken away, but for the newest: a process may just be loading it.
    """
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # whoever comes second finds it done
        name = digest()
        if compiled_files(FOLDER / name) is not None:
            return False
        _compile(name)
    return True


def _compile(name: str) -> None:
    wanted = FOLDER / name
    with tempfile.TemporaryDirectory(dir=FOLDER) as scratch:
        files = [str(source_of(module).relative_to(ROOT)) for module in MODULES]
        command = [sys.executable, "-c", _SETUP, scratch, *files]
        ran = subprocess.run(
            command,
            cwd=ROOT,
            env={**os.environ, "MYPY_CACHE_DIR": scratch},
            capture_output=True,
            text=True,
            check=False,
        )
        made = Path(scratch) / "lib"
        if ran.returncode != 0 or not made.is_dir():
            raise CompilingError((ran.stdout + ran.stderr).strip())
        if digest() != name:
            raise CompilingError("the source was changed meanwhile: compile again")
        for old in _outdated(Path(scratch)):
            old.rename(Path(scratch) / old.name)  # at once, so that none is left by halves
        made.rename(wanted)


def _outdated(scratch: Path) -> list[Path]:
    """Folders of other sources, but for the newest, and what is left of one by this name."""
    others = [each for each in FOLDER.iterdir() if each.is_dir() and each != scratch]
    whole = [each for each in others if compiled_files(each) is not None]
    whole.sort(key=lambda folder: folder.stat().st_mtime)
    return [each for each in others if each not in whole[-1:]]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run it; 0 also where it fails, unless ``--required`` is given: the source runs as it is."""
    required = "--required" in (sys.argv[1:] if arguments is None else arguments)
    began = time.monotonic()
    try:
        if compiled_files(FOLDER / digest()) is not None:
            return 0
        print("Compiling the merge … ", end="", flush=True)
        done = compile_modules()
    except (CompilingError, OSError) as error:
        print("failed; it runs as Python, which is slower", flush=True)
        print(error, file=sys.stderr)
        if isinstance(error, CompilingError):
            print(
                "A C compiler and Python's headers are needed"
                " (Debian: apt-get install gcc libc6-dev python3-dev).",
                file=sys.stderr,
            )
        return 1 if required else 0
    print(f"done ({time.monotonic() - began:.0f} s)" if done else "done by another process")
    return 0


if __name__ == "__main__":
    sys.exit(main())
