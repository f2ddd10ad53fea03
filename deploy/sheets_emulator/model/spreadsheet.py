"""A spreadsheet's state: its tabs, named ranges and metadata, and how they are found.

State only: calls of the API change it through `api`, one at a time, under `Document`.
"""

import hashlib
from dataclasses import dataclass, field, replace

from deploy.sheets_emulator import a1
from deploy.sheets_emulator.formulas import shifting
from deploy.sheets_emulator.json_types import JsonObject
from deploy.sheets_emulator.model.area import Area, Shift, shift_area
from deploy.sheets_emulator.model.metadata import DeveloperMetadata
from deploy.sheets_emulator.model.sheet import Sheet

MOST_CELLS = 10_000_000


@dataclass(frozen=True, slots=True)
class NamedRange:
    """A name for an area; the area is None once all of its cells are deleted."""

    named_range_id: str
    name: str
    area: Area | None

    def to_json(self) -> JsonObject:
        """The API's NamedRange."""
        body: JsonObject = {"namedRangeId": self.named_range_id, "name": self.name}
        if self.area is not None:
            body["range"] = self.area.to_grid_range()
        return body


class RangeError(Exception):
    """A range that cannot be read, with Google's message."""


@dataclass(slots=True)
class Spreadsheet:
    """Everything that is in one spreadsheet."""

    spreadsheet_id: str
    title: str
    locale: str = "en_US"
    time_zone: str = "Etc/GMT"
    extra_properties: JsonObject = field(default_factory=dict)
    sheets: list[Sheet] = field(default_factory=list)
    named_ranges: list[NamedRange] = field(default_factory=list)
    metadata: dict[int, DeveloperMetadata] = field(default_factory=dict)
    ids_given: int = 0
    formulas_are_stale: bool = False

    def checkpoint(self) -> "Spreadsheet":
        """A copy that later changes do not reach, to come back to when a batch fails."""
        return replace(
            self,
            extra_properties=dict(self.extra_properties),
            sheets=[sheet.checkpoint() for sheet in self.sheets],
            named_ranges=list(self.named_ranges),
            metadata=dict(self.metadata),
        )

    def restore(self, saved: "Spreadsheet") -> None:
        """Become the checkpoint again."""
        for name in self.__slots__:
            setattr(self, name, getattr(saved, name))

    def new_id(self) -> int:
        """A positive 31-bit id; the same sequence at a replay of the same calls."""
        self.ids_given += 1
        seed = f"{self.spreadsheet_id}/{self.ids_given}".encode()
        return int.from_bytes(hashlib.blake2s(seed, digest_size=4).digest(), "big") >> 1 or 1

    def sheet(self, sheet_id: int) -> Sheet | None:
        """The tab with this id."""
        return next((sheet for sheet in self.sheets if sheet.sheet_id == sheet_id), None)

    def sheet_titled(self, title: str) -> Sheet | None:
        """The tab with this title, upper and lower case alike."""
        wanted = title.casefold()
        return next((sheet for sheet in self.sheets if sheet.title.casefold() == wanted), None)

    def named_range(self, name: str) -> NamedRange | None:
        """The named range with this name, upper and lower case alike."""
        wanted = name.casefold()
        return next((item for item in self.named_ranges if item.name.casefold() == wanted), None)

    def first_visible(self) -> Sheet:
        """The tab that ranges without a title mean."""
        return next((sheet for sheet in self.sheets if not sheet.hidden), self.sheets[0])

    def cell_count(self) -> int:
        """Cells of all tabs, which Google limits to ten million."""
        return sum(sheet.row_count * sheet.column_count for sheet in self.sheets)

    def locate(self, text: str) -> tuple[Sheet, a1.CellSpan]:
        """The tab and span of an A1 text or a named range; RangeError if there is none."""
        title, cells, _ = a1.split(text)
        if title is not None:
            sheet = self.sheet_titled(title)
            if sheet is None:
                raise RangeError(f"Unable to parse range: {text}")
            if cells is None:
                return sheet, a1.EVERYTHING
            span = a1.parse_cells(cells)
            if span is not None:
                return sheet, span
            named = self.named_range(cells)
            if named is not None and named.area and named.area.sheet_id == sheet.sheet_id:
                return sheet, _span_of(named.area)
            raise RangeError(f"Unable to parse range: {text}")
        named = self.named_range(text)
        if named is not None and named.area is not None:
            owner = self.sheet(named.area.sheet_id)
            if owner is not None:
                return owner, _span_of(named.area)
        span = a1.parse_cells(text)
        if span is not None:
            return self.first_visible(), span
        sheet = self.sheet_titled(text)
        if sheet is None:
            raise RangeError(f"Unable to parse range: {text}")
        return sheet, a1.EVERYTHING

    def resolve(self, text: str) -> tuple[Sheet, Area]:
        """The area of an A1 text, cut to the grid; RangeError if it starts outside."""
        sheet, span = self.locate(text)
        start_row, start_column = span.start_row or 0, span.start_column or 0
        if start_row >= sheet.row_count or start_column >= sheet.column_count:
            raise exceeds(sheet, span)
        end_row = sheet.row_count if span.end_row is None else min(span.end_row, sheet.row_count)
        end_column = (
            sheet.column_count
            if span.end_column is None
            else min(span.end_column, sheet.column_count)
        )
        return sheet, Area(sheet.sheet_id, start_row, end_row, start_column, end_column)

    def shift_references(self, sheet: Sheet, dimension: str, shift: Shift) -> None:
        """Carry named ranges, metadata and formulas along when rows or columns of a tab move."""
        named_ranges: list[NamedRange] = []
        for named in self.named_ranges:
            area = named.area
            if area is not None and area.sheet_id == sheet.sheet_id:
                area = shift_area(area, dimension, shift)
            named_ranges.append(named if area is named.area else replace(named, area=area))
        self.named_ranges = named_ranges
        for metadata_id, entry in list(self.metadata.items()):
            location = entry.location
            if location.sheet_id != sheet.sheet_id or location.dimension != dimension:
                continue
            span = shift.span(location.start, location.end)
            if span is None:
                del self.metadata[metadata_id]
            elif span != (location.start, location.end):
                moved = replace(location, start=span[0], end=span[1])
                self.metadata[metadata_id] = replace(entry, location=moved)
        for other in self.sheets:
            on_tab = other is sheet
            for row, column, text in list(other.grid.formula_cells()):
                changed = shifting.restructured(text, on_tab, sheet.title, dimension, shift)
                if changed != text:
                    other.grid.formulas.set(row, column, changed)
        self.formulas_are_stale = True


def _span_of(area: Area) -> a1.CellSpan:
    return a1.CellSpan(area.start_row, area.end_row, area.start_column, area.end_column)


def exceeds(sheet: Sheet, span: a1.CellSpan) -> RangeError:
    """Google's refusal of a range that lies outside the grid."""
    text = a1.format_range(
        sheet.title,
        span.start_row or 0,
        span.end_row if span.end_row is not None else sheet.row_count,
        span.start_column or 0,
        span.end_column if span.end_column is not None else sheet.column_count,
    )
    return RangeError(
        f"Range ({text}) exceeds grid limits. "
        f"Max rows: {sheet.row_count}, max columns: {sheet.column_count}"
    )
