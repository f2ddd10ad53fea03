"""Calls to the Sheets API by Google's own client, each with the times around it.

Quota is kept by pacing before a call, never by running into 429. The client builds resource
classes at every ``spreadsheets()``; they are built once here. httplib2 is not thread-safe, so a
client belongs to one thread.
"""

from __future__ import annotations

import logging
import select
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any

import httplib2
import orjson
from google.auth.exceptions import GoogleAuthError
from googleapiclient.errors import HttpError

from sink.core.clock import GoogleClock
from sink.core.clock_difference import Difference
from sink.core.quota import Allowance, Pace, Places
from sink.writers.sheets.errors import (
    FenceError,
    ProtectedRangeError,
    QuotaError,
    SheetError,
    SheetRefusedError,
    UnknownFateError,
)

log = logging.getLogger(__name__)

MICROSECONDS = 1_000_000

PROTECTED = "edit a protected cell or object"
"""What Google says (400, some report 403) of a write into a range protected against our account."""

FACE_FIELDS = "note,userEnteredFormat(backgroundColor,backgroundColorStyle)"
"""What a cell shows beside its value."""

FACES_ALONE = f"sheets(properties.sheetId,data(startRow,rowData.values({FACE_FIELDS})))"


def grid_fields(*, faces: bool) -> str:
    """The mask of cells as written and as shown; with ``faces`` also of notes and backgrounds."""
    cell = "userEnteredValue,effectiveValue" + (f",{FACE_FIELDS}" if faces else "")
    return (
        "sheets(properties(sheetId,gridProperties),"
        f"data(startRow,startColumn,rowData(values({cell}))))"
    )


ROW_FIELDS = (
    "sheets(properties.sheetId,data(startRow,rowData.values(userEnteredValue,effectiveValue),"
    "rowMetadata.developerMetadata(metadataKey,metadataValue)))"
)


WANTED_SECONDS = 0.2
"""Who waits for its turn to call asks so often whether the call is still wanted."""

COMPARING = 0.5
"""Comparisons use no more than this share of a minute's reads, and begin only while less than it
is used by whatever reads: the rest is for what writes need to know first."""


STEADY = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
"""It goes on while the machine sleeps, as Google's clock does: else an edit made after the machine
awoke would seem to be of the future, and be dated back to before it slept."""


def always() -> None:
    """Of calls that are wanted whatever comes."""


def monotonic_us() -> int:
    """A local clock that nobody sets, in microseconds."""
    return time.clock_gettime_ns(STEADY) // 1_000


