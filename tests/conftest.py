"""Fixtures that every test may take, and how properties are tried."""

from __future__ import annotations

from hypothesis import Phase, settings

from tests.stack import running_stack, stack, stack_of_the_run

__all__ = ["running_stack", "stack", "stack_of_the_run"]

# The same examples on every machine and in every run, however slow: a test must not fail by chance.
settings.register_profile("repeatable", derandomize=True, deadline=None)
# `make mutants` asks often, so it asks less each time, and does not look for the least example.
settings.register_profile(
    "mutants",
    settings.get_profile("repeatable"),
    max_examples=50,
    phases=(Phase.explicit, Phase.generate),
)
settings.load_profile("repeatable")
