"""Rungs 6 to 9 and the existence of rows: what a crossing leaves, and what it logs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sink.core.change_event import Image
from sink.core.crossing import agree, forget_in_db, merge_cell, merge_delete, revive
from sink.core.decision import Decision, Loss
from sink.core.policies import Crossing, Decide, Rules, database_wins, sheet_wins
from sink.core.row_state import WHOLE_ROW, RowState
from sink.core.values.codec import Value
from sink.core.version import ABSENT, EVER, Absent, Origin, Version
from tests.unit.core.rows import KEY, ROW, RULES, change, merged, of_database, of_sheet, standing

DATABASE_WINS = Rules(("database_wins", database_wins))
SHEET_WINS = Rules(("sheet_wins", sheet_wins))


class Witness:
    """A function of a user's own that writes down what it is asked."""

    def __init__(self, answer: Decide = database_wins) -> None:
        self.asked: list[Crossing] = []
        self._answer = answer
        self.rules = Rules(("witness", self))

    def __call__(self, crossing: Crossing) -> Origin:
        self.asked.append(crossing)
        return self._answer(crossing)


def crossed(
    challenger: Version,
    holder: Version | None,
    rules: Rules = RULES,
    *,
    seen: bool = False,
    log_seen: bool = False,
    base: Value | Absent = ABSENT,
) -> Decision:
    state = standing()
    state.refused["a"] = "too long"
    if holder is None:
        del state.cells["a"]
    else:
        state.cells["a"] = holder
    decision = Decision(state)
    merge_cell(decision, "a", challenger, rules, seen=seen, base=base, log_seen=log_seen)
    return decision


YOUNG, OLD = of_sheet("S", 6), of_database("D", 5)


def test_a_cell_without_a_version_takes_any() -> None:
    decision = crossed(YOUNG, None)
    assert decision.state.cells["a"] == YOUNG
    assert decision.state.refused == {}
    assert decision.losses == []


@pytest.mark.parametrize("seen", [True, False])
def test_the_mute_side_sets_no_cell(seen: bool) -> None:
    mute = Rules(mute=Origin.SHEET)
    assert "a" not in crossed(YOUNG, None, mute, seen=seen).state.cells
    decision = crossed(YOUNG, OLD, mute, seen=seen)
    assert decision.state.cells["a"] == OLD
    assert decision.losses == [Loss("a", YOUNG, OLD, "one_way")]
    other = crossed(OLD, None, mute)
    assert other.state.cells["a"] == OLD


def test_a_refused_column_loses_though_it_was_seen() -> None:
    denying = RULES.denying(frozenset({"a"}))
    decision = crossed(YOUNG, OLD, denying, seen=True)
    assert decision.state.cells["a"] == OLD
    assert decision.losses == [Loss("a", YOUNG, OLD, "refused")]
    assert decision.state.refused == {"a": "too long"}


def test_what_the_database_made_is_written_again_where_its_own_change_is_refused() -> None:
    state = standing()
    state.cells["a"] = replace(of_database("made", None), made=True)
    refused = replace(change(5, ROW, {**ROW, "a": "X"}), denied=frozenset({"a"}))
    after = merged(state, [refused]).state
    assert after.cells["a"] == of_database("made", None)
    assert after.owed_to_table() == ("update", {"a": "made"})


def test_a_refused_edit_of_the_sheet_leaves_what_the_database_made_in_the_table() -> None:
    made = replace(OLD, made=True)
    decision = crossed(YOUNG, made, RULES.denying(frozenset({"a"})))
    assert decision.state.cells["a"] == made
    assert decision.state.owed_to_table() == ("", {})


