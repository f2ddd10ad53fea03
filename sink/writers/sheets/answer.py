"""What the answer to a call says: where each write landed, and what it replaced."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace

from sink.core.cell import CellContent, CellError, LocalDateTime
from sink.core.errors import UnfitValueError
from sink.core.mapped_table import MappedTable
from sink.core.marks import Face
from sink.core.row_key import RowKey
from sink.core.values.codec import Shown
from sink.core.values.meaning import shows
from sink.writers.sheets.call import GOING, PlacedWrite, RowWrite, SheetCall, TagMarks
from sink.writers.sheets.copied_cells import CopiedCells, Places
from sink.writers.sheets.layout import TabLayout
from sink.writers.sheets.repairs import Mended, Repair, plain
from sink.writers.sheets.row_tags import TagPlace


@dataclass(frozen=True, slots=True)
class Replaced:
    """A row that our write reached: what its mapped cells held at that instant.

    A cell with a formula is left out: what it held is the sheet's own doing; ``formulas`` names
    those, ``places`` where the call took the columns to stand. Of a new row it is what cells show
    now in whose columns those of others were written, because columns had moved. ``faces`` are
    those of the cells that were marked.
    """

    placed: PlacedWrite
    before: dict[str, CellContent]
    faces: dict[str, Face] = field(default_factory=dict)
    formulas: frozenset[str] = frozenset()
    places: Places = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Hit:
    """A row that a write hit in another's stead, because rows had moved: what it held before.

    ``key`` None: it was no row of the mapping (blank, a total), or is none any more, because its
    key was overwritten. ``places`` are the columns as the
    call took them to stand. ``misplaced`` are those that stood elsewhere: what the call wrote there
    hit other cells, perhaps of the very row that was meant.
    """

    placed: PlacedWrite
    key: RowKey | None
    before: dict[str, CellContent]
    faces: dict[str, Face] = field(default_factory=dict)
    places: Places = field(default_factory=dict)
    misplaced: tuple[str, ...] = ()
    formulas: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Marked:
    """A row without a key whose cells say what they were made to; ``faces`` are those before."""

    said: TagMarks
    faces: dict[str, Face]


@dataclass(frozen=True, slots=True)
class Mishit:
    """A row of the mapping that a repair hit in another's stead: what it held, and holds now.

    ``repair`` would put back what it held.
    """

    key: RowKey
    before: dict[str, CellContent]
    after: dict[str, CellContent]
    repair: Repair


@dataclass(slots=True)
class CallAnswer:
    """Rows reached by their writes, rows hit in the stead of others, and repairs to be made anew
    because a person had typed there, or the row had moved away.

    ``mishits`` are rows hit by repairs. ``typed_over`` are rows in which a person had replaced what
    a mistaken write of ours had left: they held what the person typed, and hold what that hid.
    ``astray`` are new rows whose keys were written into another column, because columns had moved.
    ``marked`` are rows without a key.
    """

    reached: list[Replaced] = field(default_factory=list)
    hits: list[Hit] = field(default_factory=list)
    repairs: list[Repair] = field(default_factory=list)
    mishits: list[Mishit] = field(default_factory=list)
    typed_over: list[Mishit] = field(default_factory=list)
    astray: list[PlacedWrite] = field(default_factory=list)
    marked: list[Marked] = field(default_factory=list)

    @property
    def made_again(self) -> int:
        """How many writes did not go where they were meant to: rows or columns had moved."""
        return len(self.hits) + len(self.astray) + len(self.repairs) + len(self.mishits)

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
    first, end = layout.span
    copies = CopiedCells.of(response, layout.hidden_id, first)
    planned = call.columns or layout.columns
    stood = copies.places(call.header, planned, table)
    keyed = {stood[name] for name in table.key if name in stood}
    answer = CallAnswer()
    removed_tags -= _gone_with_their_rows(call, copies, stood, table)
    for placed in call.writes:
        wrong = [
            name for name in _written(placed.write, table) if stood.get(name) != planned.get(name)
        ]
        if placed.copy_row is None:
            _read_new(placed, wrong, planned, stood, table, answer)
            continue
        contents = copies.contents(placed.copy_row, stood)
        formulas = copies.formulas(placed.copy_row, stood)
        key = _key(copies.shown(placed.copy_row, stood), table)
        if wrong:
            there = {name: copies.plain(placed.copy_row, planned[name]) for name in wrong}
            over_key = bool({planned[name] for name in wrong} & keyed)
            lost = copies.formulas(placed.copy_row, {name: planned[name] for name in wrong})
            answer.hits.append(
                Hit(placed, None if over_key else key, there, {}, planned, tuple(wrong), lost)
            )
        astray = [name for name in placed.write.marks if stood.get(name) != planned.get(name)]
        if astray:
            there_faces = ((planned[n], copies.face(placed.copy_row, planned[n])) for n in astray)
            answer.repairs.append(
                Repair(key, placed.row, placed.copy_row, (), faces=tuple(there_faces))
            )
        well = _without(placed, [*wrong, *astray])
        empty = not (well.write.cells or well.write.marks)
        if (wrong or astray) and (empty or set(wrong) & set(table.key)):
            continue
        if well.write.at is not None:
            reached = _had_no_key(well.write.at, contents, removed_tags, table)
        else:
            reached = key == well.write.key
        faces = {name: copies.face(placed.copy_row, planned[name]) for name in well.write.marks}
        if reached:
            answer.reached.append(Replaced(well, contents, faces, formulas, planned))
        else:
            answer.hits.append(Hit(well, key, contents, faces, planned, formulas=formulas))
    for said in call.tagged:
        _read_tagged(said, copies, planned, stood, table, answer)
    _read_mended(call.mended, copies, end, stood, table, answer)
    return answer


def _read_tagged(
    said: TagMarks,
    copies: CopiedCells,
    planned: Places,
    stood: Places,
    table: MappedTable,
    answer: CallAnswer,
) -> None:
    """The marks of a row without a key; the row is the one that was looked at if it shows that.

    Else another row stood there, or somebody typed into it: what the call replaced is put back, and
    the row is looked for anew.
    """
    faces = {name: copies.face(said.copy_row, planned[name]) for name in said.marks}
    meant = _had_no_key(said.at, copies.contents(said.copy_row, stood), frozenset(), table)
    well = {name for name in faces if meant and stood.get(name) == planned.get(name)}
    astray = tuple((planned[name], face) for name, face in faces.items() if name not in well)
    if astray:
        key = _key(copies.shown(said.copy_row, stood), table)
        answer.repairs.append(Repair(key, said.row, said.copy_row, (), faces=astray))
    if well:
        marks = {name: mark for name, mark in said.marks.items() if name in well}
        answer.marked.append(Marked(replace(said, marks=marks), faces))


def _read_mended(
    repairs: Sequence[Mended],
    copies: CopiedCells,
    end: int,
    stood: Places,
    table: MappedTable,
    answer: CallAnswer,
) -> None:
    """What the repairs of the last call's mistakes have reached."""
    keyed = {stood[name] for name in table.key if name in stood}
    names = {place: name for name, place in stood.items() if name in table.cells}
    lost: list[Repair] = []
    missed: list[Repair] = []
    for mended in repairs:
        key = _key(copies.contents(mended.before, stood), table)
        for again in _to_mend_again(mended, copies, end, key, keyed):
            formulas = again.formulas or again.left_formulas
            if again is mended.repair:
                missed.append(again)
            elif again.key is None or again.key == mended.repair.key or formulas:
                lost.append(again)
                if again.key == mended.repair.key:
                    answer.typed_over.extend(_typed_over(again, names))
            else:
                answer.mishits.append(_mishit(again.key, again, names))
    # the newest first: what this call took away, and then what it was to take back
    answer.repairs.extend((*reversed(lost), *missed))
    answer.typed_over.extend(_hit_again(answer, names))


