"""Memory that is free goes back to the system."""

from __future__ import annotations

import os
import platform
import subprocess
import sys

import pytest

PROGRAM = """
import re, sys
from sink.heap import keep_little

def resident():
    return int(re.search(r"VmRSS:\\s+(\\d+)", open("/proc/self/status").read())[1]) / 1024

if sys.argv[1] == "little":
    keep_little()
before, small = resident(), []
for _ in range(3):
    large = []
    for _ in range(20):
        large.append(b"x" * 3_000_000)
        small.append(bytes(2_000))
    del large
print(resident() - before)
"""


def _kept(how: str) -> float:
    """Megabytes that a process has left of 60 which it took and gave back, three times."""
    usual = {name: value for name, value in os.environ.items() if not name.startswith("MALLOC_")}
    command = [sys.executable, "-c", PROGRAM, how]
    told = subprocess.run(command, capture_output=True, check=True, text=True, env=usual)
    return float(told.stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="it is the GNU C library's heap")
def test_large_blocks_go_back_to_the_system() -> None:
    assert _kept("little") < 10
    assert _kept("as usual") > 20, "the C library gives them back by itself: keep_little is idle"