def test_the_younger_wins_a_crossing_and_the_other_is_logged() -> None:
    won = crossed(YOUNG, OLD)
    assert won.state.cells["a"] == YOUNG
    assert won.losses == [Loss("a", OLD, YOUNG, "last_write_wins")]
    assert won.state.refused == {}
    lost = crossed(OLD, YOUNG)
    assert lost.state.cells["a"] == YOUNG
    assert lost.losses == [Loss("a", OLD, YOUNG, "last_write_wins")]
    assert lost.state.refused == {"a": "too long"}


def test_an_edit_in_sight_wins_and_is_logged_only_where_sight_was_inferred() -> None:
    late = of_sheet("S", 4)
    decision = crossed(late, OLD, seen=True)
    assert decision.state.cells["a"] == late
    assert decision.losses == []
    inferred = crossed(late, OLD, seen=True, log_seen=True)
    assert inferred.state.cells["a"] == late
    assert inferred.losses == [Loss("a", OLD, late, "seen")]


@pytest.mark.parametrize("seen", [True, False])
def test_of_equal_values_the_stamp_that_the_rule_prefers_is_kept(seen: bool) -> None:
    ours, theirs = of_sheet("X", 6), of_database("X", 5)
    kept = crossed(theirs, ours, seen=seen)
    assert kept.state.cells["a"] == ours
    assert kept.state.refused == {"a": "too long"}
    taken = crossed(theirs, ours, DATABASE_WINS, seen=seen)
    assert taken.state.cells["a"] == theirs
    assert taken.state.refused == {}
    assert kept.losses == taken.losses == []


def test_a_function_is_asked_with_all_that_is_known() -> None:
    witness = Witness()
    crossed(YOUNG, OLD, witness.rules, base="A")
    assert witness.asked == [Crossing("a", YOUNG, OLD, "A", {"a": "D", "b": "A"})]


def test_a_function_is_not_asked_about_an_edit_made_in_sight() -> None:
    witness = Witness()
    assert crossed(YOUNG, OLD, witness.rules, seen=True).state.cells["a"] == YOUNG
    assert witness.asked == []


def deleted(
    tombstone: Version, rules: Rules = RULES, *, saw: bool = False, **cells: Version
) -> Decision:
    state = standing()
    state.cells.update(cells)
    state.refused.update({"a": "too long", WHOLE_ROW: "no"})
    decision = Decision(state)
    merge_delete(decision, tombstone, rules, saw=lambda _: saw)
    return decision


def test_a_delete_in_sight_of_everything_takes_the_row_and_its_reasons() -> None:
    decision = deleted(of_sheet(False, 1), saw=True)
    assert decision.state.life == of_sheet(False, 1)
    assert decision.state.refused == {}
    assert decision.losses == []


@pytest.mark.parametrize("saw", [True, False])
def test_a_delete_of_the_mute_side_loses(saw: bool) -> None:
    decision = deleted(of_sheet(False, 9), Rules(mute=Origin.SHEET), saw=saw)
    assert decision.state.alive
    assert [(loss.loser, loss.rule) for loss in decision.losses] == [
        (of_sheet(False, 9), "one_way")
    ]
    assert decision.state.cells["a"].in_db == EVER, "the table has the row as before"


def test_a_version_that_the_delete_had_not_seen_keeps_the_row() -> None:
    edit = of_sheet("S", 6)
    for rules, name in ((RULES, "last_write_wins"), (SHEET_WINS, "sheet_wins")):
        decision = deleted(of_database(False, 5), rules, a=edit)
        assert decision.state.alive
        assert decision.losses == [Loss(None, of_database(False, 5), edit, name)]
        assert all(version.in_db is None for version in decision.state.cells.values())


def test_cells_that_a_delete_beats_are_logged_and_the_row_s_being_is_not() -> None:
    edit, tomb = of_sheet("S", 4), of_database(False, 5)
    decision = deleted(tomb, a=edit)
    assert decision.state.life == tomb
    unknown = standing().cells["b"]
    assert decision.losses == [
        Loss("a", edit, tomb, "last_write_wins"),
        Loss("b", unknown, tomb, "last_write_wins"),
    ]


