"""One spreadsheet in service: calls come one at a time, whole or not at all.

Every change goes through `Document.apply(call, arguments)`: it is what the journal keeps and what
a restart plays again, so a call must depend on nothing but its arguments, the state and the time.
"""

import datetime
import threading
import time
import zoneinfo
from collections.abc import Callable, Sequence

from deploy.sheets_emulator.api import calls, field_mask, protection, reading
from deploy.sheets_emulator.api.batch_update.context import Context
from deploy.sheets_emulator.api.errors import RequestError, invalid
from deploy.sheets_emulator.changes import ChangeFeed, ChangeNotice
from deploy.sheets_emulator.json_types import JsonObject, JsonValue
from deploy.sheets_emulator.model.area import Area
from deploy.sheets_emulator.model.recalculation import recalculate
from deploy.sheets_emulator.model.spreadsheet import Spreadsheet
from deploy.sheets_emulator.undo.history import History

#: Called with (spreadsheet id, call, arguments, epoch seconds) after a call was carried out.
Recorder = Callable[[str, str, JsonObject, float], None]
#: Called with (cells written, kinds of the batch's requests, actor).
Meter = Callable[[int, Sequence[str], str], None]


class Document:
    """A spreadsheet with its lock, revision and change notices."""

    def __init__(
        self,
        state: Spreadsheet,
        feed: ChangeFeed,
        record: Recorder | None = None,
        meter: Meter | None = None,
    ) -> None:
        self.state = state
        self.revision = 0
        self.lock = threading.RLock()
        self.history = History()
        self._feed = feed
        self._record = record
        self._meter = meter
        self._time = time.time()

    @property
    def spreadsheet_id(self) -> str:
        """The spreadsheet's id."""
        return self.state.spreadsheet_id

    def apply(
        self,
        call: str,
        arguments: JsonObject,
        *,
        actor: str = "api",
        at: float | None = None,
        is_replay: bool = False,
        user: str | None = None,
    ) -> JsonObject:
        """Carry out one changing call of `api.calls`; raises ApiError and changes nothing.

        `user`: whom protected ranges may bar; None: nobody.
        """
        with self.lock:
            self._time = time.time() if at is None else at
            saved = self.state.checkpoint()
            context = Context(self.state, self._recalculate_all, user=user)
            try:
                answer = calls.CALLS[call](context, arguments)
                if call != "spreadsheets.batchUpdate":
                    _check_protection(context)
                computed = recalculate(self.state, self._now)
            except BaseException:
                self.state.restore(saved)
                raise
            self.revision += 1
            if not is_replay:
                self.history.note(saved, self.state, arguments.get("requests") or [], actor)
                if self._record is not None:
                    self._record(self.spreadsheet_id, call, arguments, self._time)
                if self._meter is not None:
                    kinds = [next(iter(request)) for request in arguments.get("requests", ())]
                    self._meter(context.cells_written, kinds, actor)
                self._publish(actor, call, context, computed)
            return answer

    def _now(self) -> datetime.datetime:
        try:
            zone: datetime.tzinfo = zoneinfo.ZoneInfo(self.state.time_zone)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError):
            zone = datetime.UTC
        return datetime.datetime.fromtimestamp(self._time, zone)

    def _recalculate_all(self) -> None:
        recalculate(self.state, self._now)

    def _publish(self, actor: str, call: str, context: Context, computed: set[int]) -> None:
        whole: set[int] = set(computed)
        areas: dict[int, Area] = {}
        for touched in context.touched:
            if isinstance(touched, int):
                whole.add(touched)
            else:
                known = areas.get(touched.sheet_id, touched)
                areas[touched.sheet_id] = _around(known, touched)
        for sheet_id in sorted(whole | areas.keys()):
            sheet = self.state.sheet(sheet_id)
            area = None if sheet_id in whole else areas.get(sheet_id)
            shown = sheet.a1(area) if sheet is not None and area is not None else None
            self._notify(actor, call, sheet_id, sheet.title if sheet else None, shown)
        if not whole and not areas:
            self._notify(actor, call, None, None, None)

    def _notify(
        self, actor: str, call: str, sheet_id: int | None, tab: str | None, shown: str | None
    ) -> None:
        self._feed.publish(
            ChangeNotice(self.spreadsheet_id, self.revision, actor, call, sheet_id, tab, shown)
        )

    # What colleagues in the same process use; HTTP uses `apply` and `read`.

    def batch_update(
        self, requests: list[JsonObject], *, actor: str = "person"
    ) -> list[JsonObject]:
        """Carry out a batch of requests; returns the replies."""
        replies: list[JsonObject] = self.apply(
            "spreadsheets.batchUpdate", {"requests": requests}, actor=actor
        )["replies"]
        return replies

    def values_update(
        self,
        range_text: str,
        values: list[list[JsonValue]],
        value_input_option: str = "USER_ENTERED",
        *,
        actor: str = "person",
    ) -> JsonObject:
        """Write values, typed by default; returns the UpdateValuesResponse."""
        arguments = {
            "range": range_text,
            "values": values,
            "valueInputOption": value_input_option,
        }
        return self.apply("spreadsheets.values.update", arguments, actor=actor)

    def values_get(
        self,
        range_text: str,
        value_render_option: str = "FORMATTED_VALUE",
        date_time_render_option: str = "SERIAL_NUMBER",
    ) -> list[list[JsonValue]]:
        """The values of a range as ragged rows."""
        arguments = {
            "range": range_text,
            "valueRenderOption": value_render_option,
            "dateTimeRenderOption": date_time_render_option,
        }
        values: list[list[JsonValue]] = self.read("spreadsheets.values.get", arguments).get(
            "values", []
        )
        return values

    def get(
        self, ranges: list[str] | None = None, fields: str = "", include_grid_data: bool = False
    ) -> JsonObject:
        """The Spreadsheet resource, as `spreadsheets.get` answers it."""
        arguments = {"ranges": ranges or [], "includeGridData": include_grid_data}
        mask = field_mask.parse(fields) if fields else {}
        return self.read("spreadsheets.get", arguments, mask)

    def read(
        self, call: str, arguments: JsonObject, mask: field_mask.MaskTree | None = None
    ) -> JsonObject:
        """Answer one call that changes nothing."""
        with self.lock:
            return reading.READS[call](self.state, arguments, mask or {})


def _check_protection(context: Context) -> None:
    try:
        protection.check(context)
    except RequestError as error:
        raise invalid(str(error)) from None


def _around(one: Area, other: Area) -> Area:
    return Area(
        one.sheet_id,
        min(one.start_row, other.start_row),
        max(one.end_row, other.end_row),
        min(one.start_column, other.start_column),
        max(one.end_column, other.end_column),
    )
