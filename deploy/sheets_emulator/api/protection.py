"""Protected ranges: who may not write where.

A protection binds where it names its editors and is more than a warning; the spreadsheet's owner,
whose hand the gestures are, may write everywhere.
https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets/sheets#ProtectedRange
"""

from collections.abc import Iterator

from deploy.sheets_emulator.api.batch_update.context import Context
from deploy.sheets_emulator.api.errors import RequestError
from deploy.sheets_emulator.api.ranges import area_of
from deploy.sheets_emulator.json_types import JsonObject
from deploy.sheets_emulator.model.area import Area

REFUSAL = (
    "You are trying to edit a protected cell or object. "
    "Please contact the spreadsheet owner to remove protection if you need to edit."
)


def check(context: Context, since: int = 0) -> None:
    """RequestError if the user changed a protected cell; `since` counts what was touched before."""
    if context.user is None:
        return
    for area in context.touched[since:]:
        if isinstance(area, Area) and any(area.intersects(barred) for barred in _barred(context)):
            raise RequestError(REFUSAL)


def _barred(context: Context) -> Iterator[Area]:
    for sheet in context.spreadsheet.sheets:
        for protected in sheet.protected_ranges:
            if _binds(protected, context.user):
                _, area = area_of(context.spreadsheet, protected["range"])
                yield area


def _binds(protected: JsonObject, user: str | None) -> bool:
    editors = protected.get("editors")
    if editors is None or protected.get("warningOnly", False) or "range" not in protected:
        return False
    return user not in editors.get("users", [])
