"""What the script may ask of its spreadsheet: which tabs are mapped, and how far they are."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import ValidationError

from sink.core.mapping import Mapping
from sink.core.status_record import StatusRecord
from webhook.intake import explain
from webhook.problem import MalformedError
from webhook.schemas import (
    HeldChanges,
    MappedTab,
    MappingsAnswer,
    RefusedCells,
    RefusedExample,
    SinkStatus,
    SpreadsheetRequest,
    StatusAnswer,
    TabStatus,
)
from webhook.statuses import Statuses


class Spreadsheets:
    """Answers questions about the spreadsheets of ``mappings``; raises MalformedError."""

    def __init__(self, mappings: Iterable[Mapping], statuses: Statuses, *, max_body: int) -> None:
        self._mappings = tuple(mappings)
        self._statuses = statuses
        self._max_body = max_body

    def mapped_tabs(self, body: bytes) -> dict[str, object]:
        """The mapped tabs of a spreadsheet, with their headers."""
        tabs = [mapped_tab(mapping) for mapping in self._of(body)]
        return MappingsAnswer(mappings=tabs, max_body=self._max_body).model_dump()

    def status(self, body: bytes) -> dict[str, object]:
        """What the sink said last of each mapped tab."""
        tabs = []
        for mapping in self._of(body):
            record = self._statuses.of(mapping.name)
            said = None if record is None else sink_status(record)
            tabs.append(TabStatus(name=mapping.name, tab=mapping.tab, sink=said))
        return StatusAnswer(mappings=tabs).model_dump()

    def _of(self, body: bytes) -> list[Mapping]:
        try:
            wanted = SpreadsheetRequest.model_validate_json(body).spreadsheet_id
        except ValidationError as error:
            raise MalformedError(explain(error)) from None
        return [mapping for mapping in self._mappings if mapping.spreadsheet_id == wanted]


def mapped_tab(mapping: Mapping) -> MappedTab:
    """What the script must know of a mapping: headers, the key's first if they are not placed."""
    columns = dict.fromkeys((*(key for key in mapping.key if key not in mapping.columns),))
    headers = [mapping.header(column) for column in (*columns, *mapping.columns)]
    return MappedTab(
        name=mapping.name,
        tab=mapping.tab,
        key=[mapping.header(key) for key in mapping.key],
        columns=headers if mapping.columns else "*",
    )


def sink_status(record: StatusRecord) -> SinkStatus:
    """A status record as the script gets it."""
    return SinkStatus(
        at_ms=record.at_ms,
        phase=record.phase,
        reason=record.reason,
        paused=record.paused,
        last_change_ms=record.last_change_ms,
        waiting=record.waiting,
        held=[
            HeldChanges(
                what=held.what, count=held.count, origin=held.origin, since_ms=held.since_ms
            )
            for held in record.held
        ],
        refused=RefusedCells(
            rows=record.refused_rows,
            examples=[
                RefusedExample(key=cell.key, header=cell.header, reason=cell.reason)
                for cell in record.refused
            ],
        ),
    )
