"""How much one call may write: so much that its body stays below what Google recommends.

2 MB: https://developers.google.com/workspace/sheets/api/limits
"""

from __future__ import annotations

import json
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from sink.core.change_event import Image
from sink.core.row_key import RowKey
from sink.writers.sheets.layout import TabLayout
from sink.writers.sheets.row_requests import runs

ROWS_PER_CALL = 5_000
BODY_BYTES = 1_600_000
BYTES_PER_CELL = 50
BYTES_PER_COPY = 300
BYTES_PER_RUN = 160
BYTES_PER_MARK = 600


@dataclass(slots=True)
class CallSize:
    """About how many bytes the rows take that a call is to write."""

    layout: TabLayout
    _bytes: int = 0
    _columns: dict[int, AbstractSet[str]] = field(default_factory=dict)

    @property
    def full(self) -> bool:
        """Whether the call may take no further row."""
        return self._bytes > BODY_BYTES

    def add(self, key: RowKey, image: Image, marks: int) -> None:
        """Another row: the cells that are written in it, and how many are marked."""
        # Google's client sends ASCII: six bytes for a letter of most languages
        texts = sum(len(json.dumps(value)) for value in image.values() if isinstance(value, str))
        self._bytes += BYTES_PER_CELL * len(image) + texts + BYTES_PER_MARK * marks
        place = self.layout.index.by_key.get(key)
        if place is None:
            return  # all new rows are written by one request
        if not self._joins(place, image):
            known = self.layout.columns
            places = sorted(known[column] for column in image if column in known)
            self._bytes += BYTES_PER_COPY + BYTES_PER_RUN * sum(1 for _ in runs(places))
        self._columns[place] = image.keys()

    def _joins(self, place: int, image: Image) -> bool:
        """Whether a row beside is written in the same columns: one request does for both."""
        beside = (self._columns.get(place - 1), self._columns.get(place + 1))
        return image.keys() in beside
