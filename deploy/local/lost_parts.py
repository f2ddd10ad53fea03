"""A background stack of which some processes have ended: what to say of it, and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.cli.options import DEFAULT_DIRECTORY


@dataclass(frozen=True, slots=True)
class LostParts:
    """``problem`` names the processes that have ended and their logs, ``mend`` what to type."""

    problem: str
    mend: str


def lost_parts(running: Mapping[str, bool], directory: Path) -> LostParts | None:
    """What to say where some of the stack's processes run and others have ended; else None.

    ``running`` is each process by name and whether it runs, ``directory`` the run directory.
    """
    ended = [name for name, runs in running.items() if not runs]
    if not ended or len(ended) == len(running):
        return None
    logs = ", ".join(str(directory / "logs" / f"{name}.log") for name in ended)
    one = len(ended) == 1
    return LostParts(
        f"{_listed(ended)} {'has' if one else 'have'} ended, while the rest of the local stack "
        f"runs on; {'its log' if one else 'their logs'}: {logs}",
        f"Stop the rest: {of_directory('sheetbridge down', directory)}\n"
        f"Then start it again: {of_directory('sheetbridge up', directory)}",
    )


def of_directory(command: str, directory: Path) -> str:
    """``command`` as it is typed for the stack of ``directory``: the default one goes unsaid."""
    if directory.absolute() == DEFAULT_DIRECTORY.absolute():
        return command
    return f"{command} --directory {directory}"


def _listed(names: list[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last
