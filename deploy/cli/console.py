"""The two consoles of the command line: results go to stdout, errors and progress to stderr."""

from __future__ import annotations

import os

from rich.console import Console

WIDTH_WITHOUT_TERMINAL = 120
"""A log has no edge; rich would take 80."""


def make_console(*, stderr: bool = False) -> Console:
    """A console as wide as the terminal, or wide enough for tables where there is none."""
    console = Console(stderr=stderr)
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = WIDTH_WITHOUT_TERMINAL
    return console


console = make_console()
error_console = make_console(stderr=True)
