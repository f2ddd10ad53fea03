"""A user's module that cannot be imported."""

raise ValueError("forgot to mend this")
