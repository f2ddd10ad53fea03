"""Who is at the command line, as the logs name them."""

from __future__ import annotations

import getpass


def operator() -> str:
    """The name of the user; "an operator" where the system has none for them."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "an operator"
