"""A pid is signalled only while it means the process that was recorded."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

from deploy.local.identity import (
    ProcessIdentity,
    boot_id,
    parse_stat,
    start_time,
    thread_states,
)


def test_the_start_time_is_read_behind_a_name_with_spaces_and_parentheses() -> None:
    numbers = " ".join(str(number) for number in range(4, 53))

    assert parse_stat(f"1234 (a b) c (d) S {numbers}\n") == 22
    assert parse_stat(f"1234 (mysqld) Z {numbers}\n") is None


def test_this_process_is_alive() -> None:
    me = ProcessIdentity.of(os.getpid())

    assert me is not None
    assert me.alive()


def test_a_pid_used_again_is_another_process_and_is_not_signalled() -> None:
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    started = start_time(process.pid)
    assert started is not None
    before = ProcessIdentity(process.pid, started - 1, boot_id())
    other_boot = ProcessIdentity(process.pid, started, "another boot")

    for stranger in (before, other_boot):
        assert not stranger.alive()
        assert not stranger.signal_group(signal.SIGKILL)
        stranger.stop(grace=0.1)

    assert process.poll() is None
    process.kill()
    process.wait()


def test_an_ended_process_that_nobody_has_waited_for_is_not_alive() -> None:
    process = subprocess.Popen([sys.executable, "-c", "pass"])
    identity = ProcessIdentity.of(process.pid)
    assert identity is not None

    assert identity.wait_gone(10)
    process.wait()


def test_a_process_that_stops_at_sigterm_is_not_killed() -> None:
    script = (
        "import signal, sys, time;"
        "signal.signal(signal.SIGTERM, lambda *_: sys.exit(3)); print('up', flush=True);"
        "time.sleep(600)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, start_new_session=True
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        identity = ProcessIdentity.of(process.pid)
        assert identity is not None

        identity.stop(grace=10)

        assert process.wait() == 3


def test_a_frozen_process_does_nothing_more_in_any_thread_and_goes_on_when_thawed() -> None:
    script = (
        "import hashlib, threading\n"
        "def work():\n"
        "    while True: hashlib.sha256(bytes(1_000_000))  # lets the other threads run\n"
        "for _ in range(20): threading.Thread(target=work).start()\n"
        "print('up', flush=True)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, start_new_session=True
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        identity = ProcessIdentity.of(process.pid)
        assert identity is not None

        for _ in range(5):
            assert identity.freeze()
            assert thread_states(process.pid) == {"T"}
            assert identity.thaw()
            assert thread_states(process.pid) != {"T"}

        process.kill()
        process.wait()
        assert not identity.freeze()
        assert thread_states(process.pid) == set()
