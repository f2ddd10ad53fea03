"""Calls to the emulator's spreadsheet in simulated time, with all that can become of a call.

A call takes its time; it is applied somewhere in between. It may be refused for the quota, be
answered 503 without having been applied or after it was, or be answered 503 and applied much later.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import Any

import orjson

from deploy.sheets_emulator.api import field_mask
from deploy.sheets_emulator.api.errors import ApiError
from deploy.sheets_emulator.document import Document
from sink.core.clock import GoogleClock
from sink.core.quota import Pace
from sink.writers.sheets.client import (
    FACES_ALONE,
    PROTECTED,
    ROW_FIELDS,
    Answered,
    Quota,
    SheetsClient,
    grid_fields,
)
from sink.writers.sheets.errors import (
    FenceError,
    ProtectedRangeError,
    QuotaError,
    SheetRefusedError,
    UnknownFateError,
)
from tests.simulation.agenda import SECOND, Agenda
from tests.simulation.setting import Setting

PLENTY = 1_000_000
ACCOUNT = "sink"
LATEST_CALL_SECONDS = 6.0
"""No simulated call applies later than this after it was sent."""


class Crashed(BaseException):
    """The process at work is dead: nothing in it may go on, or catch this."""


def quota(agenda: Agenda, setting: Setting) -> Quota:
    """A quota that never binds, and what is known of Google's clock: two bounds around it."""
    off = Random(f"{setting.seed}/clock").randint(-setting.unsure, setting.unsure)
    clock = GoogleClock(off - setting.unsure, off + setting.unsure, answers=1)

    def sleep(seconds: float) -> None:
        agenda.advance(int(seconds * SECOND))

    return Quota(Pace(PLENTY), Pace(PLENTY), clock, sleep=sleep, micros=lambda: agenda.now)


