"""Ctrl+Z and Ctrl+Y: the last gestures taken back and made again.

Which triggers Google fires for them is not known, so none by default: whoever follows the sheet
must find what came back by comparing. `fires` of the body asks for some.
"""

from deploy.sheets_emulator.api.errors import invalid
from deploy.sheets_emulator.document import Document
from deploy.sheets_emulator.gestures.gesture import Done, fired
from deploy.sheets_emulator.json_types import JsonObject
from deploy.sheets_emulator.undo.history import Step


def undo(document: Document, body: JsonObject) -> Done:
    """Take the person's last gesture back."""
    with document.lock, document.history.undoing() as step:
        return _carried_out(document, body, step, "undo")


def redo(document: Document, body: JsonObject) -> Done:
    """Make the gesture again that was taken back last."""
    with document.lock, document.history.redoing() as step:
        return _carried_out(document, body, step, "redo")


def _carried_out(document: Document, body: JsonObject, step: Step | None, name: str) -> Done:
    requests = step.requests() if step is not None else []
    if step is None or not requests:
        raise invalid(f"There is nothing to {name}.")
    document.batch_update(requests)  # whole requests, so that the journal can play them again
    area, change = step.area(), step.change_type()
    sheet = document.state.sheet(step.sheet_id)
    if sheet is None:
        return Done(None)
    events = fired(body, (), change, sheet, area)
    return Done(sheet.a1(area) if area is not None else sheet.title, events)
