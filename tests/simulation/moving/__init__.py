"""A person who moves rows at full speed while the table changes, and what must come of it."""
