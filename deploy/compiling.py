"""Compiles what the sink runs for every cell: ``python -m deploy.compiling``.

It takes half a minute, once for each state of that source, and needs a C compiler and Python's
headers. Without them all runs as well, at a third of the speed where rows are merged.
https://mypyc.readthedocs.io/en/stable/getting_started.html
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from sink.compiled import FOLDER, MODULES, ROOT, digest, source_of

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

    Raises CompilingError. Machine code of other sources is taken away.
    """
    name = digest()
    wanted = FOLDER / name
    if wanted.is_dir():
        return False
    FOLDER.mkdir(parents=True, exist_ok=True)
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
        for other in FOLDER.iterdir():
            if other != Path(scratch):
                shutil.rmtree(other, ignore_errors=True)
        made.rename(wanted)
    return True


def main(arguments: Sequence[str] | None = None) -> int:
    """Run it; 0 also where it fails, unless ``--required`` is given: the source runs as it is."""
    required = "--required" in (sys.argv[1:] if arguments is None else arguments)
    began = time.monotonic()
    if not (FOLDER / digest()).is_dir():
        print("Compiling the merge … ", end="", flush=True)
    try:
        done = compile_modules()
    except CompilingError as error:
        print("failed; it runs as Python, which is slower", file=sys.stderr)
        print(f"{error}\nIt needs a C compiler (Debian: apt-get install gcc).", file=sys.stderr)
        return 1 if required else 0
    if done:
        print(f"done ({time.monotonic() - began:.0f} s)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
