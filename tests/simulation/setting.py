"""What a seed draws once for its whole history: the policy, the clocks, and how much goes wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

from sink.core.cell import CellContent
from sink.core.change_event import Image
from sink.core.columns import Column, Table
from sink.core.mapped_table import MappedTable
from sink.core.mapping import Guards, Policy, Rule
from sink.core.mapping import Mapping as TableMapping
from sink.core.retention import Retention
from tests.simulation.agenda import MILLISECOND, SECOND

START = 1_800_000_000 * SECOND
ORIGIN_OF_OTHERS = "11111111-1111-1111-1111-111111111111"
OWN_SOURCE = "22222222-2222-2222-2222-222222222222"
CELLS = ("a", "b", "u")
TAB = "rows"
WHERE = "u IS NULL OR u NOT LIKE 'x%'"
KEYS = (1, 2, 3, 4)
FOR_EVER = Retention(*[10**6 * SECOND] * 3)
FIRST_GIVEN = 101
"""The first key that the database gives by itself."""


def sheet_unless_b(crossing: object) -> str:
    """A user's function: it depends on the column, and gives way to neither clock."""
    column = getattr(crossing, "column", None)
    return "database" if column == "b" else "sheet"


FUNCTION = f"{__name__}:{sheet_unless_b.__name__}"


@dataclass(frozen=True, slots=True)
class Setting:
    """One seed's world. Probabilities are per occasion; delays are the means, in microseconds.

    ``skew`` is how far the database's clock is ahead of Google's, until somebody sets it
    (``set_clock``: when, and how far it is ahead from then on). ``unsure`` is how far our
    estimate of Google's clock may be off. ``touching``: a trigger of the database computes column
    ``u``; ``stamping``: ``u`` is an ``ON UPDATE`` column; ``rounding``: a trailing ``~`` is cut off
    column ``b``; ``defaulting``: ``b`` has a default. ``column_rules`` differ from the mapping's
    ``rule``. ``wide`` is the share of acts on many rows at once, ``typists`` that of people who
    type rows without a key, ``bunglers`` that of people who type what the database refuses,
    ``formulas`` that of people who put formulas into column ``a``; ``picky``: it refuses certain
    rows as a whole. ``where``: the tab shows only rows whose ``u`` does not begin with ``x``.
    ``retention`` may be so short that what is late comes too late. ``lag`` is for how long a new
    process reads nothing of the sheet's topic, at most.
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
    typists: float = 0.0
    bunglers: float = 0.0
    picky: bool = False
    formulas: float = 0.0
    where: bool = False
    wide: float = 0.0
    rebalance: float = 0.0
    redelivery: float = 0.0
    stamping: bool = False
    defaulting: bool = False
    column_rules: Mapping[str, Rule] = field(default_factory=dict)
    retention: Retention = FOR_EVER
    set_clock: tuple[int, int] | None = None
    lag: int = 0

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
            _skew(seed, draw.choice((0, 0, 0, 8 * SECOND, -8 * SECOND, 50 * MILLISECOND))),
            _unsure(seed, draw.choice((0, 0, 0, 20 * MILLISECOND))),
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
            chance(0.5),
            chance(0.05),
            chance(0.1),
            chance(0.05),
            chance(0.05),
            typists=max(0.0, Random(f"{seed}/typists").uniform(-0.6, 0.4)),
            bunglers=max(0.0, Random(f"{seed}/bunglers").uniform(-1.0, 0.6)),
            picky=Random(f"{seed}/picky").random() < 0.6,
            where=Random(f"{seed}/where").random() < 0.12,
            formulas=max(0.0, Random(f"{seed}/formulas").uniform(-0.4, 0.5)),
            wide=draw.choice((0.0, 0.2, 0.5)),
            rebalance=chance(0.6),
            redelivery=chance(0.2),
            stamping=draw.random() < 0.15,
            defaulting=draw.random() < 0.2,
            column_rules={column: draw.choice(RULES) for column in CELLS if draw.random() < 0.15},
            retention=_retention(seed),
            set_clock=_set_clock(seed),
            lag=max(0, int(Random(f"{seed}/lag").uniform(-12, 8) * SECOND)),
        )

    @classmethod
    def quiet(cls, rule: Rule) -> Setting:
        """A world in which nothing goes wrong by itself, and everything is quick."""
        quick = 5 * MILLISECOND
        return cls(
            seed=0,
            rule=rule,
            skew=0,
            unsure=0,
            touching=False,
            rounding=False,
            acts=0,
            span=0,
            reading_delay=quick,
            trigger_delay=0,
            post_delay=quick,
            capture_delay=quick,
            call_time=20 * MILLISECOND,
            lost_trigger=0.0,
            double_trigger=0.0,
            resent_post=0.0,
            failing_call=0.0,
            crash=0.0,
            connector_restart=0.0,
            lost_change=0.0,
            snapshot=0.0,
        )

    def server_time(self, now: int) -> int:
        """What the database's clock shows when Google's shows ``now``."""
        if self.set_clock is not None and now >= self.set_clock[0]:
            return now + self.set_clock[1]
        return now + self.skew

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

    def shows(self, image: Mapping[str, CellContent]) -> bool:
        """Whether the mapping's condition has the tab show a row."""
        return not (self.where and str(image.get("u") or "").startswith("x"))

    def stamp(self, now: Callable[[], int]) -> Callable[[Image, Image], Image]:
        """What the database makes of a row that is changed."""

        def run(before: Image, image: Image) -> Image:
            changed = any(image[column] != before[column] for column in ("a", "b"))
            if self.stamping and changed and image["u"] == before["u"]:
                return {**image, "u": f"t{now()}"}
            return image

        return run

    @property
    def defaults(self) -> Image:
        """What columns hold that a new row leaves out."""
        return {"b": "default"} if self.defaulting else {}

    @property
    def computed(self) -> frozenset[str]:
        """Columns that the database sets by itself."""
        return frozenset({"u"} if self.touching or self.stamping else ())

    def rule_of(self, column: str) -> Rule:
        """Who wins a crossing in a column."""
        return self.column_rules.get(column, self.rule)


