"""What a request of a batch works on, and the type of its handler."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from deploy.sheets_emulator.json_types import JsonObject
from deploy.sheets_emulator.model.area import Area
from deploy.sheets_emulator.model.spreadsheet import Spreadsheet


@dataclass(slots=True)
class Context:
    """The spreadsheet under change and what the requests did to it so far.

    `user` is who calls the API; None is the owner, or a call that was carried out before.
    """

    spreadsheet: Spreadsheet
    recalculate: Callable[[], None]
    touched: list[Area | int] = field(default_factory=list)  # areas, or ids of whole tabs
    cells_written: int = 0
    user: str | None = None

    def settle_formulas(self) -> None:
        """Work out formulas now, for a request that reads values."""
        if self.spreadsheet.formulas_are_stale:
            self.recalculate()

    def changed(self, area: Area | int) -> None:
        """Note what a request changed: an area, or the id of a tab as a whole."""
        self.touched.append(area)


Handler: TypeAlias = Callable[[Context, JsonObject], JsonObject]
