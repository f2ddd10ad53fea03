"""The bridges that tests of failure use."""

from __future__ import annotations

from tests.integration.conftest import planes

__all__ = ["planes"]
