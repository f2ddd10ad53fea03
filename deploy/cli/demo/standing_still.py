"""Which of the demo's mappings stand still, so that no move of the tour could arrive."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path

from deploy.cli import stored_state
from deploy.cli.configuration import find, load
from deploy.cli.stored_state import Progress
from deploy.local.endpoints import Endpoints
from deploy.local.first_sync import of_the_demo
from sink.core.errors import ConfigurationError

PATIENCE_SECONDS = 5.0
"""A sink that has just started needs a moment to take back what stopped it before."""

_PAUSE_SECONDS = 0.5


def standing_still(endpoints: Endpoints, *, patience: float = PATIENCE_SECONDS) -> list[str]:
    """A sentence for each of the demo's mappings that stands still, with what mends it.

    Looks again for ``patience`` seconds where the sink may still get over the reason by itself.
    Raises CommandError where MySQL does not answer.
    """
    names = [mapping.name for mapping in of_the_demo(endpoints)]
    path = Path(endpoints.config)
    with stored_state.connected(load(path).database) as connection:

        def look() -> Mapping[str, Progress]:
            connection.rollback()  # each look sees what is committed by then
            return {
                name: found
                for name, found in stored_state.progress(connection).items()
                if name in names
            }

        return told(settled(look, patience=patience), path)


def settled(
    look: Callable[[], Mapping[str, Progress]], *, patience: float
) -> Mapping[str, Progress]:
    """What ``look`` finds once nothing has a reason to stand still, or patience is at its end.

    A pause has none: only a person ends it, so nobody waits for that.
    """
    deadline = time.monotonic() + patience
    while True:
        found = look()
        waits = any(each.reason is not None and not each.paused for each in found.values())
        if not waits or time.monotonic() >= deadline:
            return found
        time.sleep(_PAUSE_SECONDS)


def told(found: Mapping[str, Progress], configuration: Path) -> list[str]:
    """The sentences; ``configuration`` is the path of the stack's ``sheetbridge.toml``."""
    return [
        f"mapping {name} is paused. Let it go on: sheetbridge resume {name}{_option(configuration)}"
        if each.paused
        else f"mapping {name} stands still: {each.reason}"
        for name, each in found.items()
        if each.paused or each.reason is not None
    ]


def _option(configuration: Path) -> str:
    """How a command is told of that configuration; nothing where it finds it by itself."""
    try:
        found = find().absolute() == configuration.absolute()
    except ConfigurationError:
        found = False
    return "" if found else f" --config {configuration}"