def test_a_function_is_asked_about_a_delete_with_what_the_row_holds() -> None:
    witness = Witness()
    edit, tomb = of_sheet("S", 4), of_database(False, 5)
    deleted(tomb, witness.rules, a=edit)
    assert witness.asked == [Crossing("a", tomb, edit, "S", {"a": "S", "b": "A"})]


def dead(tombstone: Version) -> RowState:
    state = standing()
    state.life = tombstone
    return state


def tombs(held: Version | None, tombstone: Version, rules: Rules = RULES) -> Version | None:
    state = RowState(KEY) if held is None else dead(held)
    decision = Decision(state)
    merge_delete(decision, tombstone, rules, saw=lambda _: True)
    assert decision.losses == []
    return state.life


def test_a_delete_of_a_row_that_nobody_had_is_kept() -> None:
    assert tombs(None, of_database(False, 5)) == of_database(False, 5)


def test_of_two_tombstones_the_rule_keeps_one() -> None:
    ours = of_sheet(False, 4)
    assert tombs(ours, of_sheet(False, 5)) == of_sheet(False, 5)
    assert tombs(of_sheet(False, 5), ours) == of_sheet(False, 5)
    assert tombs(ours, of_database(False, 3), DATABASE_WINS) == of_database(False, 3)


def test_the_database_s_delete_beside_ours_has_not_seen_ours() -> None:
    ours = of_sheet(False, 6)
    assert tombs(ours, of_database(False, 5)) == ours
    settled = replace(ours, in_db=EVER)
    assert tombs(settled, of_sheet(False, 5)) == settled
    assert tombs(of_database(False, 7), ours) == of_database(False, 7)
    assert tombs(replace(ours, in_db=4), of_sheet(False, 5)) == replace(ours, in_db=4)


def test_an_operator_s_tombstone_stays_whatever_is_deleted_beside_it() -> None:
    given_back = replace(of_sheet(False, 6), outside=True)
    assert tombs(given_back, of_sheet(False, 9)) == given_back


def test_a_function_is_asked_about_two_tombstones() -> None:
    witness = Witness()
    ours, theirs = of_sheet(False, 6), of_database(False, 5)
    tombs(ours, theirs, witness.rules)
    assert witness.asked == [Crossing(None, theirs, ours, True, {"a": "A", "b": "A"})]


def revived(
    challenger: Version,
    tombstone: Version | None,
    rules: Rules = RULES,
    *,
    created: bool = False,
    **cells: Version,
) -> tuple[bool, Decision]:
    state = RowState(KEY) if tombstone is None else dead(tombstone)
    decision = Decision(state)
    returned = revive(decision, challenger, rules, list(cells.items()), created=created)
    assert returned is state.alive
    return returned, decision


def test_a_row_without_a_tombstone_needs_no_reviving() -> None:
    returned, decision = revived(of_sheet(True, 1), None)
    assert returned
    assert decision.state.life == of_sheet(True, 1)
    assert decision.losses == []


def test_one_cell_that_beats_the_tombstone_is_enough() -> None:
    tomb, edit = of_database(False, 5), of_sheet("S", 6)
    returned, decision = revived(of_sheet(True, 6), tomb, a=of_sheet("R", 4), b=edit)
    assert returned
    assert decision.losses == [Loss(None, tomb, edit, "last_write_wins")]
    assert decision.state.life == of_sheet(True, 6)
    assert all(version.in_db is None for version in decision.state.cells.values())


def test_cells_that_do_not_beat_the_tombstone_are_logged() -> None:
    tomb, edit = of_database(False, 5), of_sheet("S", 4)
    returned, decision = revived(of_sheet(True, 4), tomb, a=edit)
    assert not returned
    assert decision.state.life == tomb
    assert decision.losses == [Loss("a", edit, tomb, "last_write_wins")]