def _hit_again(answer: CallAnswer, names: Mapping[int, str]) -> Iterator[Mishit]:
    """Rows that were hit once more before they were put back, and typed in between.

    What was typed is what the next call puts back, in the place of what it had hidden.
    """
    for hit in answer.hits:
        for repair in answer.repairs:
            if repair.key is None or repair.key != hit.key:
                continue
            over = _mishit(repair.key, repair, names)
            typed = {
                name: hit.before[name]
                for name in hit.before.keys() & hit.placed.write.cells.keys() & over.after.keys()
                if not shows(hit.before[name], plain(over.after[name]))
            }
            if typed:
                hidden = {name: over.before[name] for name in typed}
                yield Mishit(over.key, typed, hidden, repair)


def _typed_over(repair: Repair, names: Mapping[int, str]) -> Iterator[Mishit]:
    if repair.key is not None:
        yield _mishit(repair.key, repair, names)


def _mishit(key: RowKey, repair: Repair, names: Mapping[int, str]) -> Mishit:
    """``repair`` would take back what hit the row of ``key``; ``names`` are those of places."""

    def by_name(cells: Sequence[CellContent]) -> dict[str, CellContent]:
        pairs = zip(repair.columns, cells, strict=True)
        return {names[place]: content for place, content in pairs if place in names}

    return Mishit(key, by_name(repair.back), by_name(repair.left), repair)