def _unsure(seed: int, usual: int) -> int:
    """One in eight knows Google's clock as after its first answers: its seconds alone."""
    draw = Random(f"{seed}/unsure")
    return draw.randint(100, 600) * MILLISECOND if draw.random() < 0.125 else usual


def _skew(seed: int, usual: int) -> int:
    """In every tenth history the database's clock is wrong by minutes."""
    draw = Random(f"{seed}/skew")
    wrong = draw.choice((-1, 1)) * draw.randint(2, 15) * 60 * SECOND
    return wrong if draw.random() < 0.1 else usual


def _set_clock(seed: int) -> tuple[int, int] | None:
    """In some histories somebody sets the database's clock, right or wrong."""
    draw = Random(f"{seed}/clock")
    if draw.random() > 0.08:
        return None
    wrong = draw.choice((-1, 1)) * draw.randint(2, 600) * SECOND
    return START + draw.randint(0, 8 * SECOND), draw.choice((0, 0, wrong))


def _retention(seed: int) -> Retention:
    """In a third of all histories ids and tombstones are forgotten while acts go on; the conflict
    log is what the checks read, so it is kept."""
    draw = Random(f"{seed}/retention")
    if draw.random() > 0.34:
        return FOR_EVER
    ids = draw.choice((1, 2, 4)) * SECOND
    return Retention(ids, draw.choice((ids, 2 * ids)), FOR_EVER.conflicts)


RULES = (
    *[Rule(Policy.LAST_WRITE_WINS)] * 5,
    Rule(Policy.DATABASE_WINS),
    Rule(Policy.SHEET_WINS),
    Rule(Policy.FUNCTION, FUNCTION),
)


def mapped_table(
    rule: Rule,
    column_rules: Mapping[str, Rule] | None = None,
    guards: Guards | None = None,
    cells: Sequence[str] = CELLS,
    where: str | None = None,
) -> MappedTable:
    """A table with a whole-number key and three texts; the tab has a column of its own between."""
    columns = {
        "id": Column("id", "int", "int", nullable=False, precision=10, auto_increment=True),
        **{name: Column(name, "varchar", "varchar(40)", length=40) for name in cells},
    }
    mapping = TableMapping(
        TAB,
        "demo.rows",
        "spreadsheet",
        TAB,
        ("id",),
        rule=rule,
        column_rules=dict(column_rules or {}),
        guards=guards or Guards(),
        where=where,
    )
    return MappedTable.of(mapping, Table("demo.rows", columns, ("id",)))
