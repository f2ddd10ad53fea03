"""Numbers of things, as sentences for people have them."""

from __future__ import annotations


def counted(count: int, things: str) -> str:
    """``things`` (a plural in ``s``) with their number: "1 row", "2,000 rows"."""
    first, _, rest = things.partition(" ")
    if count == 1:
        first = first.removesuffix("s")
    return f"{count:,} {first} {rest}".rstrip()
