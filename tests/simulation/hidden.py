"""Rows that the mapping's condition keeps out of the sheet: how they come to be, what must hold."""

from __future__ import annotations

from collections import Counter

from deploy.sheets_emulator.document import Document
from sink.core.cell import CellContent
from tests.doubles.memory_server import MemoryServer
from tests.simulation.refusals import refused
from tests.simulation.setting import CELLS, Setting
from tests.simulation.sheet import PersonsSheet
from tests.simulation.traces import shown

Row = dict[str, CellContent]


class BothTogether(PersonsSheet):
    """The rows that the sheet shows, and those that only the table has."""

    def __init__(self, document: Document, server: MemoryServer) -> None:
        super().__init__(document)
        self._server = server

    def rows(self) -> dict[int, Row]:
        """By key; of a hidden row its cells in the table."""
        return {**super().rows(), **hidden_rows(self._server)}


def hidden_rows(server: MemoryServer) -> dict[int, Row]:
    """The rows of the table that the sheet is not to show."""
    return {
        int(str(key.values[0])): {c: shown(image.get(c)) for c in CELLS}
        for key, image in server.data.table.items()
        if not server.condition(image)
    }


def once_hidden(server: MemoryServer) -> set[int]:
    """The keys of rows that the condition kept out at some time."""
    return {
        int(str(change.key.values[0]))
        for change in server.binlog
        if change.key is not None
        and change.after is not None
        and not server.condition(change.after)
    }


def wrongly_shown(server: MemoryServer, sheet: PersonsSheet, setting: Setting) -> list[str]:
    """The sheet shows each row of the table that satisfies the condition, alike, and no other but
    those that are refused; cells that are refused may differ."""
    keys = [cells[0] for cells in sheet.grid() if cells[0] is not None]
    found = [f"key {key} stands twice" for key, times in Counter(keys).items() if times > 1]
    there, hidden = sheet.rows(), hidden_rows(server)
    table = {int(str(key.values[0])): image for key, image in server.data.table.items()}
    for key in sorted(there.keys() | table.keys()):
        row, image = there.get(key), table.get(key)
        kept = refused(server, key)
        if "id" in kept and (image is None or not setting.shows(image)):
            continue
        if key in hidden:
            found += [f"row {key} is shown, and should not be"] if row is not None else []
        elif row is None or image is None:
            found.append(f"row {key} is in the {'table' if row is None else 'sheet'} only")
        else:
            found += [
                f"row {key} column {column}: sheet {row[column]!r}, table {image[column]!r}"
                for column in CELLS
                if row[column] != shown(image[column]) and column not in kept
            ]
    return found