class SimulatedClient(SheetsClient):
    """``SheetsClient`` for one process of the sink; ``alive`` tells whether that still runs.

    ``fates`` are what becomes of the next writes ("killed late 3": the process dies, and the call
    is applied 3 s later); of those after them, chance decides. ``writes``
    counts them.
    """

    def __init__(
        self,
        document: Document,
        setting: Setting,
        agenda: Agenda,
        chance: Random,
        alive: Callable[[], bool],
        count: Callable[[str], None],
    ) -> None:
        self.spreadsheet_id = "spreadsheet"
        self.quota = quota(agenda, setting)
        self._document = document
        self._setting = setting
        self._agenda = agenda
        self._chance = chance
        self._alive = alive
        self._count = count
        self.healed: Callable[[], bool] = lambda: False
        self.fates: list[str] = []
        self.writes = 0

    def batch_update(self, body: dict[str, object], fields: str | None = None) -> Answered:
        arguments: dict[str, Any] = {**body, **({"fields": fields} if fields else {})}
        return self._write("spreadsheets.batchUpdate", arguments)

    def update_values(self, a1_range: str, rows: bytes) -> Answered:
        arguments: dict[str, Any] = {
            "range": a1_range,
            "values": orjson.loads(rows),
            "valueInputOption": "RAW",
        }
        return self._write("spreadsheets.values.update", arguments)

    def _write(self, call: str, arguments: dict[str, Any]) -> Answered:
        self.writes += 1
        sent = self._agenda.now
        self._pass(self._time())
        fate = self.fates.pop(0) if self.fates else self._fate()
        if fate == "killed":
            raise Crashed
        if fate == "quota":
            raise QuotaError("Quota exceeded")
        if fate == "lost":
            self._unanswered("calls lost")
        if fate == "late":
            delay = int(self._chance.uniform(0.1, LATEST_CALL_SECONDS) * SECOND)
            self._agenda.after(delay, lambda: self._apply_unheard(call, arguments))
            self._unanswered("late calls")
        if fate.startswith("killed late"):
            delay = int(fate.removeprefix("killed late") or 1) * SECOND
            self._agenda.after(delay, lambda: self._apply_unheard(call, arguments))
            raise Crashed
        answer = self._apply(call, arguments)
        if fate == "killed unheard":
            raise Crashed
        self._pass(self._time())
        if fate == "unheard":
            self._unanswered("answers lost")
        return self._answered(answer, sent)

    def read_values(
        self, ranges: Sequence[str], *, columns: bool = False, formulas: bool = False
    ) -> Answered:
        arguments = {
            "ranges": list(ranges),
            "majorDimension": "COLUMNS" if columns else "ROWS",
            "valueRenderOption": "FORMULA" if formulas else "UNFORMATTED_VALUE",
            "dateTimeRenderOption": "SERIAL_NUMBER",
        }
        return self._read("spreadsheets.values.batchGet", arguments, "valueRanges(values)")

    def read_by_filters(self, filters: Sequence[dict[str, object]]) -> Answered:
        arguments = {
            "dataFilters": list(filters),
            "majorDimension": "ROWS",
            "valueRenderOption": "UNFORMATTED_VALUE",
            "dateTimeRenderOption": "SERIAL_NUMBER",
        }
        fields = "valueRanges(dataFilters,valueRange(range,values))"
        return self._read("spreadsheets.values.batchGetByDataFilter", arguments, fields)

    def read_spreadsheet(self, fields: str, ranges: Sequence[str] = ()) -> Answered:
        return self._read("spreadsheets.get", {"ranges": list(ranges)}, fields)

    def read_grid(self, ranges: Sequence[str], *, faces: bool = False) -> Answered:
        fields = grid_fields(faces=faces)
        return self._read("spreadsheets.get", {"ranges": list(ranges)}, fields)

    def read_faces(self, a1_range: str) -> Answered:
        return self._read("spreadsheets.get", {"ranges": [a1_range]}, FACES_ALONE)

    def read_rows(self, ranges: Sequence[str]) -> Answered:
        return self._read("spreadsheets.get", {"ranges": list(ranges)}, ROW_FIELDS)

    def _read(self, call: str, arguments: dict[str, Any], fields: str) -> Answered:
        sent = self._agenda.now
        self._pass(self._time())
        if self._fate() != "answered":
            self._unanswered("reads lost")
        self._count("reads")
        try:
            answer = self._document.read(call, arguments, field_mask.parse(fields))
        except ApiError as error:
            raise SheetRefusedError(400, str(error)) from error
        self._pass(self._time())
        return self._answered(answer, sent)

    def _time(self) -> int:
        return int(self._chance.uniform(0.1, 0.9) * self._setting.call_time)

    def _pass(self, delay: int) -> None:
        self._agenda.advance(delay)
        if not self._alive():
            raise Crashed

    def _fate(self) -> str:
        if self.healed() or self._chance.random() >= self._setting.failing_call:
            return "answered"
        return self._chance.choice(("quota", "lost", "late", "late", "unheard"))

    def _unanswered(self, what: str) -> None:
        self._count(what)
        raise UnknownFateError("The service is currently unavailable.")

    def _apply(self, call: str, arguments: dict[str, Any]) -> dict[str, Any]:
        self._count("calls")
        try:
            return self._document.apply(call, arguments, user=ACCOUNT)
        except ApiError as error:
            message = str(error)
            if "deleteNamedRange" in message:
                self._count("fenced off")
                raise FenceError(message) from error
            if PROTECTED in message:
                raise ProtectedRangeError(400, message) from error
            raise SheetRefusedError(400, message) from error

    def _apply_unheard(self, call: str, arguments: dict[str, Any]) -> None:
        try:
            self._document.apply(call, arguments)
            self._count("late calls applied")
        except ApiError:
            self._count("late calls fenced off")

    def _answered(self, answer: dict[str, Any], sent: int) -> Answered:
        clock = self.quota.clock
        return Answered(answer, clock.earliest(sent), clock.latest(self._agenda.now))
