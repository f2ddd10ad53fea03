"""SET: canonical value is the members in declared order, joined by commas, as MySQL returns them.

https://dev.mysql.com/doc/refman/9.4/en/set.html. No member contains a comma. The empty set is
``""``; its cell is empty.
"""

from __future__ import annotations

from sink.core.values.choices import ChoiceCodec, listed, member, unescaped


class SetCodec(ChoiceCodec):
    """Any of the column's members."""

    @property
    def takes(self) -> str:
        """See ColumnCodec."""
        return f"any of: {listed(self.column.members)}, separated by commas"

    def read_debezium(self, raw: object) -> str:
        """See ColumnCodec."""
        if not isinstance(raw, str):
            self.broken(raw)
        members = self.column.members
        chosen = {unescaped(members, part) for part in raw.split(",")} if raw else set()
        if not chosen <= set(members):
            self.broken(raw)
        return self._joined(chosen)

    def mean_empty(self) -> str:
        """See ColumnCodec."""
        return ""

    def mean_text(self, text: str) -> str:
        """See ColumnCodec. Order, repeats and spaces do not matter."""
        chosen: set[str] = set()
        for part in text.split(","):
            found = member(self.column.members, part)
            if found is None:
                self.refuse(part.strip() or text)
            chosen.add(found)
        return self._joined(chosen)

    def _joined(self, chosen: set[str]) -> str:
        return ",".join(name for name in self.column.members if name in chosen)
