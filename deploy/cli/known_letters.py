"""Dead letters met with what is refused now: which are open, and of which cells none tells."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from deploy.cli import stored_state
from deploy.cli.dead_letter_topic import StoredLetter
from deploy.cli.failure import CommandError
from deploy.cli.letter_standing import (
    RefusedCell,
    cells_of,
    judged,
    read_states,
    refused_cells,
)
from sink.core.configuration import Configuration
from sink.core.mapping import in_quotes
from sink.core.mark_texts import sentence
from sink.core.row_state import WHOLE_ROW


@dataclass(frozen=True, slots=True)
class Known:
    """``letters``, judged; ``untold`` are refused cells of which no open letter tells.

    ``away`` says why the database could not be asked: then nothing more is known of the letters
    than what operators have decided.
    """

    letters: list[StoredLetter]
    untold: list[RefusedCell] = field(default_factory=list)
    away: str | None = None


def known_of(
    configuration: Configuration,
    letters: Sequence[StoredLetter],
    mapping: str | None = None,
    *,
    untold: bool = True,
) -> Known:
    """What is known of ``letters``, which are all of ``mapping`` (None: of all mappings).

    ``untold`` False: refused cells are not looked for.
    """
    try:
        with stored_state.connected(configuration.database) as connection:
            undecided = [each for each in letters if each.settled is None]
            found = judged(letters, read_states(connection, undecided))
            told = {cell for each in found if each.outcome is None for cell in cells_of(each)}
            rest = refused_cells(connection, mapping) if untold else ()
            names = {each.name for each in configuration.mappings}
            return Known(
                found,
                [
                    each
                    for each in rest
                    if each.mapping in names and (each.mapping, each.key, each.column) not in told
                ],
            )
    except CommandError as error:
        return Known(list(letters), away=error.problem)


def cell_place(cell: RefusedCell) -> str:
    """The row of a refused cell by its key, and its column."""
    row = ", ".join(f"{column} = {part}" for column, part in json.loads(cell.key).items())
    return row if cell.column == WHOLE_ROW else f"{row}: {cell.column}"


def cell_reason(cell: RefusedCell, configuration: Configuration) -> str:
    """Why it is refused, as the note in the sheet has it."""
    if cell.column == WHOLE_ROW:
        return sentence(cell.reason)
    names = {each.name: each.header(cell.column) for each in configuration.mappings}
    header = in_quotes(names.get(cell.mapping, cell.column))
    return f"{header} {cell.reason}"


def cell_as_object(cell: RefusedCell, configuration: Configuration) -> dict[str, object]:
    """A refused cell for a program, with the members of a letter; it has no number."""
    of_a_record = ("number", "at", "topic", "offset", "error", "stage", "edit", "value")
    return {
        **dict.fromkeys(of_a_record),
        "mapping": cell.mapping,
        "reason": cell_reason(cell, configuration),
        "row": cell_place(cell),
        "open": True,
        "settled": None,
        "key": cell.key.decode("utf-8", "replace"),
    }
