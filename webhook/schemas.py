"""The form of requests and answers. Strict: nothing is converted, unknown fields are refused.

Contents of cells are passed on as the sheet holds them; only the sink knows the columns' types.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter

MAX_ROWS = 2_000
MAX_COLUMNS = 4_096  # of a MySQL table
MAX_TEXT = 50_000  # characters of a cell: https://support.google.com/drive/answer/37603
MAX_NAME = 1_000
MAX_TIME_MS = 253_402_300_799_999  # the end of the year 9999


class _Strict(BaseModel):
    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, allow_inf_nan=False, ser_json_inf_nan="null"
    )


def _real_date(text: str) -> str:
    datetime.fromisoformat(text)
    return text


WallClock = Annotated[
    str,
    Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?$"),
    AfterValidator(_real_date),
]
Text = Annotated[str, Field(max_length=MAX_TEXT)]
Header = Annotated[str, Field(min_length=1, max_length=MAX_NAME)]
Name = Annotated[str, Field(min_length=1, max_length=MAX_NAME)]


class DateContent(_Strict):
    """A date cell: wall-clock time in the spreadsheet's time zone."""

    date: WallClock


class ErrorContent(_Strict):
    """A cell that shows an error such as ``#REF!``."""

    error: Annotated[str, Field(max_length=100)]


Content = Annotated[
    bool | int | float | Text | DateContent | ErrorContent | None,
    Field(description="Content of a cell; null is an empty cell."),
]


class Cell(_Strict):
    """An edited cell: its content now, before the edit where that is known, and its formula."""

    value: Content
    old: Content = None
    formula: Annotated[str, Field(min_length=1, max_length=MAX_TEXT)] | None = None


class Row(_Strict):
    """The edited cells of one row, by header, with the row's key cells as they stand."""

    row: Annotated[int, Field(ge=1, le=10_000_000, description="Where it stood; a hint only.")]
    key: Annotated[dict[Header, Content], Field(max_length=MAX_COLUMNS)]
    old_key: Annotated[dict[Header, Content], Field(max_length=MAX_COLUMNS)] | None = None
    key_edited: Annotated[
        bool, Field(description="A key cell was edited: cells has the whole mapped row.")
    ] = False
    typed: Annotated[bool, Field(description="A single cell, typed by hand.")] = False
    row_tag: (
        Annotated[
            str,
            Field(
                pattern=r"^[0-9a-z]{1,40}$",
                description="Value of the developer metadata sheetbridge.row on a row without a "
                "full key: cells has the whole mapped row, and the key is to be written there.",
            ),
        ]
        | None
    ) = None
    cells: Annotated[dict[Header, Cell], Field(max_length=MAX_COLUMNS)]


class _Post(_Strict):
    version: Literal[1]
    id: Annotated[
        str,
        Field(
            pattern=r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$",
            description="A UUID; every resend keeps it.",
        ),
    ]
    spreadsheet_id: Name
    tab: Name
    time_ms: Annotated[
        int, Field(ge=0, le=MAX_TIME_MS, description="Start of the trigger, Unix milliseconds.")
    ]
    editor: Annotated[str, Field(max_length=MAX_NAME)] | None = None


class EditPost(_Post):
    """Edited cells."""

    kind: Literal["edit"]
    rows: Annotated[list[Row], Field(min_length=1, max_length=MAX_ROWS)]


class HintPost(_Post):
    """Something happened that is not an edit of known cells: compare the tab."""

    kind: Literal["hint"]
    change_type: Annotated[str, Field(pattern=r"^[A-Z_]{1,40}$")]


class CommandPost(_Post):
    """What a person chose in the menu. Whoever holds the secret may ask for no more than this."""

    kind: Literal["command"]
    command: Literal["reconcile", "pause", "resume"]


class HeartbeatPost(_Post):
    """The triggers of the tab still run."""

    kind: Literal["heartbeat"]


AnyPost = EditPost | HintPost | CommandPost | HeartbeatPost
Post = Annotated[AnyPost, Field(discriminator="kind")]
POST: TypeAdapter[AnyPost] = TypeAdapter(Post)


class SpreadsheetRequest(_Strict):
    """Asks which tabs of a spreadsheet are mapped, or how far they are."""

    version: Literal[1]
    spreadsheet_id: Name


class Accepted(_Strict):
    """Kafka has the post."""

    id: str
    accepted: Annotated[int, Field(description="The number of rows taken.")]


class BatchAccepted(_Strict):
    """Kafka has every post of the batch."""

    ids: list[str]
    accepted: Annotated[int, Field(description="The number of rows taken.")]


class MappedTab(_Strict):
    """A mapped tab; headers as they stand in the sheet."""

    name: str
    tab: str
    key: list[str]
    columns: list[str] | Literal["*"]


class MappingsAnswer(_Strict):
    """The mapped tabs of a spreadsheet, and how large a request may be."""

    mappings: list[MappedTab]
    max_body: Annotated[int, Field(description="Bytes of the largest body that is taken.")]


class HeldChanges(_Strict):
    """Changes that wait for a yes."""

    what: Annotated[str, Field(description="deletes, clears or rewrites")]
    count: int
    origin: str
    since_ms: int


class RefusedExample(_Strict):
    """A cell that the database does not take; without a header the whole row."""

    key: str
    header: str | None
    reason: str


class RefusedCells(_Strict):
    """How many rows hold a refused cell, and some of those cells."""

    rows: int
    examples: list[RefusedExample]


class SinkStatus(_Strict):
    """What the sink said last; times are Unix milliseconds on Google's clock."""

    at_ms: int
    phase: str
    reason: Annotated[str | None, Field(description="Why it has stopped.")]
    paused: bool
    last_change_ms: int | None
    waiting: Annotated[int, Field(description="Rows that are still to be written or looked at.")]
    held: list[HeldChanges]
    refused: RefusedCells


class TabStatus(_Strict):
    """How far a mapped tab is; ``sink`` is null where the sink has said nothing yet."""

    name: str
    tab: str
    sink: SinkStatus | None


class StatusAnswer(_Strict):
    """How far the mapped tabs of a spreadsheet are."""

    mappings: list[TabStatus]


class Problem(_Strict):
    """What is wrong, and how to mend it."""

    code: str
    message: str
    mend: str


class ProblemBody(_Strict):
    """The body of every refusal."""

    error: Problem


class Health(_Strict):
    """The state of the process, or of what it needs."""

    status: Literal["ok", "ready"]
