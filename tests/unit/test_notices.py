"""What a tab is told of a mapping that cannot begin: once, and again where that failed."""

from __future__ import annotations

from typing import cast

import pytest

from sink import notices
from sink.core.mapping import Mapping
from sink.notices import Notices
from sink.trouble_note import AGAIN_SECONDS
from sink.writers.sheets.client import SheetsClient
from sink.writers.sheets.errors import UnknownFateError

ORDERS = Mapping("orders", "shop.orders", "S", "orders", ("id",))


class Board:
    """A tab that may be away; ``told`` are the reasons that were posted in it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.told: list[str] = []
        self.fails: Exception | None = None
        self.now = 0.0
        monkeypatch.setattr(notices, "post_notice", self._post)

    def _post(self, _client: object, _mapping: Mapping, reason: str) -> None:
        if self.fails is not None:
            raise self.fails
        self.told.append(reason)

    def notices(self) -> Notices:
        return Notices(lambda _: cast("SheetsClient", None), lambda: self.now)


@pytest.fixture
def board(monkeypatch: pytest.MonkeyPatch) -> Board:
    return Board(monkeypatch)


def post(board: Board, told: Notices, *reasons: str) -> list[str]:
    """Post them one after the other, each done with before the next."""
    for reason in reasons:
        told.post(ORDERS, reason)
        told.settle()
    return board.told


def test_a_reason_is_told_once_until_a_worker_begins(board: Board) -> None:
    told = board.notices()
    assert post(board, told, "no table", "no table") == ["no table"]
    board.now += 2 * AGAIN_SECONDS
    assert post(board, told, "no table") == ["no table"], "it stands there still"
    assert post(board, told, "no key") == ["no table", "no key"]
    told.begun(ORDERS)
    assert post(board, told, "no key") == ["no table", "no key", "no key"]


@pytest.mark.parametrize("error", [UnknownFateError("503"), KeyError("unforeseen")])
def test_where_that_failed_it_is_told_a_minute_later(board: Board, error: Exception) -> None:
    told = board.notices()
    board.fails = error
    assert post(board, told, "no table") == []
    board.fails = None
    assert post(board, told, "no table") == []
    board.now += AGAIN_SECONDS
    assert post(board, told, "no table") == ["no table"]
