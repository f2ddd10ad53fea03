"""Fixtures that every test may take."""

from __future__ import annotations

from tests.stack import running_stack, stack, stack_of_the_run

__all__ = ["running_stack", "stack", "stack_of_the_run"]
