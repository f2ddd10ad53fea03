"""What must hold once a history has come to rest. Each check gives its violations as sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from sink.core.cell import CellContent
from sink.core.row_key import RowKey
from sink.core.version import Origin
from sink.ports import DeadLetter
from sink.state.records import OWED_TO_SHEET
from tests.doubles.memory_server import MemoryServer
from tests.doubles.memory_store import MemoryStore
from tests.simulation.acts import FORMULA_VALUE, row_key
from tests.simulation.history import Entry, Given, History, SheetRow, Taken
from tests.simulation.refusals import BAD, bungled, refused
from tests.simulation.setting import CELLS, FIRST_GIVEN, KEYS, Setting
from tests.simulation.sheet import HEADERS, PersonsSheet
from tests.simulation.traces import Traces, shown

EXISTENCE = None


def said_to_be_owed(server: MemoryServer) -> list[str]:
    """Nothing is on its way any more, and what is stored of the rows says so."""
    return [
        f"row {key.display} is stored as owed to the sheet"
        for key, stored in server.data.states.items()
        if stored.attention & OWED_TO_SHEET
    ]


def lost(
    history: History, traces: Traces, server: MemoryServer, sheet: PersonsSheet, setting: Setting
) -> list[str]:
    """Nothing is lost in silence: every edit is the final value, or was replaced by a later one
    made in its sight, or stands in the conflict log or (too old) among the dead letters."""
    final = sheet.rows()
    cut = setting.trigger()
    rows_given = {given.key for given in history.given if given.column is None}
    # an operator deleted or brought back such a row, with whatever it held
    found = []
    for entry in history.entries:
        if entry.column is None or entry.key in rows_given:
            continue
        if _cannot_be_told(entry, history, setting):
            continue
        values: set[CellContent] = {entry.value}
        if setting.rounding and entry.column == "b" and isinstance(entry.value, str):
            values.add(cut({"b": entry.value})["b"])
        at_the_end = final.get(entry.key, {}).get(entry.column)
        if entry.column in refused(server, entry.key):
            held = server.data.table.get(row_key(entry.key), {}).get(entry.column)
            at_the_end = shown(held)
        if at_the_end in {shown(value) for value in values}:
            continue
        if any(_replaced(entry, later, values) for later in _later(entry, history)):
            continue
        if any(traces.hold(entry.key, entry.column, value) for value in values):
            continue
        if entry.key >= FIRST_GIVEN and any(
            row.get(entry.column) in {shown(value) for value in values} for row in final.values()
        ):
            continue  # it was typed into a row into which our new key had strayed for a moment
        found.append(f"lost: {entry}; at the end {at_the_end!r}")
    return found


def _cannot_be_told(entry: Entry, history: History, setting: Setting) -> bool:
    """Whether the end of an edit says nothing of the merge."""
    if entry.column == "note" or shown(entry.value) is None:
        return True
    if str(entry.value).startswith(FORMULA_VALUE):
        return True  # what a formula showed, which may have recalculated since
    if entry.column in setting.computed or str(entry.value).endswith(BAD):
        return True  # the database does not take it
    # a person had to choose between two rows; or which of two entries it was cannot be told
    return entry.key in history.mended or _again(entry, history)


def _again(entry: Entry, history: History) -> bool:
    """Whether the value stood there, or on any row, before this entry."""
    if str(entry.value).startswith("A"):
        return True  # a value of the beginning, carried to another key
    cell = history.of(entry.key, entry.column)
    earlier = [e for e in cell if e.number < entry.number]
    return any(entry.value in (shown(e.saw), shown(e.value)) for e in earlier)


def _later(entry: Entry, history: History) -> Iterable[Entry]:
    return (e for e in history.entries[entry.number + 1 :] if e.key == entry.key)


def _replaced(entry: Entry, later: Entry, values: set[CellContent]) -> bool:
    """Whether ``later`` replaced ``entry`` in sight of it, or on its own side."""
    if later.column not in (entry.column, EXISTENCE):
        return False
    if later.column is EXISTENCE and later.value is True and later.side is not entry.side:
        return False
    if later.side is entry.side:
        return True
    return later.saw_row.get(entry.column or "") in {shown(value) for value in values}


def phantoms(history: History, server: MemoryServer, setting: Setting) -> list[str]:
    """No edit of the sheet wins with a value that only programs wrote: a call of ours brought it
    there, too late or to the wrong place, and nobody typed it.

    Only of rows that nobody created, deleted or gave another key, which carries values along; and
    where triggers start at once, for a late one may find another row where its edit was made. What
    the database computes of an edit stands in the sheet's name too.
    """
    found: list[str] = []
    if setting.trigger_delay:
        return found
    for row, loss in server.data.conflicts:
        key, winner = int(str(row.values[0])), loss.winner
        if loss.column is None or winner.origin is not Origin.SHEET or winner.outside:
            continue
        if loss.column in setting.computed:
            continue
        disturbed = history.pasted_over | history.told_whole | history.mended
        if history.of(key, EXISTENCE) or key in disturbed:
            continue
        if str(winner.value).startswith(FORMULA_VALUE):
            continue  # a formula shows it, and a program may have copied it
        sides = {e.side for e in history.of(key, loss.column) if e.value == winner.value}
        if sides == {Origin.DATABASE}:
            found.append(f"row {key} column {loss.column}: {winner.value!r} won, typed by nobody")
    return found


def _blank(row: SheetRow) -> bool:
    return all(value in (None, "") for name, value in row.items() if name in CELLS)


def rows_lost(history: History, traces: Traces, sheet: PersonsSheet) -> list[str]:
    """Of a row's last act on each side one decides; the other was seen by it, or is logged."""
    there = sheet.rows()
    found = []
    given_back = {given.key for given in history.given}
    for key in {e.key for e in history.entries} - given_back - history.left:
        acts = history.of(key, EXISTENCE)
        if not acts:
            continue
        alive = key in there
        once_there = key in KEYS or key >= FIRST_GIVEN
        if not any(act.value is alive for act in acts) and not (alive and once_there):
            found.append(f"row {key} is {'there' if alive else 'gone'}, which nobody wanted")
        last = acts[-1]
        deleted_last = last.value is False and all(e.at <= last.at for e in history.entries)
        if key >= FIRST_GIVEN and _blank(last.saw_row):
            continue  # our call had written its key into a blank row, which the person changed
        if deleted_last and alive and not traces.hold(key, None, False):
            later = [e for e in history.entries if e.key == key and e.side is not last.side]
            if not later:
                found.append(f"row {key} came back after its last delete, unlogged")
    return found


