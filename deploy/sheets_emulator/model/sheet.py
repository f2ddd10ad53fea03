"""One tab: its properties, its grid, and what is attached to its rows and columns."""

from copy import copy, deepcopy
from dataclasses import dataclass, field

from deploy.sheets_emulator.a1 import format_range
from deploy.sheets_emulator.json_types import JsonObject
from deploy.sheets_emulator.model.area import COLUMNS, ROWS, Area, Shift, shift_area
from deploy.sheets_emulator.model.grid import Grid

DEFAULT_PIXELS = {ROWS: 21, COLUMNS: 100}


@dataclass(frozen=True, slots=True)
class DimensionGroup:
    """Rows or columns that fold together."""

    dimension: str
    start: int
    end: int
    depth: int = 1
    collapsed: bool = False


@dataclass(slots=True)
class Sheet:
    """A GRID sheet of the API."""

    sheet_id: int
    title: str
    row_count: int = 1000
    column_count: int = 26
    hidden: bool = False
    right_to_left: bool = False
    tab_color_style: JsonObject | None = None
    grid_options: JsonObject = field(default_factory=dict)  # frozenRowCount, hideGridlines, …
    grid: Grid = field(default_factory=Grid)
    merges: list[Area] = field(default_factory=list)
    groups: list[DimensionGroup] = field(default_factory=list)
    protected_ranges: list[JsonObject] = field(default_factory=list)
    basic_filter: JsonObject | None = None
    conditional_formats: list[JsonObject] = field(default_factory=list)
    #: Properties of single rows and columns that differ from the default (pixelSize, hidden…).
    row_properties: dict[int, JsonObject] = field(default_factory=dict)
    column_properties: dict[int, JsonObject] = field(default_factory=dict)

    def checkpoint(self) -> "Sheet":
        """A copy that later changes of this sheet do not reach."""
        saved = copy(self)
        saved.grid = self.grid.copy()
        saved.merges = list(self.merges)
        saved.groups = list(self.groups)
        saved.protected_ranges = deepcopy(self.protected_ranges)
        saved.basic_filter = deepcopy(self.basic_filter)
        saved.conditional_formats = list(self.conditional_formats)
        saved.grid_options = dict(self.grid_options)
        saved.row_properties = dict(self.row_properties)
        saved.column_properties = dict(self.column_properties)
        return saved

    @property
    def area(self) -> Area:
        """The whole grid."""
        return Area(self.sheet_id, 0, self.row_count, 0, self.column_count)

    def size(self, dimension: str) -> int:
        """Number of rows or of columns."""
        return self.row_count if dimension == ROWS else self.column_count

    def set_size(self, dimension: str, size: int) -> None:
        """Set the number of rows or columns; the caller moves or trims the cells."""
        if dimension == ROWS:
            self.row_count = size
        else:
            self.column_count = size

    def properties_of(self, dimension: str) -> dict[int, JsonObject]:
        """The sparse row or column properties."""
        return self.row_properties if dimension == ROWS else self.column_properties

    def a1(self, area: Area) -> str:
        """`Tab!A1:B2` of an area on this sheet."""
        return format_range(
            self.title, area.start_row, area.end_row, area.start_column, area.end_column
        )

    def shift_attachments(self, dimension: str, shift: Shift) -> None:
        """Carry merges, groups, protections, the filter and dimension properties along."""
        self.merges = [
            moved
            for area in self.merges
            if (moved := shift_area(area, dimension, shift)) is not None
            and (moved.height > 1 or moved.width > 1)
        ]
        groups: list[DimensionGroup] = []
        for group in self.groups:
            if group.dimension != dimension:
                groups.append(group)
            elif (span := shift.span(group.start, group.end)) is not None:
                groups.append(DimensionGroup(dimension, *span, group.depth, group.collapsed))
        self.groups = groups
        self.protected_ranges = [
            protected
            for protected in self.protected_ranges
            if _shift_range_of(protected, dimension, shift)
        ]
        if self.basic_filter is not None and not _shift_range_of(
            self.basic_filter, dimension, shift
        ):
            self.basic_filter = None
        moved_properties: dict[int, JsonObject] = {}
        for index, properties in self.properties_of(dimension).items():
            span = shift.span(index, index + 1)
            if span is not None:
                moved_properties[span[0]] = properties
        if dimension == ROWS:
            self.row_properties = moved_properties
        else:
            self.column_properties = moved_properties


def _shift_range_of(holder: JsonObject, dimension: str, shift: Shift) -> bool:
    """Shift `holder["range"]`, a GridRange as the client gave it; False if nothing is left."""
    grid_range = holder.get("range")
    if grid_range is None:
        return True
    first, last = (
        ("startRowIndex", "endRowIndex")
        if dimension == ROWS
        else ("startColumnIndex", "endColumnIndex")
    )
    if first not in grid_range and last not in grid_range:
        return True
    span = shift.span(grid_range.get(first, 0), grid_range.get(last, 1 << 40))
    if span is None:
        return False
    changed = dict(grid_range)
    if first in changed:
        changed[first] = span[0]
    if last in changed:
        changed[last] = span[1]
    holder["range"] = changed
    return True
