"""The conflict log as a person reads it: ``sheetbridge conflicts --json``."""

from __future__ import annotations

from tests.integration.bridge import Bridge
from tests.integration.commands import listed


def conflicts(bridge: Bridge, prefix: str) -> list[dict[str, object]]:
    """The mapping's logged conflicts on rows whose first key begins so, the newest first."""
    found = listed(bridge.endpoints, "conflicts", bridge.mapping.name)
    return [each for each in found if str(next(iter(each["key"].values()))).startswith(prefix)]
