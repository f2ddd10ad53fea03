"""What the answer to a call says: where each write landed, and what it replaced."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sink.core.cell import CellContent, CellError, LocalDateTime
from sink.core.errors import UnfitValueError
from sink.core.mapped_table import MappedTable
from sink.core.marks import Face
from sink.core.row_key import RowKey
from sink.core.values.codec import Shown
from sink.core.values.meaning import shows
from sink.writers.sheets.call import PlacedWrite, SheetCall
from sink.writers.sheets.faces import face_of
from sink.writers.sheets.layout import TabLayout
from sink.writers.sheets.repairs import Mended, Repair
from sink.writers.sheets.row_tags import TagPlace


@dataclass(frozen=True, slots=True)
class Replaced:
    """A row that our write reached: what its mapped cells held at that instant.

    A cell with a formula is left out: what it held is the sheet's own doing. ``faces`` are those of
    the cells that were marked.
    """

    placed: PlacedWrite
    before: dict[str, CellContent]
    faces: dict[str, Face] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Hit:
    """A row that a write hit in another's stead, because rows had moved: what it held before.

    ``key`` None: it was no row of the mapping (blank, a total).
    """

    placed: PlacedWrite
    key: RowKey | None
    before: dict[str, CellContent]
    faces: dict[str, Face] = field(default_factory=dict)


@dataclass(slots=True)
class CallAnswer:
    """Rows reached by their writes, rows hit in the stead of others, and repairs to be made anew
    because a person had typed there, or the row had moved away.
    """

    reached: list[Replaced] = field(default_factory=list)
    hits: list[Hit] = field(default_factory=list)
    repairs: list[Repair] = field(default_factory=list)

    @property
    def removed(self) -> list[Replaced]:
        """Rows of ours that were taken away beside a person's row of the same key."""
        return [reached for reached in self.reached if reached.placed.write.op == "remove"]


def read_answer(
    call: SheetCall,
    response: Mapping[str, object],
    layout: TabLayout,
    table: MappedTable,
    removed_tags: frozenset[str] = frozenset(),
) -> CallAnswer:
    """Compare the copies in ``response`` with the keys that ``call`` meant to reach.

    ``removed_tags`` are those that the call found where it looked for them.
    """
    copies = _copied_rows(response, layout)
    answer = CallAnswer()
    first, _ = layout.span
    for placed in call.writes:
        if placed.copy_row is None:
            answer.reached.append(Replaced(placed, {}))
            continue
        cells = copies[placed.copy_row] if placed.copy_row < len(copies) else []
        contents = _contents(cells, first, layout)
        key = _key(contents, table)
        if placed.write.at is not None:
            reached = _had_no_key(placed.write.at, contents, removed_tags, table)
        else:
            reached = key == placed.write.key
        faces = _faces(cells, placed, first, layout)
        if reached:
            answer.reached.append(Replaced(placed, contents, faces))
        else:
            answer.hits.append(Hit(placed, key, contents, faces))
    for mended in call.mended:
        cells = copies[mended.before] if mended.before < len(copies) else []
        contents = _contents(cells, first, layout)
        answer.repairs.extend(_to_mend_again(mended, contents, _key(contents, table), layout))
    return answer


def _had_no_key(
    place: TagPlace,
    contents: Mapping[str, CellContent],
    removed_tags: frozenset[str],
    table: MappedTable,
) -> bool:
    """Whether the row was the one that was looked at, and nobody had given it a key since.

    Its tag was there, or it shows just what it showed.
    """
    unlike = {
        column
        for column, content in contents.items()
        if not shows(content, _shown(place.contents.get(column)))
    }
    sure = place.attached and place.tag in removed_tags
    return not unlike & set(table.key) if sure else not unlike


def _shown(content: CellContent) -> Shown:
    return None if isinstance(content, CellError | LocalDateTime) else content


def _to_mend_again(
    mended: Mended, contents: dict[str, CellContent], key: RowKey | None, layout: TabLayout
) -> Iterator[Repair]:
    """What a repair replaced that was not what our mistaken write had left there."""
    repair = mended.repair
    moved = repair.key is not None and key != repair.key
    names = {place: name for name, place in layout.columns.items()}
    stood = [contents.get(names.get(place, "")) for place in repair.columns]
    lost = [
        at
        for at, content in enumerate(stood)
        if moved or (at < len(repair.left) and not shows(content, _plain(repair.left[at])))
    ]
    if lost:
        yield Repair(
            key,
            repair.row,
            mended.before,
            tuple(repair.columns[at] for at in lost),
            tuple(repair.back[at] if at < len(repair.back) else None for at in lost),
            tuple(stood[at] for at in lost),
        )
    if moved:
        yield repair


def _plain(content: CellContent) -> Shown:
    """Content that a call can write; what it cannot is equal to nothing."""
    return content if isinstance(content, bool | int | float | str) else None


def _copied_rows(response: Mapping[str, object], layout: TabLayout) -> list[list[object]]:
    updated = response.get("updatedSpreadsheet")
    sheets = updated.get("sheets", []) if isinstance(updated, dict) else []
    for sheet in sheets:
        if sheet.get("properties", {}).get("sheetId") == layout.hidden_id and "data" in sheet:
            return [row.get("values", []) for row in sheet["data"][0].get("rowData", [])]
    return []


def _contents(cells: Sequence[object], first: int, layout: TabLayout) -> dict[str, CellContent]:
    found: dict[str, CellContent] = {}
    for column, place in layout.columns.items():
        at = place - first
        cell = cells[at] if at < len(cells) else {}
        if isinstance(cell, dict) and "formulaValue" not in cell.get("userEnteredValue", {}):
            found[column] = content_of(cell.get("effectiveValue", {}))
    return found


def _faces(
    cells: Sequence[object], placed: PlacedWrite, first: int, layout: TabLayout
) -> dict[str, Face]:
    found: dict[str, Face] = {}
    for column in placed.write.marks:
        at = layout.columns[column] - first
        cell = cells[at] if at < len(cells) else {}
        found[column] = face_of(cell if isinstance(cell, dict) else {})
    return found


def content_of(extended_value: Mapping[str, object]) -> CellContent:
    """A cell's content from an ExtendedValue of the API."""
    for kind, value in extended_value.items():
        match kind, value:
            case (("numberValue" | "boolValue" | "stringValue"), bool() | int() | float() | str()):
                return value
            case "errorValue", {"type": str(name)}:
                return CellError(name)
    return None


def _key(contents: Mapping[str, CellContent], table: MappedTable) -> RowKey | None:
    try:
        return table.key_from_cells(
            {table.mapping.header(column): content for column, content in contents.items()}
        )
    except UnfitValueError:
        return None
