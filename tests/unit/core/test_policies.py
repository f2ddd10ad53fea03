"""The rules of a mapping, made callable."""

from __future__ import annotations

import pytest

from sink.core.errors import ConfigurationError
from sink.core.mapping import Direction, Mapping, Policy, Rule
from sink.core.policies import Crossing, Rules, database_wins, rules_of, sheet_wins
from sink.core.version import ABSENT, Origin, Version

OF_SHEET = Version("S", 5, Origin.SHEET)
OF_DATABASE = Version("D", 5, Origin.DATABASE)
HERE = __name__


def by_the_row(crossing: Crossing) -> str:
    return "sheet" if crossing.row["b"] == crossing.base else "database"


def failing(crossing: Crossing) -> str:
    return "sheet" if crossing.row["missing"] else "database"


def undecided(_: Crossing) -> str:
    return "neither"


def mapping(rule: Rule, **columns: Rule) -> Mapping:
    return Mapping(
        "rows",
        "demo.rows",
        "spreadsheet",
        "rows",
        ("id",),
        rule=rule,
        column_rules=columns,
        direction=Direction.TO_SHEET,
    )


def crossing(column: str | None = "a", challenger: Version = OF_SHEET) -> Crossing:
    holder = OF_DATABASE if challenger is OF_SHEET else OF_SHEET
    return Crossing(column, challenger, holder, ABSENT, {"a": "D"})


def test_a_column_of_its_own_rule_and_the_others_by_the_mapping_s() -> None:
    declared = mapping(Rule(Policy.DATABASE_WINS), a=Rule(Policy.SHEET_WINS))
    rules = rules_of(declared, required=frozenset({"b"}))
    assert rules.required == {"b"}
    assert rules.mute is Origin.SHEET
    both_ways = Rules(rules.default, rules.by_column)
    assert both_ways.prefers_challenger(crossing("a")) == (True, "sheet_wins")
    assert both_ways.prefers_challenger(crossing("b")) == (False, "database_wins")
    assert both_ways.prefers_challenger(crossing(None)) == (False, "database_wins")


def test_of_one_origin_the_younger_wins_whatever_the_rule() -> None:
    rules = Rules(("database_wins", database_wins))
    younger = Version("B", 6, Origin.SHEET)
    one = Crossing("a", younger, OF_SHEET, ABSENT, {})
    other = Crossing("a", OF_SHEET, younger, ABSENT, {})
    assert rules.prefers_challenger(one) == (True, "last_write_wins")
    assert rules.prefers_challenger(other) == (False, "last_write_wins")


def test_a_mute_side_and_a_refused_column_lose() -> None:
    wins = ("sheet_wins", sheet_wins)
    assert Rules(wins, mute=Origin.SHEET).prefers_challenger(crossing()) == (False, "one_way")
    assert Rules(wins, mute=Origin.DATABASE).prefers_challenger(crossing()) == (True, "sheet_wins")
    denying = Rules(wins).denying(frozenset({"a"}))
    assert denying.prefers_challenger(crossing("a")) == (False, "refused")
    assert denying.prefers_challenger(crossing("b")) == (True, "sheet_wins")
    assert Rules(wins).denying(frozenset()).denied == frozenset()


def test_a_function_of_one_s_own_sees_the_crossing() -> None:
    path = f"{HERE}:by_the_row"
    name, decide = rules_of(mapping(Rule(Policy.FUNCTION, path))).default
    assert name == path
    assert decide(Crossing("a", OF_SHEET, OF_DATABASE, "B", {"b": "B"})) is Origin.SHEET
    assert decide(Crossing("a", OF_SHEET, OF_DATABASE, "C", {"b": "B"})) is Origin.DATABASE


@pytest.mark.parametrize(
    ("path", "why"),
    [
        (f"{HERE}:missing", "has no attribute 'missing'"),
        (f"{HERE}:a:b", "has no attribute 'a:b'"),
        (f"{HERE}:HERE", "is no function"),
        ("tests.unit.core.broken_policy:decide", "forgot to mend this"),
        ("no.such.module:decide", "No module named 'no'"),
    ],
)
def test_a_function_that_cannot_be_loaded_says_so_with_the_mend(path: str, why: str) -> None:
    mend = f'Write policy = "module:function" with a function that can be imported ({path!r})'
    unusable = Rule(Policy.FUNCTION, path)
    for declared in (mapping(unusable), mapping(Rule(Policy.DATABASE_WINS), a=unusable)):
        with pytest.raises(ConfigurationError) as caught:
            rules_of(declared)
        assert "the policy function of mapping 'rows' cannot be loaded: " in str(caught.value)
        assert why in str(caught.value)
        assert caught.value.mend == mend


def test_an_answer_that_is_no_side_says_so_with_the_mend() -> None:
    path = f"{HERE}:undecided"
    _, decide = rules_of(mapping(Rule(Policy.FUNCTION, path))).default
    with pytest.raises(ConfigurationError) as caught:
        decide(crossing())
    assert f"{path} returned 'neither'" in str(caught.value)
    assert caught.value.mend == "Return 'database' or 'sheet'"


def test_a_function_that_fails_says_where_with_the_mend() -> None:
    path = f"{HERE}:failing"
    _, decide = rules_of(mapping(Rule(Policy.FUNCTION, path))).default
    for column, where in (("a", "column a"), (None, "a row's existence")):
        with pytest.raises(ConfigurationError) as caught:
            decide(crossing(column))
        assert f"{path} failed on {where}: KeyError: 'missing'" in str(caught.value)
        assert caught.value.mend is not None
        assert caught.value.mend.startswith("Mend the function")
