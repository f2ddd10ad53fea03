"""Requests on named ranges; an unknown or existing id or name fails the batch."""

import re
from dataclasses import replace

from deploy.sheets_emulator.api import field_mask
from deploy.sheets_emulator.api.batch_update.context import Context
from deploy.sheets_emulator.api.batch_update.sheets import mask_of
from deploy.sheets_emulator.api.errors import RequestError
from deploy.sheets_emulator.api.ranges import area_of
from deploy.sheets_emulator.json_types import JsonObject
from deploy.sheets_emulator.model.spreadsheet import NamedRange, Spreadsheet

_NAME = re.compile(r"[^\W\d]\w{0,249}")
_LIKE_A_CELL = re.compile(r"[A-Za-z]{1,3}[0-9]+|[Rr][0-9]+[Cc][0-9]+|true|false", re.IGNORECASE)


def _check_name(spreadsheet: Spreadsheet, name: str, own: str | None = None) -> None:
    if not _NAME.fullmatch(name) or _LIKE_A_CELL.fullmatch(name):
        raise RequestError(f"Invalid name for a named range: {name}")
    other = spreadsheet.named_range(name)
    if other is not None and other.named_range_id != own:
        raise RequestError(f'A named range with name "{name}" already exists.')


def _index_of(spreadsheet: Spreadsheet, named_range_id: str) -> int:
    for at, named in enumerate(spreadsheet.named_ranges):
        if named.named_range_id == named_range_id:
            return at
    raise RequestError(f"Cannot find a named range with ID: {named_range_id}")


def add_named_range(context: Context, request: JsonObject) -> JsonObject:
    """Name an area, with an id of the client's or a new one."""
    spreadsheet = context.spreadsheet
    wanted: JsonObject = request.get("namedRange", {})
    _, area = area_of(spreadsheet, wanted.get("range"))
    name: str = wanted.get("name", "")
    _check_name(spreadsheet, name)
    named_range_id = wanted.get("namedRangeId") or str(spreadsheet.new_id())
    if any(named.named_range_id == named_range_id for named in spreadsheet.named_ranges):
        raise RequestError(f"A named range with ID: {named_range_id} already exists.")
    named = NamedRange(named_range_id, name, area)
    spreadsheet.named_ranges.append(named)
    spreadsheet.formulas_are_stale = True
    return {"addNamedRange": {"namedRange": named.to_json()}}


def update_named_range(context: Context, request: JsonObject) -> JsonObject:
    """Give a named range another name or area."""
    spreadsheet = context.spreadsheet
    wanted: JsonObject = request.get("namedRange", {})
    mask = mask_of(request)
    at = _index_of(spreadsheet, wanted.get("namedRangeId", ""))
    named = spreadsheet.named_ranges[at]
    if field_mask.includes(mask, "name"):
        _check_name(spreadsheet, wanted.get("name", ""), named.named_range_id)
        named = replace(named, name=wanted["name"])
    if field_mask.includes(mask, "range"):
        named = replace(named, area=area_of(spreadsheet, wanted.get("range"))[1])
    spreadsheet.named_ranges[at] = named
    spreadsheet.formulas_are_stale = True
    return {}


def delete_named_range(context: Context, request: JsonObject) -> JsonObject:
    """Forget a named range."""
    spreadsheet = context.spreadsheet
    del spreadsheet.named_ranges[_index_of(spreadsheet, request.get("namedRangeId", ""))]
    spreadsheet.formulas_are_stale = True
    return {}
