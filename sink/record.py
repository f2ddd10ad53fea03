"""Records as Kafka has them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import orjson

from sink.core.light import light


@light
@dataclass(frozen=True, slots=True)
class Record:
    """One record of a topic, as Kafka has it."""

    topic: str
    offset: int
    key: bytes | None
    value: bytes | None

    @property
    def size(self) -> int:
        """Bytes of the value."""
        return 0 if self.value is None else len(self.value)

    def of_row(self, number: int) -> bytes | None:
        """The value of a post of many rows, cut to its row ``number`` (from 0)."""
        if self.value is None:
            return None
        post = _post(self.value)
        rows = post.get("rows")
        if not isinstance(rows, list) or len(rows) < 2:
            return self.value
        return orjson.dumps({**post, "rows": [rows[number]]})


@lru_cache(maxsize=4)
def _post(value: bytes) -> dict[str, object]:
    """A post, decoded once for all of its rows that are refused."""
    post: dict[str, object] = orjson.loads(value)
    return post