@pytest.mark.parametrize(
    ("before", "logged"),
    [
        (Loss("b", YOUNG, OLD, "dead"), 2),
        (Loss("a", of_sheet("R", 6), OLD, "dead"), 2),
        (Loss("a", YOUNG, OLD, "dead"), 1),
    ],
)
def test_an_edit_that_lost_to_its_row_s_tombstone_is_not_logged_again(
    before: Loss, logged: int
) -> None:
    decision = Decision(standing())
    decision.state.cells["a"] = OLD
    decision.losses.append(before)
    merge_cell(decision, "a", YOUNG, DATABASE_WINS, seen=False, base=ABSENT)
    assert len(decision.losses) == logged


@pytest.mark.parametrize(
    ("version", "kept"),
    [
        (of_database("D", 7), True),  # the database repeats what is agreed
        (of_database("E", 7), False),  # it makes another value of it: the lost one may be lost anew
        (of_database("L", 7), False),  # the lost one is agreed
        (of_sheet("E", 7), True),
    ],
)
def test_what_was_told_as_lost_is_remembered_until_the_database_makes_another_value(
    version: Version, kept: bool
) -> None:
    state = standing()
    state.cells["a"], state.told["a"] = OLD, "L"
    agree(state, "a", version)
    assert ("a" in state.told) is kept


def test_of_a_dead_row_only_the_very_edit_that_it_keeps_is_not_logged_again() -> None:
    tomb, edit = of_database(False, 5), of_sheet("S", 4)
    for kept, logged in ((edit, False), (of_sheet("R", 3), True), (of_database("S", 3), True)):
        decision = Decision(dead(tomb))
        decision.state.cells["a"] = replace(kept, in_db=None)
        assert not revive(decision, of_sheet(True, 4), RULES, [("a", edit)], created=False)
        assert bool(decision.losses) is logged


def test_a_creation_may_beat_the_tombstone_where_its_cells_do_not() -> None:
    tomb, edit = of_database(False, 5), of_sheet("S", 4)
    by_column = Rules(SHEET_WINS.default, {"a": DATABASE_WINS.default})
    assert not revived(of_sheet(True, 4), tomb, by_column, a=edit)[0]
    returned, decision = revived(of_sheet(True, 4), tomb, by_column, created=True, a=edit)
    assert returned
    assert decision.losses == [Loss(None, tomb, of_sheet(True, 4), "sheet_wins")]


def test_a_creation_that_loses_is_logged_by_its_cells_or_by_itself() -> None:
    tomb, edit, made = of_database(False, 5), of_sheet("S", 4), of_sheet(True, 4)
    _, with_cells = revived(made, tomb, created=True, a=edit)
    assert with_cells.losses == [Loss("a", edit, tomb, "last_write_wins")]
    for created in (True, False):
        _, bare = revived(made, tomb, created=created)
        assert bare.losses == [Loss(None, made, tomb, "last_write_wins")]


def test_a_function_is_asked_about_a_revival_by_column() -> None:
    witness = Witness()
    tomb, edit = of_database(False, 5), of_sheet("S", 6)
    revived(of_sheet(True, 6), tomb, witness.rules, a=edit)
    assert witness.asked == [Crossing("a", edit, tomb, False, {"a": "A", "b": "A"})]


def test_a_row_that_is_put_back_is_known_to_be_nowhere_in_the_table() -> None:
    state = standing()
    made = Version("M", 3, Origin.SHEET, in_db=EVER, made=True)
    state.cells["a"] = made
    forget_in_db(state)
    assert state.cells["a"] == replace(made, in_db=None, made=False)
    assert state.life is not None
    assert state.life.in_db is None
    bare = RowState(KEY)
    forget_in_db(bare)
    assert bare == RowState(KEY)


def test_the_image_that_a_function_sees_is_the_agreed_one() -> None:
    agreed: Image = {"a": "A", "b": "A"}
    assert standing().agreed == agreed
