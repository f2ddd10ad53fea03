"""The size of our hidden tab: it grows for a large call's copies, and shrinks with the next.

A spreadsheet holds at most 10 million cells, people's and ours together.
https://support.google.com/drive/answer/37603
"""

from __future__ import annotations

from sink.writers.sheets.row_requests import Request

ROWS_KEPT = 1_000
"""The rows of the tab as it is made; it never has fewer again."""


def room_for_copies(needed: int, there: int) -> int:
    """How many rows the tab should have for ``needed`` rows of copies, when it has ``there``.

    What the call before it copied is needed no more. A tab of twice the rows is left as it is:
    calls of about one size follow each other.
    """
    least = max(needed, ROWS_KEPT)
    if needed > there:
        return needed
    return least if there > 2 * least else there


def resized(hidden_id: int, there: int, wanted: int) -> list[Request]:
    """The request that gives the tab ``wanted`` rows, at its end, where it has ``there``."""
    if wanted > there:
        more = {"sheetId": hidden_id, "dimension": "ROWS", "length": wanted - there}
        return [{"appendDimension": more}]
    if wanted < there:
        gone = {
            "sheetId": hidden_id,
            "dimension": "ROWS",
            "startIndex": wanted,
            "endIndex": there,
        }
        return [{"deleteDimension": {"range": gone}}]
    return []