def _read_new(
    placed: PlacedWrite,
    wrong: Sequence[str],
    planned: Places,
    stood: Places,
    table: MappedTable,
    answer: CallAnswer,
) -> None:
    """A row that was inserted; where columns had moved, cells of it show what others should."""
    if set(wrong) & set(table.key):
        answer.astray.append(placed)
        return
    image = {**table.key_image(placed.write.key), **placed.write.cells}
    by_place = {planned[name]: table.codecs[name].to_cell(v) for name, v in image.items()}
    shown = {name: by_place.get(stood[name]) for name in wrong if name in stood}
    answer.reached.append(Replaced(_without(placed, wrong), dict(shown)))


def _without(placed: PlacedWrite, columns: Sequence[str]) -> PlacedWrite:
    """The write as far as it went into the right columns."""
    if not columns:
        return placed
    cells = {name: value for name, value in placed.write.cells.items() if name not in columns}
    marks = {name: mark for name, mark in placed.write.marks.items() if name not in columns}
    return replace(placed, write=replace(placed.write, cells=cells, marks=marks))


def _written(write: RowWrite, table: MappedTable) -> Iterable[str]:
    """The columns in which a write puts cells."""
    match write.op:
        case "insert":
            return table.columns
        case "key":
            return (*table.key, *write.cells)
        case "update":
            return write.cells
    return ()


def _had_no_key(
    place: TagPlace,
    contents: Mapping[str, CellContent],
    removed_tags: frozenset[str],
    table: MappedTable,
) -> bool:
    """Whether the row was the one that was looked at, and nobody had given it a key since.

    Its tag was there, or it shows just what it showed.
    """
    unlike = _unlike(contents, place)
    sure = place.attached and place.tag in removed_tags
    return not unlike & set(table.key) if sure else not unlike


def _unlike(contents: Mapping[str, CellContent], place: TagPlace) -> set[str]:
    """The columns in which a row is not the one that was looked at."""
    return {
        column
        for column, content in contents.items()
        if not shows(content, _shown(place.contents.get(column)))
    }


def _gone_with_their_rows(
    call: SheetCall, copies: CopiedCells, stood: Places, table: MappedTable
) -> frozenset[str]:
    """The tags whose rows the call took away by mistake, since rows had moved, and the tags so.

    Of a call whose answer was lost only the tags' absence is known.
    """
    places = [placed.write.at for placed in call.writes if placed.write.at is not None]
    taken = [
        copies.contents(placed.copy_row, stood)
        for placed in call.writes
        if placed.write.op in GOING and placed.copy_row is not None
    ]
    keyless = [contents for contents in taken if _key(contents, table) is None]
    return frozenset(
        place.tag for place in places if any(not _unlike(contents, place) for contents in keyless)
    )


def _shown(content: CellContent) -> Shown:
    return None if isinstance(content, CellError | LocalDateTime) else content


def _to_mend_again(
    mended: Mended, copies: CopiedCells, end: int, key: RowKey | None, keyed: Set[int]
) -> Iterator[Repair]:
    """What a repair replaced that was not what our mistaken write had left there."""
    repair = mended.repair
    if not keyed.isdisjoint(repair.columns):
        key = repair.key  # it gives the row its key back
    stood = [
        copies.plain(mended.before, place)
        if copies.covers(place, end)
        else (repair.left[at] if at < len(repair.left) else None)
        for at, place in enumerate(repair.columns)
    ]
    formulas = {c for c in repair.columns if copies.is_formula(mended.before, c)}
    # a formula's content is left out, so that one looks like a blank
    otherwise = formulas ^ {c for c in repair.left_formulas if copies.covers(c, end)}
    unlike = [
        at < len(repair.left)
        and (repair.columns[at] in otherwise or not shows(content, plain(repair.left[at])))
        for at, content in enumerate(stood)
    ]
    moved = key != repair.key or (key is None and any(unlike))
    lost = [at for at, differs in enumerate(unlike) if differs or key != repair.key]
    if lost:
        yield Repair(
            key,
            repair.row,
            mended.before,
            tuple(repair.columns[at] for at in lost),
            tuple(repair.back[at] if at < len(repair.back) else None for at in lost),
            tuple(stood[at] for at in lost),
            formulas=tuple(repair.columns[at] for at in lost if repair.columns[at] in formulas),
            left_formulas=tuple(
                repair.columns[at] for at in lost if repair.columns[at] in repair.formulas
            ),
        )
    if moved:
        yield repair


def _key(contents: Mapping[str, CellContent], table: MappedTable) -> RowKey | None:
    try:
        return table.key_from_cells(
            {table.mapping.header(column): content for column, content in contents.items()}
        )
    except UnfitValueError:
        return None
