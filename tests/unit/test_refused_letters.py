"""What the dead letters of a refused row hold, so that all of it can be given back."""

from __future__ import annotations

import orjson

from sink.core.decision import Loss
from sink.core.mapping import Policy, Rule
from sink.core.row_state import WHOLE_ROW, RowState
from sink.core.version import Origin, Version
from sink.inbound import Inbox
from sink.refused_letters import refused_letters
from tests.simulation.acts import row_key
from tests.simulation.setting import mapped_table

TABLE = mapped_table(Rule(Policy.LAST_WRITE_WINS))
REASON = "is not taken"


def version(value: bool | str | None, origin: Origin = Origin.SHEET) -> Version:
    return Version(value, 1, origin, seen_from=1)


def test_a_row_that_may_not_come_back_is_told_with_all_that_it_held() -> None:
    cells = {"a": version("typed"), "b": version("old", Origin.DATABASE), "u": version(None)}
    state = RowState(row_key(1), life=version(False, Origin.DATABASE), cells=cells)
    alive, dead = version(True), version(False, Origin.DATABASE)
    losses = [Loss(None, dead, alive, "refused"), Loss(None, alive, dead, "refused")]
    [letter] = refused_letters(state, [], {("", WHOLE_ROW): REASON}, losses, Inbox(), TABLE, state)
    assert orjson.loads(letter.wish or b"null") == {
        "key": {"id": 1},
        "values": {"a": "typed", "b": "old"},
        "contents": {},
        "exists": True,
    }
