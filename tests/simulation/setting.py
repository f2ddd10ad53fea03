"""What a seed draws once for its whole history: the policy, the clocks, and how much goes wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from sink.core.change_event import Image
from sink.core.columns import Column, Table
from sink.core.mapped_table import MappedTable
from sink.core.mapping import Guards, Mapping, Policy, Rule
from tests.simulation.agenda import MILLISECOND, SECOND

START = 1_800_000_000 * SECOND
ORIGIN_OF_OTHERS = "11111111-1111-1111-1111-111111111111"
OWN_SOURCE = "22222222-2222-2222-2222-222222222222"
CELLS = ("a", "b", "u")
TAB = "rows"
KEYS = (1, 2, 3, 4)


def sheet_unless_b(crossing: object) -> str:
    """A user's function: it depends on the column, and gives way to neither clock."""
    column = getattr(crossing, "column", None)
    return "database" if column == "b" else "sheet"


FUNCTION = f"{__name__}:{sheet_unless_b.__name__}"


@dataclass(frozen=True, slots=True)
class Setting:
    """One seed's world. Probabilities are per occasion; delays are the means, in microseconds.

    ``skew`` is how far the database's clock is ahead of Google's. ``unsure`` is how far our
    estimate of Google's clock may be off. ``touching``: a trigger of the database computes column
    ``u``; ``rounding``: it cuts a trailing ``~`` off column ``b``.
    """

    seed: int
    rule: Rule
    skew: int
    unsure: int
    touching: bool
    rounding: bool
    acts: int
    span: int
    reading_delay: int
    trigger_delay: int
    post_delay: int
    capture_delay: int
    call_time: int
    lost_trigger: float
    double_trigger: float
    resent_post: float
    failing_call: float
    crash: float
    connector_restart: float
    lost_change: float
    snapshot: float

    @classmethod
    def of(cls, seed: int) -> Setting:
        """Draw the setting of a seed: a third of all histories is calm, so that rare orders are
        met in each company."""
        draw = Random(f"{seed}/setting")
        calm = draw.random() < 0.34

        def chance(most: float) -> float:
            return 0.0 if calm or draw.random() < 0.4 else draw.uniform(0, most)

        return cls(
            seed,
            draw.choice(RULES),
            draw.choice((0, 0, 0, 8 * SECOND, -8 * SECOND, 50 * MILLISECOND)),
            draw.choice((0, 0, 0, 20 * MILLISECOND)),
            draw.random() < 0.2,
            draw.random() < 0.15,
            draw.randint(2, 12),
            draw.choice((1, 3, 8)) * SECOND,
            draw.choice((1, 30, 300)) * MILLISECOND,
            draw.choice((0, 0, 0, 40, 300)) * MILLISECOND,
            draw.choice((5, 100, 800)) * MILLISECOND,
            draw.choice((5, 40, 700)) * MILLISECOND,
            draw.choice((30, 300, 1_500)) * MILLISECOND,
            chance(0.3),
            chance(0.3),
            chance(0.4),
            chance(0.3),
            chance(0.05),
            chance(0.1),
            chance(0.05),
            chance(0.05),
        )

    def trigger(self) -> Callable[[Image], Image]:
        """What the database makes of a row that is written."""

        def run(image: Image) -> Image:
            made = dict(image)
            b = made.get("b")
            if self.rounding and isinstance(b, str):
                made["b"] = b.rstrip("~")
            if self.touching:
                made["u"] = f"{made.get('a')}|{made.get('b')}"
            return made

        return run


RULES = (
    *[Rule(Policy.LAST_WRITE_WINS)] * 5,
    Rule(Policy.DATABASE_WINS),
    Rule(Policy.SHEET_WINS),
    Rule(Policy.FUNCTION, FUNCTION),
)


def mapped_table(rule: Rule, guards: Guards) -> MappedTable:
    """A table with a whole-number key and three texts; the tab has a column of its own between."""
    columns = {
        "id": Column("id", "int", "int", nullable=False, precision=10),
        **{name: Column(name, "varchar", "varchar(40)", length=40) for name in CELLS},
    }
    mapping = Mapping(TAB, "demo.rows", "spreadsheet", TAB, ("id",), rule=rule, guards=guards)
    return MappedTable.of(mapping, Table("demo.rows", columns, ("id",)))