def given_back(
    history: History,
    server: MemoryServer,
    sheet: PersonsSheet,
    letters: Iterable[DeadLetter],
    setting: Setting,
) -> list[str]:
    """What an operator gave back stands, or lost to an edit that had not seen it and is logged, or
    is refused and stands among the dead letters.

    Only what nobody touched on its row later, and what the database does not cut. A formula that a
    person refused stays in its cell, and so does a refused text that was told of after the giving
    back; there the table has a value of its own, so the table is asked. What was known to be
    refused before must have given way in the sheet too.
    """
    there = sheet.rows()
    answered = {loss.loser.author for _, loss in server.data.conflicts}
    answered |= {f"operator {letter.edit.partition(':')[2]}" for letter in letters if letter.edit}
    found = []
    for number, given in enumerate(history.given):
        later = [e for e in history.entries if e.key == given.key and e.at >= given.at]
        later_given = [g for g in history.given[number + 1 :] if g.key == given.key]
        if later or later_given or given.author in answered or "~" in str(given.value):
            continue
        if given.column is not None and _at_once(history.of(given.key, given.column)):
            continue  # which of them the cell showed cannot be told before a comparison looks
        if str(given.value).endswith(BAD) or "id" in refused(server, given.key):
            continue  # the database refuses it again, or the whole row, which a person must mend
        row = there.get(given.key)
        if row is None and _deleted_later(given, server, setting):
            continue
        if given.column is None:
            stands = (row is not None) is given.value
        elif given.column in refused(server, given.key) and not _in_its_place(given, sheet):
            held = server.data.table.get(row_key(given.key), {}).get(given.column)
            stands = shown(held) == shown(given.value)
        else:
            stands = (row or {}).get(given.column) == shown(given.value)  # of a lost row: empty
        if not stands and given.key not in history.mended | history.left:
            found.append(f"given back in vain: {given}; at the end {row}")
    return found


def _deleted_later(given: Given, server: MemoryServer, setting: Setting) -> bool:
    """Whether the row was deleted after that by its event, as far as the clocks can tell: a trigger
    may run late, and what is given back counts from the earliest moment that it may be."""
    key = row_key(given.key)
    state = MemoryStore(server).states([key]).get(key)
    if state is None or state.life is None or state.alive:
        return False
    return (state.life.time or 0) >= given.at - 2 * setting.unsure


def _in_its_place(given: Given, sheet: PersonsSheet) -> bool:
    """Whether the cell still shows the refused text over which a value was given back."""
    row = sheet.row_of(given.key)
    if row is None or given.over is None or sheet.formula(row, given.column or "") is not None:
        return False
    return sheet.content(row, given.column or "") == given.over


def notes_lost(history: History, sheet: PersonsSheet) -> list[str]:
    """The person's own column: a note stays on its row while nobody deletes that row."""
    there, at = sheet.rows(), HEADERS.index("note")
    alone = {cells[at] for cells in sheet.grid() if not any([*cells[:at], *cells[at + 1 :]])}
    found = []
    for key in {e.key for e in history.entries if e.column == "note"}:
        notes = history.of(key, "note")
        disturbed = history.of(key, EXISTENCE) or key in history.pasted_over | history.left
        if key >= FIRST_GIVEN and notes[-1].value in alone:
            continue  # our new key had strayed into that blank row for a moment: it was taken away
            # again, and the note stays where the person typed it
        if not disturbed and there.get(key, {}).get("note") != notes[-1].value:
            found.append(
                f"row {key}: note {notes[-1].value!r} is {there.get(key, {}).get('note')!r}"
            )
    typed = {e.value for e in history.entries if e.column == "note"}
    strays = [cells[at] for cells in sheet.grid() if cells[at] is not None]
    found += [f"note {text!r} was typed by nobody" for text in strays if text not in typed]
    return found


