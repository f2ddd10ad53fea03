"""The theme that a new spreadsheet has."""

from deploy.sheets_emulator.json_types import JsonObject


def _color(kind: str, red: float, green: float, blue: float) -> JsonObject:
    parts = {"red": red, "green": green, "blue": blue}
    shown = {name: part for name, part in parts.items() if part}
    return {"colorType": kind, "color": {"rgbColor": shown}}


THEME: JsonObject = {
    "primaryFontFamily": "Arial",
    "themeColors": [
        _color("TEXT", 0, 0, 0),
        _color("BACKGROUND", 1, 1, 1),
        _color("ACCENT1", 0.25882354, 0.52156866, 0.95686275),
        _color("ACCENT2", 0.91764706, 0.2627451, 0.20784314),
        _color("ACCENT3", 0.9843137, 0.7372549, 0.015686275),
        _color("ACCENT4", 0.20392157, 0.65882355, 0.3254902),
        _color("ACCENT5", 1, 0.42745098, 0.003921569),
        _color("ACCENT6", 0.27450982, 0.7411765, 0.7764706),
        _color("LINK", 0.06666667, 0.33333334, 0.8),
    ],
}
