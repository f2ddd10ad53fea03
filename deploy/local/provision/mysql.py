"""A MySQL server: the machine's own if it is new enough, else Debian's, in a folder of our own.

Debian's newest suite carries a current MySQL. Its packages are fetched by apt with state, lists and
cache of our own, so that the system's packages are untouched; apt checks signatures and hashes as
ever. They are unpacked, not installed, and run through their own dynamic linker, since they
need a newer C library than the system may have.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from deploy.local.failure import ProvisionError
from deploy.local.provision.cache import cached
from deploy.local.provision.command import run
from deploy.local.versions import MYSQL_MINIMUM, MYSQL_SERIES

_PACKAGE = "mysql-server-core"
# Tools written in Perl, character sets of iconv: mysqld itself does not use them.
_UNUSED = ("perl", "libperl", "libc-gconv-modules-extra")
_KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
_MEND = (
    f"Put a mysqld of MySQL {MYSQL_MINIMUM[0]}.{MYSQL_MINIMUM[1]} or later on the PATH "
    "(on Debian or Ubuntu: apt install mysql-server), or use deploy/compose.yaml."
)


@dataclass(frozen=True, slots=True)
class MySQLServer:
    """How to run mysqld: ``command`` and the options that tell it where its own files are."""

    version: str
    command: tuple[str, ...]
    options: tuple[str, ...] = ()


def install(cache: Path, advance: Callable[[int, int | None], None]) -> tuple[MySQLServer, bool]:
    """A mysqld that can be started, and whether nothing had to be fetched for it."""
    own = _on_path()
    if own is not None:
        return own, True
    prefix = cache / f"mysql-{MYSQL_SERIES}"
    warm = cached(prefix, f"{_PACKAGE} {MYSQL_SERIES}", lambda folder: _fetch(folder, advance))
    return _unpacked(prefix), warm


def parse_version(text: str) -> tuple[int, int] | None:
    """Major and minor of what ``mysqld --version`` printed; None for MariaDB or nonsense."""
    if "mariadb" in text.lower():
        return None
    found = re.search(r"Ver (\d+)\.(\d+)\.\d+", text)
    return (int(found[1]), int(found[2])) if found else None


def choose_mirror(targets: str) -> tuple[str, str | None] | None:
    """The Debian mirror among apt's index targets, and the keyring it is signed by.

    ``targets`` is the output of ``apt-get indextargets`` with the fields repository, suite,
    component, kind and keyring, separated by tabs. None if this machine has no Debian mirror.
    """
    candidates: list[tuple[bool, str, str | None]] = []
    for line in targets.splitlines():
        repository, suite, component, kind, keyring = (line.split("\t") + [""] * 5)[:5]
        if kind != "Packages" or component != "main" or "security" in repository + suite:
            continue
        named = repository.rstrip("/").endswith("debian")
        candidates.append((not named, repository, keyring if keyring.startswith("/") else None))
    if not candidates:
        return None
    unnamed, repository, keyring_path = min(candidates, key=lambda found: found[0])
    return None if unnamed else (repository, keyring_path)


def _on_path() -> MySQLServer | None:
    program = shutil.which("mysqld")
    if program is None:
        return None
    answer = subprocess.run(
        [program, "--no-defaults", "--version"], capture_output=True, text=True, check=False
    )
    version = parse_version(answer.stdout)
    if version is None or version < MYSQL_MINIMUM:
        return None
    return MySQLServer(version=f"{version[0]}.{version[1]}", command=(program,))


def _fetch(folder: Path, advance: Callable[[int, int | None], None]) -> None:
    targets = run(
        [
            "apt-get",
            "indextargets",
            "--no-release-info",
            "--format",
            "$(REPO_URI)\t$(RELEASE)\t$(COMPONENT)\t$(CREATED_BY)\t$(SIGNED_BY)",
        ],
        mend=_MEND,
    )
    mirror = choose_mirror("\n".join(targets))
    if mirror is None:
        raise ProvisionError(
            "This machine's apt knows no Debian mirror to take MySQL from", mend=_MEND
        )
    with tempfile.TemporaryDirectory(prefix="sheetbridge-apt-") as temporary:
        archives = _download(Path(temporary), mirror, advance)
        for archive in archives:
            if not archive.name.startswith(_UNUSED):
                run(["dpkg", "-x", str(archive), str(folder)], mend=_MEND)
    version = _unpacked(folder).version
    if not version.startswith(MYSQL_SERIES + "."):
        raise ProvisionError(
            f"Debian now serves MySQL {version}; this Sheetbridge was tested with {MYSQL_SERIES}",
            mend=_MEND,
        )


def _download(
    root: Path, mirror: tuple[str, str | None], advance: Callable[[int, int | None], None]
) -> list[Path]:
    """Fetch the server's packages with apt's directories below ``root``."""
    repository, keyring = mirror
    for name in ("state/lists/partial", "cache/archives/partial", "etc/parts", "etc/preferences"):
        (root / name).mkdir(parents=True)
    (root / "status").touch()
    (root / "etc/sources.list").write_text(
        f"deb [signed-by={keyring or _KEYRING}] {repository} sid main\n", encoding="utf-8"
    )
    configuration = root / "apt.conf"
    settings = {
        "Dir::State": root / "state",
        "Dir::State::status": root / "status",
        "Dir::State::lists": root / "state/lists",
        "Dir::Cache": root / "cache",
        "Dir::Etc::sourcelist": root / "etc/sources.list",
        "Dir::Etc::sourceparts": root / "etc/parts",
        "Dir::Etc::preferencesparts": root / "etc/preferences",
        "Dir::Log": root / "log",
        "Acquire::Languages": "none",
        "Acquire::IndexTargets::deb::DEP-11::DefaultEnabled": "false",
        "APT::Install-Recommends": "false",
        "APT::Sandbox::User": "",
    }
    configuration.write_text(
        "".join(f'{name} "{value}";\n' for name, value in settings.items()), encoding="utf-8"
    )
    environment = {"APT_CONFIG": str(configuration), "DEBIAN_FRONTEND": "noninteractive"}
    run(["apt-get", "update"], environment=environment, mend=_MEND)

    total: int | None = None
    done = 0

    def watch(line: str) -> None:
        nonlocal total, done
        newly = re.search(r"(\d+) newly installed", line)
        if newly:
            total = int(newly[1])
        if line.startswith("Get:"):
            done += 1
            advance(done, total)

    run(
        ["apt-get", "install", "--download-only", "--yes", _PACKAGE],
        environment=environment,
        mend=_MEND,
        on_line=watch,
    )
    return sorted((root / "cache/archives").glob("*.deb"))


def _unpacked(prefix: Path) -> MySQLServer:
    """The server in an unpacked prefix, run through that prefix's own linker and libraries."""
    usr = prefix / "usr"
    linkers = sorted((usr / "lib").glob("*-linux-gnu/ld-linux*.so.*"))
    program = usr / "sbin/mysqld"
    if not linkers or not program.exists():
        raise ProvisionError("Debian's MySQL packages do not hold what they used to", mend=_MEND)
    linker = linkers[0]
    command = (str(linker), "--library-path", str(linker.parent), str(program))
    answer = subprocess.run(
        [*command, "--no-defaults", "--version"], capture_output=True, text=True, check=False
    )
    found = re.search(r"Ver (\d+\.\d+\.\d+)", answer.stdout)
    if found is None:
        raise ProvisionError(f"mysqld does not run here: {answer.stderr.strip()[:300]}", mend=_MEND)
    options = (
        f"--basedir={usr}",
        f"--lc-messages-dir={usr / 'share/mysql'}",
        f"--character-sets-dir={usr / 'share/mysql/charsets'}",
        f"--plugin-dir={usr / 'lib/mysql/plugin'}",
    )
    return MySQLServer(version=found[1], command=command, options=options)
