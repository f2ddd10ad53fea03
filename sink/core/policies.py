"""Who wins a true crossing: the rules of a mapping, made callable.

A user's function is given a ``Crossing`` and returns the origin that wins. Whatever it does, the
resolver stays a pure function of its answer; an answer that is no origin is a ConfigurationError.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from sink.core.change_event import Image
from sink.core.errors import ConfigurationError
from sink.core.mapping import Direction, Policy, Rule
from sink.core.mapping import Mapping as TableMapping
from sink.core.values.codec import Value
from sink.core.version import Absent, Origin, Version, newer


@dataclass(init=False, slots=True)
class Crossing:
    """Two edits of one cell, neither made in sight of the other.

    ``column`` is None where one of them deletes the row. ``base`` is the value that the challenger
    replaced where that is known, else ABSENT. ``row`` are the agreed values of the row.
    """

    column: Final[str | None]
    challenger: Final[Version]
    holder: Final[Version]
    base: Final[Value | Absent]
    row: Final[Image]

    def __init__(
        self,
        column: str | None,
        challenger: Version,
        holder: Version,
        base: Value | Absent,
        row: Image,
    ) -> None:
        self.column = column
        self.challenger = challenger
        self.holder = holder
        self.base = base
        self.row = row


Decide = Callable[[Crossing], Origin]


def last_write_wins(crossing: Crossing) -> Origin:
    """The younger edit; ties as ``version.newer`` has them."""
    if newer(crossing.challenger, crossing.holder):
        return crossing.challenger.origin
    return crossing.holder.origin


def database_wins(_: Crossing) -> Origin:
    """The database's edit."""
    return Origin.DATABASE


def sheet_wins(_: Crossing) -> Origin:
    """The sheet's edit."""
    return Origin.SHEET


_BUILT_IN: dict[Policy, Decide] = {
    Policy.LAST_WRITE_WINS: last_write_wins,
    Policy.DATABASE_WINS: database_wins,
    Policy.SHEET_WINS: sheet_wins,
}


_MUTE: dict[Direction, Origin | None] = {
    Direction.BOTH: None,
    Direction.TO_SHEET: Origin.SHEET,
    Direction.TO_DATABASE: Origin.DATABASE,
}


@dataclass(frozen=True, slots=True)
class Rules:
    """The decisions of one mapping, by column, and what the resolver must know of the table.

    ``required`` are the columns without which the database takes no new row. ``mute`` is the side
    whose edits always lose, where the mapping goes one way only. ``denied`` are columns of the
    event in hand whose change a person has refused: it loses like one of a mute side.
    """

    default: tuple[str, Decide] = ("last_write_wins", last_write_wins)
    by_column: Mapping[str, tuple[str, Decide]] = field(default_factory=dict)
    required: frozenset[str] = frozenset()
    mute: Origin | None = None
    denied: frozenset[str] = frozenset()

    def denying(self, columns: frozenset[str]) -> Rules:
        """The rules for an event of which a person has refused ``columns``."""
        return replace(self, denied=columns) if columns else self

    def prefers_challenger(self, crossing: Crossing) -> tuple[bool, str]:
        """Whether the challenger wins, and the name of the rule that decided.

        Two edits of one origin cannot be told apart by a preference for an origin: the younger
        wins.
        """
        if crossing.challenger.origin is self.mute:
            return False, "one_way"
        if crossing.column in self.denied:
            return False, "refused"
        name, decide = self.default
        if crossing.column is not None:
            name, decide = self.by_column.get(crossing.column, self.default)
        if crossing.challenger.origin is crossing.holder.origin:
            return newer(crossing.challenger, crossing.holder), "last_write_wins"
        return decide(crossing) is crossing.challenger.origin, name


def rules_of(mapping: TableMapping, *, required: frozenset[str] = frozenset()) -> Rules:
    """The rules that ``mapping`` declares; raises ConfigurationError for an unusable function."""
    return Rules(
        default=_named(mapping.rule, mapping),
        by_column={column: _named(rule, mapping) for column, rule in mapping.column_rules.items()},
        required=required,
        mute=_MUTE[mapping.direction],
    )


def _named(rule: Rule, mapping: TableMapping) -> tuple[str, Decide]:
    if rule.function is None:
        return rule.policy.value, _BUILT_IN[rule.policy]
    return rule.function, _load(rule.function, mapping)


def _load(path: str, mapping: TableMapping) -> Decide:
    module_name, _, attribute = path.partition(":")
    mend = f'Write policy = "module:function" with a function that can be imported ({path!r})'
    said = f"the policy function of mapping {mapping.name!r} cannot be loaded"
    try:
        function = getattr(importlib.import_module(module_name), attribute)
    except Exception as error:  # whatever a user's module does as it is imported
        raise ConfigurationError(f"{said}: {error}", mend=mend) from error
    if not callable(function):
        raise ConfigurationError(f"{said}: {path} is no function", mend=mend)

    def decide(crossing: Crossing) -> Origin:
        try:
            answer = function(crossing)
        except Exception as error:
            cell = "a row's existence" if crossing.column is None else f"column {crossing.column}"
            raise ConfigurationError(
                f"{path} failed on {cell}: {type(error).__name__}: {error}",
                mend="Mend the function; the mapping goes on from there once the sink is restarted",
            ) from error
        if answer not in (Origin.DATABASE, Origin.SHEET):
            raise ConfigurationError(
                f"{path} returned {answer!r}", mend="Return 'database' or 'sheet'"
            )
        return Origin(answer)

    return decide
