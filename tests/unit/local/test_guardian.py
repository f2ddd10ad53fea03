"""Nothing is left behind, whichever way the starter of a stack ends (with real processes)."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from deploy.local.identity import ProcessIdentity
from deploy.local.spawner import Spawner

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the local stack is for Linux")

SECONDS = 20.0

# Starts a child through a guardian from a thread that ends at once (the kernel's own mechanism
# counts from the thread), writes both pids and waits to be ended.
STARTER = textwrap.dedent(
    """
    import os, sys, threading, time
    from pathlib import Path
    from deploy.local.spawner import Spawner

    folder = Path(sys.argv[1])
    spawner = Spawner(detached=sys.argv[2] == "detached")

    def start():
        child = spawner.spawn(
            [sys.executable, "-c", sys.argv[3]],
            environment=dict(os.environ), directory=folder, log=folder / "child.log",
        )
        (folder / "partial").write_text(f"{child.pid} {spawner.pid}")
        (folder / "partial").rename(folder / "pids")

    thread = threading.Thread(target=start)
    thread.start()
    thread.join()
    if sys.argv[4:] == ["leave"]:
        spawner.close()
    else:
        time.sleep(600)
    """
)
SLEEP = "import time; time.sleep(600)"
DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"
PARENT = (
    "import subprocess, sys, time, pathlib;"
    "p = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']);"
    "pathlib.Path('grandchild').write_text(str(p.pid)); time.sleep(600)"
)


def started(
    folder: Path, child: str = SLEEP, mode: str = "foreground", *more: str
) -> tuple[subprocess.Popen[bytes], ProcessIdentity, ProcessIdentity]:
    """The starter, its child and its guardian."""
    starter = subprocess.Popen([sys.executable, "-c", STARTER, str(folder), mode, child, *more])
    wait_for((folder / "pids").exists)
    child_pid, guardian_pid = map(int, (folder / "pids").read_text().split())
    child_identity = ProcessIdentity.of(child_pid)
    guardian = ProcessIdentity.of(guardian_pid) or ProcessIdentity(guardian_pid, -1, "")
    assert child_identity is not None
    return starter, child_identity, guardian


def wait_for(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_the_end_of_the_starter_ends_its_processes(tmp_path: Path, number: int) -> None:
    starter, child, guardian = started(tmp_path)

    starter.send_signal(number)
    starter.wait()

    assert child.wait_gone(SECONDS)
    assert guardian.wait_gone(SECONDS)


def test_a_killed_guardian_takes_its_processes_along(tmp_path: Path) -> None:
    starter, child, guardian = started(tmp_path)

    os.kill(guardian.pid, signal.SIGKILL)

    assert child.wait_gone(SECONDS)
    starter.kill()
    starter.wait()


def test_a_process_that_ignores_sigterm_is_killed(tmp_path: Path) -> None:
    starter, child, _ = started(tmp_path, DEAF)

    starter.kill()
    starter.wait()

    assert child.wait_gone(SECONDS)


def test_grandchildren_end_with_their_group(tmp_path: Path) -> None:
    starter, _, _ = started(tmp_path, PARENT)
    wait_for(lambda: (tmp_path / "grandchild").exists() and (tmp_path / "grandchild").read_text())
    grandchild = ProcessIdentity.of(int((tmp_path / "grandchild").read_text()))
    assert grandchild is not None

    starter.kill()
    starter.wait()

    assert grandchild.wait_gone(SECONDS)


def test_detached_processes_outlive_starter_and_guardian(tmp_path: Path) -> None:
    starter, child, guardian = started(tmp_path, SLEEP, "detached", "leave")
    try:
        starter.wait(SECONDS)
        assert guardian.wait_gone(SECONDS)
        assert child.alive()
    finally:
        child.stop(grace=5)
    assert not child.alive()


def test_the_exit_status_of_a_process_is_known(tmp_path: Path) -> None:
    spawner = Spawner(detached=False)
    try:
        ended = spawner.spawn(
            [sys.executable, "-c", "import time; time.sleep(0.3); raise SystemExit(7)"],
            environment=dict(os.environ),
            directory=tmp_path,
            log=tmp_path / "log",
        )
        assert ended is not None
        assert ended.wait_gone(SECONDS)
        wait_for(lambda: spawner.exit_status(ended.pid) == 7)
    finally:
        spawner.close()


def test_a_program_that_does_not_exist_says_so_in_its_log(tmp_path: Path) -> None:
    spawner = Spawner(detached=False)
    try:
        spawner.spawn(
            ["/no/such/program"], environment={}, directory=tmp_path, log=tmp_path / "log"
        )
        wait_for(lambda: "cannot be started" in (tmp_path / "log").read_text())
    finally:
        spawner.close()


def test_secrets_of_the_environment_are_not_in_the_command_line(tmp_path: Path) -> None:
    spawner = Spawner(detached=False)
    try:
        child = spawner.spawn(
            [sys.executable, "-c", SLEEP],
            environment={**os.environ, "SECRET": "hidden-word"},
            directory=tmp_path,
            log=tmp_path / "log",
        )
        assert child is not None
        wait_for(lambda: b"hidden-word" in Path(f"/proc/{child.pid}/environ").read_bytes())
        for pid in (child.pid, spawner.pid):
            assert b"hidden-word" not in Path(f"/proc/{pid}/cmdline").read_bytes()
    finally:
        spawner.close()
