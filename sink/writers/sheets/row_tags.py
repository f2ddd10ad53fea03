"""The tags by which rows without a key are found: developer metadata that the script attaches.

A tag is attached to a row of the grid: it goes along when rows are inserted, deleted or moved, but
a sort moves the cells away under it. So what the row shows is looked at, too.
https://developers.google.com/workspace/sheets/api/guides/metadata
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sink.core.cell import CellContent
from sink.writers.sheets.client import SheetsClient
from sink.writers.sheets.compact_rows import Contents
from sink.writers.sheets.layout import TabLayout
from sink.writers.sheets.reading import Reading
from sink.writers.sheets.row_requests import whole_rows

ROW_TAG = "sheetbridge.row"
"""The metadata's key; its value is the tag. The script's ``row_tags.gs`` has the same."""

FILTERS_PER_CALL = 500
_ROW_OF_RANGE = re.compile(r"!\$?[A-Z]+\$?([0-9]+)(?::|$)")


@dataclass(frozen=True, slots=True)
class TagPlace:
    """Where a row without its key stood (from 0) when it was looked at, and its mapped cells.

    ``attached``: the tag is on that very row; else the row was known by its cells.
    """

    tag: str
    row: int
    contents: Contents
    attached: bool = True


@dataclass(frozen=True, slots=True)
class TagSight:
    """Where some tags were found by a look that began at ``lo`` (Google's clock).

    ``reading`` is the whole tab, where that was asked for.
    """

    asked: tuple[str, ...]
    places: dict[str, TagPlace] = field(default_factory=dict)
    lo: int = 0
    reading: Reading | None = None


def read_places(
    client: SheetsClient, layout: TabLayout, tags: Sequence[str]
) -> tuple[dict[str, TagPlace], int]:
    """The rows of the tab that bear ``tags``, each with its cells of that instant, and ``lo``."""
    found: dict[str, TagPlace] = {}
    began = 0
    for at in range(0, len(tags), FILTERS_PER_CALL):
        chosen = [_anywhere(tag, layout) for tag in tags[at : at + FILTERS_PER_CALL]]
        answered = client.read_by_filters(chosen)
        began = began or answered.lo
        for matched in answered.json.get("valueRanges", []):
            for place in _places(matched, layout):
                found[place.tag] = place
    return found, began


def _places(matched: Mapping[str, Any], layout: TabLayout) -> Iterator[TagPlace]:
    block = matched["valueRange"]
    row = _ROW_OF_RANGE.search(str(block["range"]))
    if row is None:
        return
    values: Sequence[CellContent] = (block.get("values") or [[]])[0]
    contents = {
        column: values[place] if place < len(values) and values[place] != "" else None
        for column, place in layout.columns.items()
    }
    for chosen in matched["dataFilters"]:
        tag = str(chosen["developerMetadataLookup"]["metadataValue"])
        yield TagPlace(tag, int(row[1]) - 1, contents)


def _anywhere(tag: str, layout: TabLayout) -> dict[str, object]:
    """A filter for the row of the tab that bears the tag, wherever it stands."""
    return {
        "developerMetadataLookup": {
            "metadataKey": ROW_TAG,
            "metadataValue": tag,
            "locationMatchingStrategy": "INTERSECTING_LOCATION",
            "metadataLocation": {"sheetId": layout.sheet_id},
        }
    }


def _right_there(tag: str, row: int, layout: TabLayout) -> dict[str, object]:
    """A filter for the tag where it is attached to ``row`` (from 0), and nowhere else."""
    place = whole_rows(layout.sheet_id, row, 1)
    return {
        "developerMetadataLookup": {
            "metadataKey": ROW_TAG,
            "metadataValue": tag,
            "locationMatchingStrategy": "EXACT_LOCATION",
            "metadataLocation": {"dimensionRange": place},
        }
    }


def attachment(tag: str, row: int, layout: TabLayout) -> dict[str, object]:
    """The request that attaches a tag to ``row`` (from 0)."""
    place = whole_rows(layout.sheet_id, row, 1)
    entry = {
        "metadataKey": ROW_TAG,
        "metadataValue": tag,
        "visibility": "DOCUMENT",
        "location": {"dimensionRange": place},
    }
    return {"createDeveloperMetadata": {"developerMetadata": entry}}


def removal(tag: str, layout: TabLayout, row: int | None = None) -> dict[str, object]:
    """The request that takes a tag away; with ``row``, only if it is attached there."""
    chosen = _anywhere(tag, layout) if row is None else _right_there(tag, row, layout)
    return {"deleteDeveloperMetadata": {"dataFilter": chosen}}


def move_tags(client: SheetsClient, layout: TabLayout, rows: Mapping[str, int]) -> None:
    """Attach tags to other rows (from 0): cells were moved away from them."""
    removed = [removal(tag, layout) for tag in rows]
    attached = [attachment(tag, row, layout) for tag, row in rows.items()]
    client.batch_update({"requests": [*removed, *attached]})


REPLY_FIELDS = "replies.deleteDeveloperMetadata.deletedDeveloperMetadata.metadataValue"


def removed_tags(response: Mapping[str, Any]) -> frozenset[str]:
    """The tags that a call took away, by its replies."""
    return frozenset(
        str(entry["metadataValue"])
        for reply in response.get("replies") or []
        for entry in (reply or {})
        .get("deleteDeveloperMetadata", {})
        .get("deletedDeveloperMetadata", [])
    )
