"""Keys that the database gave to rows typed without one, on their way into the sheet.

A row is looked for by its tag. If it stands there without a key, and shows what is believed of it,
the key is written by the mapping's next call. If it shows something else, the posts that tell of it
are waited for a little. If it is not there, or has another key, the whole tab is read: a sort moves
cells away from their tag, and the row is known by its cells. If it is nowhere, it was deleted,
cleared or given a key by hand; then the comparison of the tab sees to it as to any other row.

Until then the row's key is nowhere in the sheet, and that means nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace

from sink.core.cell import CellContent
from sink.core.errors import UnfitValueError
from sink.core.mark_texts import of_tagged
from sink.core.row_key import RowKey
from sink.core.row_state import RowState
from sink.core.tagged_row import TaggedRow
from sink.parts import Parts
from sink.ports import Transaction
from sink.reconciler import as_believed
from sink.unfinished_rows import UnfinishedRows
from sink.unfit_keys import with_their_marks
from sink.writers.sheets.answer import CallAnswer
from sink.writers.sheets.call import RowWrite
from sink.writers.sheets.compact_rows import Contents
from sink.writers.sheets.layout import TabLayout
from sink.writers.sheets.row_tags import TagPlace, TagSight, move_tags
from sink.writers.sheets.tab import Tab

log = logging.getLogger(__name__)

LOOK_AGAIN_SECONDS = 1.0
PATIENCE = 3
"""How many looks wait for the posts that tell of what a row shows."""

KEYS_PER_CALL = 1_000


@dataclass(slots=True)
class KeyWriting:
    """The unfinished tagged rows of one mapping, by tag. Lives on the merging thread.

    ``places`` are rows whose keys the next call writes; ``old_tags`` those that it takes away.
    ``handed`` are rows of which it is known by now what is said at their cells.
    """

    parts: Parts
    rows: dict[str, TaggedRow] = field(default_factory=dict)
    places: dict[str, TagPlace] = field(default_factory=dict)
    old_tags: dict[str, None] = field(default_factory=dict)
    due: float = 0.0
    unfinished: UnfinishedRows = field(init=False)
    handed: dict[RowKey, RowState] = field(default_factory=dict)
    _looks: dict[str, int] = field(default_factory=dict)
    _whole: bool = False
    _taking: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.unfinished = UnfinishedRows(self.parts)

    def load(self) -> None:
        """Take over what is stored."""
        stored = self.parts.store.tagged_rows()
        self.rows = {
            row.tag: row if row.key else of_tagged(row, self.parts.table) for row in stored
        }

    def merged(self, rows: Iterable[TaggedRow]) -> None:
        """Take in what a batch led to."""
        for row in rows:
            self.noted(row)
            if row.finished is None:
                self.unfinished.fresh.add(row.tag)
                if row.key is not None:
                    self.ask()

    def noted(self, row: TaggedRow) -> None:
        """Remember a row as it is stored now."""
        self.unfinished.fresh.discard(row.tag)
        if row.finished is None:
            self.rows[row.tag] = row
            return
        self._forget(row.tag)
        self.old_tags[row.tag] = None

    def remember(self, found: Mapping[int, TaggedRow]) -> None:
        """Rows were found, by place, whose key does not fit; known ones are looked at anew.

        A tag that was given a key is still to be taken away: its row is found again after that.
        """
        if not found:
            return
        with self.parts.store.begin() as transaction:
            stored = transaction.tagged([row.tag for row in found.values()])
            new = {place: row for place, row in found.items() if row.tag not in stored}
            rows = with_their_marks(new, transaction, self.parts)
            transaction.save_tagged(rows)
        for row in rows:
            self.noted(row)
        if len(new) < len(found):
            self.ask()

    def ask_for_marked(self) -> None:
        """Rows have been given keys: one of which we say that it lacks it may be among them."""
        if any(row.key is None and row.marks for row in self.rows.values()):
            self.ask()

    def ask(self) -> None:
        """Look for the tagged rows as soon as may be."""
        self.due = min(self.due, self.parts.around.monotonic())

    @property
    def withheld(self) -> AbstractSet[RowKey]:
        """Keys that the sheet does not show yet."""
        return {row.key for row in self.rows.values() if row.key is not None}

    def wants_look(self, now: float) -> bool:
        """Whether the tags should be looked for now."""
        return bool(self.rows) and not self.places and now >= self.due

    def look(self, layout: TabLayout) -> Callable[[Tab], TagSight]:
        """The errand that looks for them, once tags are where a sort has moved their rows."""
        tags, whole = list(self.rows), self._whole
        moved, self.unfinished.moved = self.unfinished.moved, {}

        def errand(tab: Tab) -> TagSight:
            if moved:
                move_tags(tab.client, layout, moved)
            return tab.look_for_tags(layout, tags, whole=whole)

        return errand

    def take(self, sight: TagSight) -> bool:
        """Take a look's answer; returns whether the tab is to be compared.

        A key may be missing in the sheet from now on, or stand there and not be known yet.
        """
        self._whole = False
        self.due = self.parts.around.monotonic() + self.parts.reconcile_every
        asked = [self.rows[tag] for tag in sight.asked if tag in self.rows]
        states = self.parts.store.states([row.key for row in asked if row.key is not None])
        finished: list[TaggedRow] = []
        changed: list[TaggedRow] = []
        soon = False
        for row, other in self._twins(asked, sight):
            finished.append(row)
            changed.append(self.unfinished.twin(row, other))
        self.rows.update({row.tag: row for row in changed})
        twins = {row.tag for row in finished}
        asked = [self.rows[row.tag] for row in asked if row.tag not in twins]
        for row in asked:
            place = sight.places.get(row.tag)
            if row.key is None:
                now, again = self.unfinished.judge(row, place, sight)
                soon = soon or again
                lost = again and not self.unfinished.at_home(row, place)
                self._whole = self._whole or (lost and sight.reading is None)
                if now.finished is not None:
                    finished.append(now)
                elif now != row:
                    changed.append(now)
            elif self._is_finished(row, row.key, place, states.get(row.key), sight):
                finished.append(replace(row, finished=sight.lo))
        if soon:
            hurry = self._whole or self.unfinished.moved
            again_at = self.parts.around.monotonic() + (0 if hurry else LOOK_AGAIN_SECONDS)
            self.due = min(self.due, again_at)
        self._finish(finished, changed, sight)
        return soon or any(row.key is not None for row in finished)

    def _is_finished(
        self,
        row: TaggedRow,
        key: RowKey,
        place: TagPlace | None,
        state: RowState | None,
        sight: TagSight,
    ) -> bool:
        """Whether the row's key is not to be written (any more); else it is placed, or waits."""
        if place is not None and self._key_shown(place.contents) == key:
            return True
        stands = place is not None and self._stands(place)
        if place is not None and stands and self._as_believed(place.contents, state):
            self.places[row.tag] = place
            return False
        if sight.reading is not None:
            found = self._by_cells(row.tag, state, sight) or (place if stands else None)
            self._looks.pop(row.tag, None)
            if found is not None:
                self.places[row.tag] = found
            return found is None
        self._looks[row.tag] = self._looks.get(row.tag, 0) + 1
        self._whole = self._whole or not stands or self._looks[row.tag] > PATIENCE
        self.due = self.parts.around.monotonic() + (LOOK_AGAIN_SECONDS if stands else 0)
        return False

    def _by_cells(self, tag: str, state: RowState | None, sight: TagSight) -> TagPlace | None:
        """The row without a key that shows just what is believed of the one with the tag."""
        taken = {place.row for place in (*sight.places.values(), *self.places.values())}
        for standing in sight.reading.keyless if sight.reading is not None else ():
            if standing.row not in taken and self._as_believed(standing.contents, state):
                return TagPlace(tag, standing.row, standing.contents, attached=False)
        return None

    def _as_believed(self, contents: Contents, state: RowState | None) -> bool:
        return state is not None and as_believed(state, contents, self.parts.table)

    def _key_shown(self, contents: Contents) -> RowKey | None:
        header = self.parts.table.mapping.header
        try:
            return self.parts.table.key_from_cells(
                {header(column): cell for column, cell in contents.items()}
            )
        except UnfitValueError:
            return None

    def _stands(self, place: TagPlace) -> bool:
        """Whether the row is there, without its full key."""
        blank = not any(_filled(content) for content in place.contents.values())
        return not blank and not all(
            _filled(place.contents.get(column)) for column in self.parts.table.key
        )

    # Two tags on one row: two edits of it were tagged at the same moment.

    def _twins(
        self, asked: Sequence[TaggedRow], sight: TagSight
    ) -> list[tuple[TaggedRow, TaggedRow]]:
        """Rows that stand where another tagged row stands: they are that one's from now on.

        The one that has a key goes first, then the older one. A second key that was given is found
        missing in the sheet, and its row is deleted.
        """
        first: dict[int, TaggedRow] = {}
        twins: list[tuple[TaggedRow, TaggedRow]] = []
        for row in sorted(asked, key=lambda one: (one.key is None, one.time, one.tag)):
            place = sight.places.get(row.tag)
            if place is None:
                continue
            other = first.setdefault(place.row, row)
            if other is not row:
                twins.append((replace(row, key=other.key, finished=sight.lo), other))
        return twins

    # The end of it

    def _finish(
        self, rows: Sequence[TaggedRow], changed: Sequence[TaggedRow], sight: TagSight
    ) -> None:
        if not rows and not changed:
            return
        ended = {row.tag for row in rows}
        changed = [row for row in changed if row.tag not in ended]
        with self.parts.store.begin() as transaction:
            transaction.save_tagged([*rows, *changed])
            self.handed = self.unfinished.hand_over(transaction)
        self.unfinished.carried.clear()
        self.rows.update({row.tag: row for row in changed})
        for row in rows:
            log.info("row %s needs no key any more", row.tag)
            self._forget(row.tag)
            if row.tag in sight.places:
                self.old_tags[row.tag] = None

    def is_as_known(self, row: TaggedRow, place: TagPlace) -> bool:
        """Whether a row stands at its tag as it is remembered: unfinished, or given up."""
        blank = not any(_filled(content) for content in place.contents.values())
        named = self._key_shown(place.contents) is not None
        return not named and not (blank and row.lacks) and self.unfinished.at_home(row, place)

    def _forget(self, tag: str) -> None:
        self.unfinished.fresh.discard(tag)
        self.rows.pop(tag, None)
        self.places.pop(tag, None)
        self._looks.pop(tag, None)

    # The call

    def contradict(self, layout: TabLayout) -> bool:
        """Whether keyed rows stood by ``layout`` where rows without a key were found since.

        One of the two is outdated, and a call that trusts both would write to a row twice.
        """
        keyed = layout.index.rows
        if all(keyed[place.row : place.row + 1] in ([], [None]) for place in self.places.values()):
            return False
        self.places.clear()
        self.ask()
        return True

    def writes(self, transaction: Transaction) -> list[RowWrite]:
        """The keys that the next call writes, each with what its row is owed beside."""
        placed = [
            (row.key, place)
            for tag, place in list(self.places.items())[:KEYS_PER_CALL]
            if (row := self.rows.get(tag)) is not None and row.key is not None
        ]
        states = transaction.states([key for key, _ in placed])
        writes = []
        for key, place in placed:
            op, image = states[key].owed_to_sheet() if key in states else ("", {})
            writes.append(RowWrite("key", key, image if op == "update" else {}, place))
        return writes

    def tags_to_take(self) -> list[str]:
        """The tags that the next call takes away."""
        self._taking = list(self.old_tags)
        return self._taking

    def answered(self, transaction: Transaction, answer: CallAnswer, hi: int) -> None:
        """Note which keys the sheet shows now; the others are looked for again."""
        tags = {place.tag for place in _places(answer)}
        written = [replace(row, finished=hi) for tag, row in self.rows.items() if tag in tags]
        transaction.save_tagged(written)

    def call_ended(self, answer: CallAnswer | None) -> None:
        """A call came to its end (None: it was not applied): rows may stand elsewhere now."""
        self.places.clear()
        if answer is not None:
            for tag in self._taking:
                self.old_tags.pop(tag, None)
            for place in _places(answer):
                self._forget(place.tag)
        if self.withheld:
            self.ask()


def _places(answer: CallAnswer) -> list[TagPlace]:
    """Where keys were written."""
    places = (reached.placed.write.at for reached in answer.reached)
    return [place for place in places if place is not None]


def _filled(content: CellContent) -> bool:
    return content is not None and content != ""
