"""Requests on developer metadata."""

from dataclasses import replace

from deploy.sheets_emulator.api import field_mask
from deploy.sheets_emulator.api.batch_update.context import Context
from deploy.sheets_emulator.api.batch_update.sheets import mask_of
from deploy.sheets_emulator.api.data_filter import location_of, matching_metadata
from deploy.sheets_emulator.api.errors import RequestError
from deploy.sheets_emulator.json_types import JsonObject
from deploy.sheets_emulator.model.metadata import DeveloperMetadata

_VISIBILITIES = ("DOCUMENT", "PROJECT")


def create_developer_metadata(context: Context, request: JsonObject) -> JsonObject:
    """Attach metadata; the reply holds it with its id."""
    spreadsheet = context.spreadsheet
    wanted: JsonObject = request.get("developerMetadata", {})
    if not wanted.get("metadataKey"):
        raise RequestError("Developer metadata must have a key.")
    if wanted.get("visibility") not in _VISIBILITIES:
        raise RequestError("Developer metadata must specify a visibility.")
    location = location_of(spreadsheet, wanted.get("location") or {})
    metadata_id = wanted.get("metadataId") or spreadsheet.new_id()
    if metadata_id in spreadsheet.metadata:
        raise RequestError(f"Developer metadata with ID: {metadata_id} already exists.")
    entry = DeveloperMetadata(
        metadata_id,
        wanted["metadataKey"],
        wanted.get("metadataValue"),
        wanted["visibility"],
        location,
    )
    spreadsheet.metadata[metadata_id] = entry
    return {"createDeveloperMetadata": {"developerMetadata": entry.to_json()}}


def update_developer_metadata(context: Context, request: JsonObject) -> JsonObject:
    """Change the masked fields of all metadata that the filters select."""
    spreadsheet = context.spreadsheet
    wanted: JsonObject = request.get("developerMetadata", {})
    mask = mask_of(request)
    filters: list[JsonObject] = request.get("dataFilters", [])
    found: dict[int, DeveloperMetadata] = {}
    for data_filter in filters:
        for entry in matching_metadata(spreadsheet, data_filter):
            found[entry.metadata_id] = entry
    for metadata_id, entry in found.items():
        changed = entry
        if field_mask.includes(mask, "metadataKey") and wanted.get("metadataKey"):
            changed = replace(changed, key=wanted["metadataKey"])
        if field_mask.includes(mask, "metadataValue"):
            changed = replace(changed, value=wanted.get("metadataValue"))
        if field_mask.includes(mask, "visibility") and wanted.get("visibility") in _VISIBILITIES:
            changed = replace(changed, visibility=wanted["visibility"])
        if field_mask.includes(mask, "location") and wanted.get("location"):
            changed = replace(changed, location=location_of(spreadsheet, wanted["location"]))
        spreadsheet.metadata[metadata_id] = found[metadata_id] = changed
    entries = [entry.to_json() for entry in found.values()]
    return {"updateDeveloperMetadata": {"developerMetadata": entries} if entries else {}}


def delete_developer_metadata(context: Context, request: JsonObject) -> JsonObject:
    """Remove all metadata that the filter selects; the reply holds it."""
    found = matching_metadata(context.spreadsheet, request.get("dataFilter") or {})
    for entry in found:
        del context.spreadsheet.metadata[entry.metadata_id]
    entries = [entry.to_json() for entry in found]
    return {"deleteDeveloperMetadata": {"deletedDeveloperMetadata": entries} if entries else {}}
