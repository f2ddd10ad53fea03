"""A cell's background, which the API shows twice: as a colour, and as a style that holds one.

Both are one thing: whichever is written, the other follows; "if backgroundColor is also set, this
field takes precedence" is said of the style.
https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets/cells#CellFormat
"""

from deploy.sheets_emulator.api.field_mask import MaskTree
from deploy.sheets_emulator.api.theme import THEME
from deploy.sheets_emulator.json_types import JsonObject

COLOUR, STYLE = "backgroundColor", "backgroundColorStyle"


def in_step(style: JsonObject, mask: MaskTree) -> JsonObject:
    """A format of which the fields of ``mask`` (none: all) were just written, its background in
    both forms."""
    written = [name for name in (STYLE, COLOUR) if not mask or name in mask]
    given = next((name for name in written if name in style), None)
    if not written or (given is None and COLOUR not in style and STYLE not in style):
        return style
    rest = {name: value for name, value in style.items() if name not in (COLOUR, STYLE)}
    if given is None:
        return rest
    if given == COLOUR:
        return {**rest, COLOUR: style[COLOUR], STYLE: {"rgbColor": style[COLOUR]}}
    return {**rest, COLOUR: _shown(style[STYLE]), STYLE: style[STYLE]}


def _shown(style: JsonObject) -> JsonObject:
    if "themeColor" not in style:
        shown: JsonObject = style.get("rgbColor", {})
        return shown
    found: JsonObject = next(
        each["color"]["rgbColor"]
        for each in THEME["themeColors"]
        if each["colorType"] == style["themeColor"]
    )
    return found
