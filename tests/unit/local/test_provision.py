"""Bringing the servers: what is judged before anything is fetched, and a cache that is whole."""

from __future__ import annotations

import os
import subprocess
import threading
from pathlib import Path

import pytest

from deploy.local.failure import ProvisionError
from deploy.local.provision import require_linux
from deploy.local.provision.cache import cache_directory, cached, is_whole
from deploy.local.provision.command import run
from deploy.local.provision.java import java_version
from deploy.local.provision.mysql import choose_mirror, parse_version
from deploy.local.provision.node import node_version

PREREQUISITES = Path(__file__).resolve().parents[3] / "deploy/prerequisites.sh"


@pytest.mark.parametrize("platform", ["darwin", "win32", "cygwin"])
def test_elsewhere_than_on_linux_compose_is_named(platform: str) -> None:
    with pytest.raises(ProvisionError, match=r"docker compose -f deploy/compose\.yaml up") as told:
        require_linux(platform)
    assert "copy deploy/.env.example to deploy/.env" in str(told.value)
    require_linux("linux")


def test_the_makefile_names_compose_and_its_settings_elsewhere_than_on_linux(
    tmp_path: Path,
) -> None:
    uname = tmp_path / "uname"
    uname.write_text("#!/bin/sh\necho Darwin\n")
    uname.chmod(0o755)

    answer = subprocess.run(
        ["sh", str(PREREQUISITES), "linux", "java"],
        env={"PATH": f"{tmp_path}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert answer.returncode == 1
    assert "cp deploy/.env.example deploy/.env" in answer.stderr
    assert "docker compose -f deploy/compose.yaml up" in answer.stderr


@pytest.mark.parametrize(
    ("printed", "version"),
    [
        ("/usr/sbin/mysqld  Ver 8.4.3 for Linux on x86_64 (MySQL Community Server - GPL)", (8, 4)),
        ("mysqld  Ver 9.7.4-2 for Linux on x86_64 ((Debian))", (9, 7)),
        ("mysqld  Ver 8.0.40-0ubuntu0.22.04.1 for Linux on x86_64 ((Ubuntu))", (8, 0)),
        ("mariadbd  Ver 10.11.6-MariaDB-0+deb12u1 for debian-linux-gnu on x86_64", None),
        ("", None),
    ],
)
def test_mysqld_is_known_by_its_version_and_mariadb_is_not_mysql(
    printed: str, version: tuple[int, int] | None
) -> None:
    assert parse_version(printed) == version


@pytest.mark.parametrize(
    ("printed", "version"),
    [
        ('openjdk version "17.0.15" 2025-04-15', 17),
        ('openjdk version "21" 2023-09-19', 21),
        ('java version "1.8.0_402"', 8),
        ("bash: java: not found", None),
    ],
)
def test_java_is_known_by_its_feature_release(printed: str, version: int | None) -> None:
    assert java_version(printed) == version


def test_node_is_known_by_its_major_version() -> None:
    assert node_version("v20.20.2\n") == 20
    assert node_version("") is None


def target(repository: str, suite: str, keyring: str = "", kind: str = "Packages") -> str:
    return "\t".join([repository, suite, "main", kind, keyring])


def test_the_mirror_is_debians_own_archive_and_neither_security_nor_another_vendor() -> None:
    targets = [
        target("http://vendor.example/apt/", "stable"),
        target("http://mirror.example/debian-security/", "bookworm-security"),
        target("http://mirror.example/debian/", "bookworm", kind="DEP-11"),
        target("http://mirror.example/debian/", "bookworm", "/usr/share/keyrings/k.gpg"),
    ]

    assert choose_mirror("\n".join(targets)) == (
        "http://mirror.example/debian/",
        "/usr/share/keyrings/k.gpg",
    )
    assert choose_mirror("\n".join(targets[:3])) is None
    assert choose_mirror("") is None


def test_what_is_in_the_cache_is_not_fetched_again(tmp_path: Path) -> None:
    fetched = []

    def fetch(folder: Path) -> None:
        fetched.append(1)
        (folder / "jar").write_text("content")

    assert cached(tmp_path / "kafka", "4.3.0", fetch) is False
    assert cached(tmp_path / "kafka", "4.3.0", fetch) is True
    assert len(fetched) == 1


def test_a_fetch_that_was_cut_short_leaves_nothing_that_counts(tmp_path: Path) -> None:
    def cut_short(folder: Path) -> None:
        (folder / "jar").write_text("half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cached(tmp_path / "kafka", "4.3.0", cut_short)

    assert not is_whole(tmp_path / "kafka", "4.3.0")
    assert cached(tmp_path / "kafka", "4.3.0", lambda folder: None) is False
    assert list((tmp_path / "kafka").glob("jar")) == []


@pytest.mark.parametrize("damage", ["truncated", "missing", "other version"])
def test_a_damaged_or_outdated_folder_is_made_anew(tmp_path: Path, damage: str) -> None:
    def fetch(folder: Path) -> None:
        (folder / "jar").write_text("content")

    cached(tmp_path / "kafka", "4.3.0", fetch)
    jar = tmp_path / "kafka" / "jar"
    if damage == "truncated":
        jar.write_text("cont")
    elif damage == "missing":
        jar.unlink()

    stamp = "4.4.0" if damage == "other version" else "4.3.0"
    assert cached(tmp_path / "kafka", stamp, fetch) is False
    assert jar.read_text() == "content"


def test_two_that_want_the_same_folder_fetch_it_once(tmp_path: Path) -> None:
    fetched = []

    def fetch(folder: Path) -> None:
        fetched.append(1)
        (folder / "jar").write_text("content")

    threads = [
        threading.Thread(target=cached, args=(tmp_path / "kafka", "4.3.0", fetch)) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(fetched) == 1


def test_the_cache_is_where_the_user_wants_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/somewhere")
    assert cache_directory() == Path("/somewhere/sheetbridge")
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert cache_directory() == Path.home() / ".cache/sheetbridge"


def test_a_failed_installer_shows_what_it_said_and_the_mend() -> None:
    with pytest.raises(
        ProvisionError, match=r"(?s)sh failed with status 3.*disk is full.*free some"
    ):
        run(["sh", "-c", "echo disk is full >&2; exit 3"], mend="free some")


def test_a_missing_installer_is_named_with_the_mend() -> None:
    with pytest.raises(
        ProvisionError, match=r"(?s)no-such-tool is not on this machine.*install it"
    ):
        run(["no-such-tool"], mend="install it")
