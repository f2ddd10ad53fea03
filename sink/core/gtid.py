"""GTIDs and sets of them, as MySQL writes them.

Grammar: https://dev.mysql.com/doc/refman/8.4/en/replication-gtids-concepts.html
"""

from __future__ import annotations

from dataclasses import dataclass

from sink.core.light import light


@light
@dataclass(frozen=True, slots=True)
class Gtid:
    """One transaction: the UUID of its source and its number there."""

    source: str
    number: int

    @classmethod
    def parse(cls, text: str) -> Gtid | None:
        """The GTID that ``text`` writes; None for a tagged or malformed one."""
        source, _, number = text.partition(":")
        return cls(source.lower(), int(number)) if source and number.isdigit() else None

    def __str__(self) -> str:
        return f"{self.source}:{self.number}"


@dataclass(frozen=True, slots=True)
class GtidSet:
    """Executed transactions: for each source the closed intervals of numbers."""

    intervals: dict[str, tuple[tuple[int, int], ...]]

    @classmethod
    def parse(cls, text: str) -> GtidSet:
        """The set that ``@@gtid_executed`` shows. Tagged intervals are kept under ``uuid:tag``."""
        found: dict[str, list[tuple[int, int]]] = {}
        for part in text.replace("\n", "").split(","):
            source, *pieces = part.strip().lower().split(":")
            name = source
            for piece in pieces:
                if not piece[0].isdigit():
                    name = f"{source}:{piece}"
                    continue
                first, _, last = piece.partition("-")
                found.setdefault(name, []).append((int(first), int(last or first)))
        return cls({source: tuple(spans) for source, spans in found.items()})

    def __contains__(self, gtid: Gtid) -> bool:
        spans = self.intervals.get(gtid.source, ())
        return any(first <= gtid.number <= last for first, last in spans)
