"""How the process keeps its memory: little that it does not use, and few looks at what it does."""

from __future__ import annotations

import ctypes
import gc

LARGE = 1_000_000
"""Bytes of a block that has pages of its own, which go back to the system with it."""

SPARE = 4_000_000
"""Free bytes at the heap's end that are kept: to take and give them anew each time costs more."""

_ARENAS, _OWN_PAGES, _TRIMMED = -8, -3, -1
"""``M_ARENA_MAX``, ``M_MMAP_THRESHOLD`` and ``M_TRIM_THRESHOLD`` of malloc.h."""


def keep_little() -> None:
    """Give large blocks back as soon as they are free, and share one heap among the threads.

    Answers of Google are texts of megabytes. The C library keeps such blocks for the next one once
    it has freed one, a heap for each thread that asks, and what comes to lie behind them holds
    them there: a seventh of the memory while a large tab is read. Elsewhere than with the GNU C
    library nothing happens.
    https://man7.org/linux/man-pages/man3/mallopt.3.html
    """
    adjust = getattr(ctypes.CDLL(None), "mallopt", None)
    if adjust is not None:
        adjust(_OWN_PAGES, LARGE)
        adjust(_TRIMMED, SPARE)
        adjust(_ARENAS, 1)


def collect_seldom() -> None:
    """Have the collector of cyclic garbage look at what lives for long less often.

    A batch makes tens of thousands of small objects that end with it and refer to none before
    them; by default all of them are looked over every 700 objects, a tenth of the merge's time.
    https://docs.python.org/3.11/library/gc.html#gc.set_threshold
    """
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
