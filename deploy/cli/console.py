"""The two consoles of the command line: results go to stdout, errors and progress to stderr.

Made anew at each print by rich's ``file`` property, so that tests may replace ``sys.stdout``.
"""

from __future__ import annotations

from rich.console import Console

console = Console()
error_console = Console(stderr=True)