@dataclass(slots=True)
class Quota:
    """The paces of reads and writes and the shared clock of one Google user; thread-safe."""

    writes: Pace
    reads: Pace
    clock: GoogleClock
    lock: threading.Lock = field(default_factory=threading.Lock)
    sleep: Callable[[float], None] = time.sleep
    micros: Callable[[], int] = monotonic_us
    comparisons: Allowance = field(init=False)

    def __post_init__(self) -> None:
        self.comparisons = Allowance(max(1, int(self.reads.per_minute * COMPARING)))

    def now(self) -> int:
        """Google's time now, in microseconds since the epoch."""
        with self.lock:
            return self.clock.at(self.micros())

    def latest(self) -> int:
        """The latest that Google's time may be now: what lies behind it is in the future."""
        with self.lock:
            return self.clock.latest(self.micros())

    def earliest(self) -> int:
        """The earliest that Google's time may be now: what is sent now is sent no sooner."""
        with self.lock:
            return self.clock.earliest(self.micros())

    def google_offset(self) -> Difference | None:
        """Google's time less the local monotonic clock's; None before Google's first answer."""
        with self.lock:
            return self.clock.offset

    def wait_for_write(self) -> float:
        """Seconds until a write may be sent."""
        with self.lock:
            return self.writes.wait(self._seconds())

    def grant_comparison(self, calls: int, mapping: str, *, begins: bool) -> Places | None:
        """Places for the ``calls`` calls with which a comparison reads; None: not yet.

        ``begins`` False: it looks again at what differed.
        """
        with self.lock:
            now = self._seconds()
            if begins and self.reads.wait_for_share(now, COMPARING) > 0:
                return None
            return self.comparisons.grant(now, calls, mapping)

    def spend(
        self,
        pace: Pace,
        places: Places | None = None,
        require_wanted: Callable[[], None] = always,
    ) -> None:
        """Wait until a call may be sent under ``pace``, and count it.

        ``places``: it is a call of the comparison that was granted these. Raises what
        ``require_wanted`` raises meanwhile: see ``SheetsClient``.
        """
        while True:
            with self.lock:
                now = self._seconds()
                wait = pace.wait(now)
                if places is not None:
                    wait = max(wait, self.comparisons.wait(now, places))
                if wait <= 0:
                    pace.spend(now)
                    if places is not None:
                        self.comparisons.spend(now, places)
                    return
            require_wanted()
            self.sleep(min(wait, WANTED_SECONDS))

    def _seconds(self) -> float:
        return self.micros() / MICROSECONDS


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer and the times around it, on Google's clock: sent not before ``lo``, answered not
    after ``hi``.
    """

    json: dict[str, Any]
    lo: int
    hi: int


class SheetsClient:
    """One spreadsheet through the Sheets API v4.

    ``require_wanted`` raises where whoever calls is to end: others may be waiting for that, and a
    call's turn under the quota may be a minute away.
    """

    _places: Places | None = None

    def __init__(
        self,
        service: Any,
        spreadsheet_id: str,
        quota: Quota,
        require_wanted: Callable[[], None] = always,
    ) -> None:
        self.spreadsheet_id = spreadsheet_id
        self.quota = quota
        self._require_wanted = require_wanted
        self._http = service._http
        self._spreadsheets = service.spreadsheets()
        self._values = self._spreadsheets.values()

    @contextmanager
    def comparing(self, places: Places) -> Iterator[None]:
        """What is read meanwhile is read by a comparison, which was granted ``places``."""
        self._places = places
        try:
            yield
        finally:
            self._places = None

    def batch_update(self, body: dict[str, object], fields: str | None = None) -> Answered:
        """``spreadsheets.batchUpdate``: one write call."""
        request = self._spreadsheets.batchUpdate(
            spreadsheetId=self.spreadsheet_id, body=body, fields=fields
        )
        return self._send_write(request)

    def update_values(self, a1_range: str, rows: bytes) -> Answered:
        """``values.update`` with RAW values: one write call. ``rows`` is the JSON of an array."""
        request = self._values.update(
            spreadsheetId=self.spreadsheet_id,
            range=a1_range,
            valueInputOption="RAW",
            body={"values": []},
            fields="updatedCells",
        )
        request.body = b'{"values":%b}' % rows  # the client's own JSON takes ten times as long
        request.body_size = len(request.body)
        return self._send_write(request)

    def read_values(
        self, ranges: Sequence[str], *, columns: bool = False, formulas: bool = False
    ) -> Answered:
        """``values.batchGet`` as typed values, dates as serial numbers: one read call.

        ``formulas``: their text instead of what they show.
        """
        request = self._values.batchGet(
            spreadsheetId=self.spreadsheet_id,
            ranges=list(ranges),
            majorDimension="COLUMNS" if columns else "ROWS",
            valueRenderOption="FORMULA" if formulas else "UNFORMATTED_VALUE",
            dateTimeRenderOption="SERIAL_NUMBER",
            fields="valueRanges(values)",
            prettyPrint=False,
        )
        # the client's own way takes the same object apart in three times the time
        request.postproc = lambda _response, content: orjson.loads(content)
        return self._send_read(request)

    def read_by_filters(self, filters: Sequence[dict[str, object]]) -> Answered:
        """``values.batchGetByDataFilter``, as ``read_values`` reads: one read call."""
        request = self._values.batchGetByDataFilter(
            spreadsheetId=self.spreadsheet_id,
            body={
                "dataFilters": list(filters),
                "majorDimension": "ROWS",
                "valueRenderOption": "UNFORMATTED_VALUE",
                "dateTimeRenderOption": "SERIAL_NUMBER",
            },
            fields="valueRanges(dataFilters,valueRange(range,values))",
        )
        return self._send_read(request)

    def read_spreadsheet(self, fields: str, ranges: Sequence[str] = ()) -> Answered:
        """``spreadsheets.get`` of the named fields, cells of these ranges alone: one read call."""
        request = self._spreadsheets.get(
            spreadsheetId=self.spreadsheet_id, ranges=list(ranges), fields=fields
        )
        return self._send_read(request)

    def read_grid(self, ranges: Sequence[str], *, faces: bool = False) -> Answered:
        """``spreadsheets.get`` of the cells of some ranges, as written and as shown.

        ``faces``: their notes and backgrounds too.
        """
        request = self._spreadsheets.get(
            spreadsheetId=self.spreadsheet_id, ranges=list(ranges), fields=grid_fields(faces=faces)
        )
        return self._send_read(request)

    def read_faces(self, a1_range: str) -> Answered:
        """``spreadsheets.get`` of the notes and backgrounds of a range: one read call."""
        request = self._spreadsheets.get(
            spreadsheetId=self.spreadsheet_id, ranges=[a1_range], fields=FACES_ALONE
        )
        return self._send_read(request)

    def read_rows(self, ranges: Sequence[str]) -> Answered:
        """``spreadsheets.get`` of some rows: cells as written and as shown, and metadata."""
        request = self._spreadsheets.get(
            spreadsheetId=self.spreadsheet_id, ranges=list(ranges), fields=ROW_FIELDS
        )
        return self._send_read(request)

    def _send_read(self, request: Any) -> Answered:
        self.quota.spend(self.quota.reads, self._places, self._require_wanted)
        return self._send(request)

    def _send_write(self, request: Any) -> Answered:
        self.quota.spend(self.quota.writes, require_wanted=self._require_wanted)
        return self._send(request)

    def _send(self, request: Any) -> Answered:
        self._drop_dead_connections()
        date: list[str] = []
        request.add_response_callback(lambda response: date.append(response.get("date", "")))
        sent = self.quota.micros()
        try:
            answer = request.execute()
        except HttpError as error:
            raise _classified(error) from error
        except (OSError, httplib2.HttpLib2Error, GoogleAuthError) as error:
            raise UnknownFateError(f"no answer from the Sheets API: {error}") from error
        answered = self.quota.micros()
        with self.quota.lock:
            self._learn_time(date, sent, answered)
            clock = self.quota.clock
            return Answered(answer, clock.earliest(sent), clock.latest(answered))

    def _drop_dead_connections(self) -> None:
        """Close idle connections that the server has closed, so that no call is lost on them.

        A kept-alive connection on which something can be read before anything was asked has come
        to its end.
        """
        http = getattr(self._http, "http", self._http)
        for connection in list(http.connections.values()):
            socket = connection.sock
            if socket is not None and select.select([socket], [], [], 0)[0]:
                connection.close()

    def _learn_time(self, date: list[str], sent: int, answered: int) -> None:
        if date and date[-1]:
            shown = parsedate_to_datetime(date[-1])
            self.quota.clock.observe(int(shown.timestamp()) * MICROSECONDS, sent, answered)


def _classified(error: HttpError) -> SheetError:
    status = int(error.status_code)
    message = str(error.reason)
    if status == 429:
        return QuotaError(message)
    if status >= 500:
        return UnknownFateError(f"the Sheets API answered {status}: {message}")
    if status == 400 and "deleteNamedRange" in message:
        return FenceError(message)
    if PROTECTED in message:
        return ProtectedRangeError(status, message)
    return SheetRefusedError(status, message)
