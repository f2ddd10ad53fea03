"""The merge: ``resolve(event, state, rules) -> Decision``, a pure function.

The ladder of one cell, from an event (side, old, new, t) against the agreed version v. The first
rung that speaks decides:

1. *Known* positions and edit ids are dropped before this page (``sink.pipeline``).
2. The event says what its own side holds; that is believed even where the event loses. A look that
   shows what a cell may well have shown is no edit: from then on that is what it surely shows.
3. *Echo*: an event under our own write number settles the versions of that write (``in_db``). It
   never changes a value.
4. *Gap*: a before image unlike the last after image means that events were lost; those cells count
   as changed too.
5. *Superseded*: a sheet event older than a newer one of its cell, or contradicted by a later look,
   is history. *No news*: an event that shows what the cell was sure to show is no edit.
6. *Equal* values do not conflict; the stamp that the policy prefers is kept.
7. *Seen*: an edit made in sight of v wins, whatever the clocks say. A database edit saw v if v is
   the database's or was in the table by then; a before image that fits proves nothing. A sheet
   edit saw v if v is the sheet's, or made beside our write, or was surely shown by then, or if it
   was typed over v's very value (then v is logged).
8. *Crossing*: the rule of the column decides; ties fall to the database, then to value order. The
   loser is logged.
9. The winner is the new agreed version.

Rows: existence is merged like a cell. A delete crosses with every version that it had not seen; if
one of them beats it, the row lives and is put back. A dead row keeps its cells and goes on merging
them: an event must beat the tombstone to revive it, a create that saw the tombstone need not.
A delete that a guard holds is not merged yet: the row merges on, neither side is written, and the
delete is resolved as of its own time when a person releases it, or when its own side shows the row
again. Refused, it is logged and the row is put back (``held_deletes``).

A formula in a mapped cell is the sheet's: where one stands, a change made anywhere else loses to
it, whatever the policy (``formulas``).

An edit that an operator gives back from a log (``operator_edits``) belongs to neither side: it saw
what is agreed when it is merged, and neither side has seen it before it is shown or written.

Where the rules leave a choice, it is this. A look that finds nothing where nothing is believed to
stand leaves no trace: a creation read after it is carried out, and undone when the row is found
gone. Of a row that is deleted, made anew and deleted again between two looks the last delete alone
is seen, at the later look. A trigger that runs while a call of ours is under way, and reads what
that call writes, is taken for one that ran late, not for a person who typed that very value just
before the call: what the call replaced is then an edit still to come. It is logged where it loses,
and not because of that trigger: it stands in the end. An edit of a key whose trigger came too late
to tell the old key is a hint: the look that it asks for finds one row gone and another made, with
the cells as they stand. A user's function is asked about two versions at a time; where its answers
have no order (a beats b, b beats c, c beats a), who wins depends on which event was read first, and
every loser is logged. So it is with a row that both sides delete, and one makes anew at once, where
its columns have different rules.

Rungs 2 to 5 and 7 differ by side (``database_events``, ``sheet_events``, ``sheet_deletes``); 6, 8,
9 and the rows are shared (``crossing``).
"""

from __future__ import annotations

from sink.core.change_event import (
    ChangeEvent,
    DatabaseChange,
    HeldAnswer,
    OperatorEdit,
    SheetDelete,
    SheetEdit,
    SheetSight,
)
from sink.core.database_events import merge_database_change
from sink.core.decision import Decision
from sink.core.held_deletes import answer_held
from sink.core.operator_edits import merge_operator_edit
from sink.core.policies import Rules
from sink.core.row_state import RowState
from sink.core.sheet_deletes import merge_sheet_delete
from sink.core.sheet_events import merge_sheet_edit
from sink.core.sheet_sights import believe_sight


def resolve(event: ChangeEvent, state: RowState, rules: Rules) -> Decision:
    """Merge one event into a row.

    ``state`` stays as it is; the decision carries a new one. The same arguments give the same
    decision, always: the times are in the event.
    """
    decision = Decision(state.copy())
    match event:
        case DatabaseChange():
            merge_database_change(event, decision, rules)
        case SheetEdit():
            merge_sheet_edit(event, decision, rules)
        case SheetDelete():
            merge_sheet_delete(event, decision, rules)
        case OperatorEdit():
            merge_operator_edit(event, decision, rules)
        case SheetSight():
            believe_sight(event, decision.state)
        case HeldAnswer():
            answer_held(event, decision, rules)
    return decision
