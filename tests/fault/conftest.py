"""The bridges that tests of failure use."""

from __future__ import annotations

from tests.integration.conftest import planes, prefix

__all__ = ["planes", "prefix"]
