"""Data filters: ranges and developer metadata chosen by A1, grid range or metadata lookup.

Source: https://developers.google.com/workspace/sheets/api/reference/rest/v4/DataFilter
"""

from deploy.sheets_emulator.api import values
from deploy.sheets_emulator.api.errors import RequestError, invalid
from deploy.sheets_emulator.api.ranges import area_of, sheet_of
from deploy.sheets_emulator.json_types import JsonObject
from deploy.sheets_emulator.model.area import ROWS, Area
from deploy.sheets_emulator.model.metadata import (
    COLUMN,
    ROW,
    SHEET,
    SPREADSHEET,
    DeveloperMetadata,
    MetadataLocation,
)
from deploy.sheets_emulator.model.sheet import Sheet
from deploy.sheets_emulator.model.spreadsheet import Spreadsheet


def location_of(spreadsheet: Spreadsheet, location: JsonObject) -> MetadataLocation:
    """A DeveloperMetadataLocation as a location; RequestError if it names none."""
    if location.get("spreadsheet"):
        return MetadataLocation(SPREADSHEET)
    dimension_range: JsonObject | None = location.get("dimensionRange")
    if dimension_range is not None:
        sheet = sheet_of(spreadsheet, dimension_range.get("sheetId"))
        dimension = dimension_range.get("dimension")
        start = dimension_range.get("startIndex", 0)
        end = dimension_range.get("endIndex", start + 1)
        if dimension not in (ROWS, "COLUMNS"):
            raise RequestError("location.dimensionRange.dimension must be specified.")
        if end - start != 1:
            raise RequestError(
                "Developer metadata can only be associated with a single row or column."
            )
        if not 0 <= start < sheet.size(dimension):
            raise RequestError(f"location.dimensionRange.startIndex[{start}] is outside the grid.")
        return MetadataLocation(ROW if dimension == ROWS else COLUMN, sheet.sheet_id, start, end)
    if "sheetId" in location:
        return MetadataLocation(SHEET, sheet_of(spreadsheet, location["sheetId"]).sheet_id)
    raise RequestError("A location must be specified for developer metadata.")


def matching_metadata(spreadsheet: Spreadsheet, data_filter: JsonObject) -> list[DeveloperMetadata]:
    """The metadata that a filter selects."""
    lookup: JsonObject | None = data_filter.get("developerMetadataLookup")
    if lookup is not None:
        wanted_id = lookup.get("metadataId")
        if wanted_id is not None:
            entry = spreadsheet.metadata.get(wanted_id)
            candidates = [entry] if entry is not None else []
        else:
            candidates = list(spreadsheet.metadata.values())
        return [entry for entry in candidates if _matches(spreadsheet, entry, lookup)]
    area = area_of_filter(spreadsheet, data_filter)
    return [entry for entry in spreadsheet.metadata.values() if _touches(entry.location, area)]


def _matches(spreadsheet: Spreadsheet, entry: DeveloperMetadata, lookup: JsonObject) -> bool:
    wanted = (
        ("metadataKey", entry.key),
        ("metadataValue", entry.value),
        ("visibility", entry.visibility),
        ("locationType", entry.location.kind),
    )
    if any(name in lookup and lookup[name] != value for name, value in wanted):
        return False
    if "metadataLocation" not in lookup:
        return True
    place = location_of(spreadsheet, lookup["metadataLocation"])
    if lookup.get("locationMatchingStrategy") != "INTERSECTING_LOCATION":
        return entry.location == place
    if place.kind == SPREADSHEET:
        return True
    if place.sheet_id != entry.location.sheet_id:
        return entry.location.kind == SPREADSHEET
    return (
        SHEET in (place.kind, entry.location.kind)
        or place.kind != entry.location.kind
        or (place.start < entry.location.end and entry.location.start < place.end)
    )


def _touches(location: MetadataLocation, area: Area) -> bool:
    if location.sheet_id != area.sheet_id:
        return False
    if location.kind == ROW:
        return location.start < area.end_row and area.start_row < location.end
    if location.kind == COLUMN:
        return location.start < area.end_column and area.start_column < location.end
    return False


def area_of_filter(spreadsheet: Spreadsheet, data_filter: JsonObject) -> Area:
    """The area of an `a1Range` or `gridRange` filter."""
    if "a1Range" in data_filter:
        return values.resolve(spreadsheet, data_filter["a1Range"])[1]
    if "gridRange" in data_filter:
        return area_of(spreadsheet, data_filter["gridRange"])[1]
    raise RequestError("A data filter must have exactly one of its fields set.")


def areas(spreadsheet: Spreadsheet, data_filter: JsonObject) -> list[tuple[Sheet, Area]]:
    """All areas that a filter selects; ApiError 400 if it cannot be read."""
    try:
        if "developerMetadataLookup" not in data_filter:
            area = area_of_filter(spreadsheet, data_filter)
            return [(sheet_of(spreadsheet, area.sheet_id), area)]
        return [
            found
            for entry in matching_metadata(spreadsheet, data_filter)
            if (found := _area_of_location(spreadsheet, entry.location)) is not None
        ]
    except RequestError as error:
        raise invalid(f"Invalid dataFilter: {error}") from None


def _area_of_location(
    spreadsheet: Spreadsheet, location: MetadataLocation
) -> tuple[Sheet, Area] | None:
    sheet = None if location.sheet_id is None else spreadsheet.sheet(location.sheet_id)
    if sheet is None:
        return None
    whole = sheet.area
    if location.kind == ROW:
        return sheet, Area(sheet.sheet_id, location.start, location.end, 0, whole.end_column)
    if location.kind == COLUMN:
        return sheet, Area(sheet.sheet_id, 0, whole.end_row, location.start, location.end)
    return sheet, whole