def formulas_lost(history: History, sheet: PersonsSheet) -> list[str]:
    """A formula stands until a person types over it or the row goes; what it shows is not asked."""
    there = sheet.rows()
    found = []
    for key in sorted({e.key for e in history.entries if e.formula is not None}):
        [*_, last] = [e for e in history.of(key, "a") if e.side is Origin.SHEET]
        given = any(g.key == key and g.column is None for g in history.given)
        disturbed = history.of(key, EXISTENCE) or key in history.pasted_over or given
        if last.formula is None or disturbed or key in history.mended | history.left:
            continue
        row = sheet.row_of(key)
        shown_now = None if row is None else sheet.formula(row, "a")
        if not str(shown_now).startswith(last.formula[: last.formula.index("&")]):
            found.append(f"formula lost: {last.formula} of row {key} is {shown_now!r}: {there}")
    return found


def wrong_winners(
    history: History,
    sheet: PersonsSheet,
    setting: Setting,
    refused: set[tuple[RowKey, str | None]],
    met: Counter[str],
) -> list[str]:
    """The winners agree with an oracle that knows what each edit saw, and nothing of versions.

    Only cells of rows that nobody created or deleted, all of whose edits were told exactly, and of
    which the operator refused none. ``met`` counts the cells that were judged.
    """
    there = sheet.rows()
    found: list[str] = []
    exact = (e.exact or bungled(e.value) for e in history.entries if e.column)
    if setting.trigger_delay or not all(exact):
        return found
    for key in (1, 2, 3, 4):
        given = any(given.key == key for given in history.given)
        if history.of(key, EXISTENCE) or given or key in history.left:
            continue
        for column in ("a", "b"):
            entries = history.of(key, column)
            if not entries or not all(_plain(e, entries) for e in entries):
                continue
            formula = any(e.formula for e in entries)
            if (row_key(key), column) in refused or formula or _at_once(entries):
                continue
            wanted = _winner(entries, column, setting, history.taken)
            got = there.get(key, {}).get(column)
            met["winners judged"] += wanted is not None
            met["of them of both sides"] += (
                wanted is not None and len({e.side for e in entries}) > 1
            )
            if wanted is not None and shown(wanted.value) != got:
                told = "; ".join(str(e) for e in entries)
                found.append(
                    f"row {key} column {column} ends {got!r}, not {wanted.value!r}: {told}"
                )
    return found


def _plain(entry: Entry, entries: list[Entry]) -> bool:
    values = [shown(e.value) for e in entries] + [shown(entries[0].saw)]
    unique = len(set(values)) == len(values)
    cut = isinstance(entry.value, str) and entry.value.endswith("~")
    return (
        entry.exact
        and entry.stamp is not None
        and unique
        and not cut
        and "~" not in str(entry.value)
    )


def _at_once(entries: list[Entry]) -> bool:
    """Whether two edits of the sheet bear the same millisecond: posts overtake one another, so
    which of them was the later one cannot be told."""
    times = [entry.stamp for entry in entries if entry.side is Origin.SHEET]
    return len(set(times)) < len(times)


def _winner(entries: list[Entry], column: str, setting: Setting, taken: Taken) -> Entry | None:
    """The edit that must stand at the end; None where more than two never met."""
    left = [
        entry
        for place, entry in enumerate(entries)
        if not any(
            later.side is entry.side or shown(later.saw) == shown(entry.value)
            for later in entries[place + 1 :]
        )
    ]
    if len(left) == 1:
        return left[0]
    if len(left) != 2 or left[0].side is left[1].side:
        return None
    database, sheet = sorted(left, key=lambda e: e.side is Origin.SHEET)
    by_time = _latest(database, sheet, taken, 2 * setting.unsure)
    return {
        "database_wins": database,
        "sheet_wins": sheet,
        "function": database if column == "b" else sheet,
        "last_write_wins": by_time,
    }[setting.rule_of(column).policy.value]


def _latest(database: Entry, sheet: Entry, taken: Taken, unsure: int) -> Entry | None:
    """Whose time is later; None where that hangs on when the sink read the change event.

    A clock that is ahead gives times of the future: those are taken as the moment of reading, which
    is after the edit, and before it was known to be merged; ``unsure`` is by how much that may be
    taken to be later than it was.
    """
    stamp, typed = database.stamp or 0, sheet.stamp or 0
    if typed > min(stamp, taken.get((stamp, database.key), stamp) + unsure):
        return sheet
    return database if typed <= min(stamp, database.at) else None
