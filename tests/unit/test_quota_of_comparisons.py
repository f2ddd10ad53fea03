"""Comparisons leave half of a minute's reads to what writes need to know first, call by call."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, cast

import pytest

from sink.core.clock import GoogleClock
from sink.core.mapping import Rule
from sink.core.quota import WINDOW, Pace
from sink.parts import Parts
from sink.reconciliation import Reconciliation
from sink.writers.sheets.call import hidden_title
from sink.writers.sheets.client import Answered, Quota, SheetsClient
from sink.writers.sheets.layout import TabLayout
from sink.writers.sheets.tab import Tab
from tests.simulation.setting import TAB, mapped_table

PER_MINUTE = 60
MINUTES = 5
HALF = PER_MINUTE // 2
TABLE = mapped_table(Rule())
HEADERS = list(TABLE.columns_by_header)


@dataclass
class Account:
    """A Google account whose clock moves by hand, and when each of its reads went."""

    now: float = 0.0
    reads: list[float] = field(default_factory=list)
    quota: Quota = field(init=False)

    def __post_init__(self) -> None:
        clock = GoogleClock.starting_from(0, 0)
        self.quota = Quota(
            Pace(PER_MINUTE),
            Pace(PER_MINUTE),
            clock,
            sleep=self.sleep,
            micros=lambda: int(self.now * 1_000_000),
        )

    def sleep(self, seconds: float) -> None:
        self.now += max(seconds, 1e-3)

    def forget(self) -> None:
        """What was read so far does not count."""
        self.reads.clear()
        self.quota.reads.sent.clear()

    def most_in_a_minute(self) -> int:
        """To the millisecond: the quota counts in whole microseconds."""
        ends = [first + 60 - 1e-3 for first in self.reads]
        return max(
            sum(first <= read < end for read in self.reads)
            for first, end in zip(self.reads, ends, strict=True)
        )


class Client(SheetsClient):
    """Google's client up to where a call would go out; every tab is blank below its header."""

    def __init__(self, account: Account, rows: int) -> None:
        values = SimpleNamespace(batchGet=SimpleNamespace)
        sheets = SimpleNamespace(get=lambda **_: None, values=lambda: values)
        service = SimpleNamespace(spreadsheets=lambda: sheets, _http=None)
        super().__init__(service, "spreadsheet", account.quota)
        self._account = account
        self._rows = rows

    def _send(self, request: Any) -> Answered:
        self._account.reads.append(self._account.now)
        self._account.now += 1e-3
        if request is None:
            grid = {"rowCount": self._rows, "columnCount": len(HEADERS)}
            sheets = [
                {"properties": {"title": title, "sheetId": number, "gridProperties": grid}}
                for number, title in enumerate((TAB, hidden_title(TAB)))
            ]
            return Answered({"sheets": sheets}, 1, 2)
        by_column = request.majorDimension == "COLUMNS"
        header = {"values": [[title] for title in HEADERS] if by_column else [HEADERS]}
        blocks = [header if asked.endswith("!1:1") else {} for asked in request.ranges]
        return Answered({"valueRanges": blocks}, 1, 2)


class Mapping:
    """One mapping that always wants to be compared, and whose comparisons find differences."""

    def __init__(self, account: Account, rows: int = 1_000) -> None:
        store = SimpleNamespace(
            count_known=lambda: 0,
            each_known_key=lambda: (),
            scan=lambda: (),
            states=lambda _: {},
        )
        parts = SimpleNamespace(quota=account.quota, reconcile_every=0.0, store=store, table=TABLE)
        self.comparing = Reconciliation(cast(Parts, parts), due=0.0)
        self._tab = Tab(Client(account, rows), TABLE)
        self._tab.open()  # nothing is compared before the layout is known
        account.forget()
        columns = {column: place for place, column in enumerate(TABLE.columns_by_header.values())}
        self._layout = TabLayout(TAB, 0, 1, rows, len(HEADERS), 10, columns)

    def next_reading(self, now: float) -> Callable[[], None] | None:
        """The reading that is due now, if there is room for it."""
        read = self.comparing.next_reading(now, 0, self._layout)

        def run() -> None:
            assert read is not None
            while read(self._tab) is None:
                pass
            self.comparing.looking = None
            self.comparing.token = None if self.comparing.waiting else "differences"
            self.comparing.marked = True

        return None if read is None else run


def play(account: Account, mappings: Sequence[Mapping], seconds: float) -> None:
    """All mappings ask at one moment, each on its own thread; then they read."""
    while account.now < seconds:
        begun = [mapping.next_reading(account.now) for mapping in mappings]
        for run in begun:
            if run is not None:
                run()
        account.now += 0.5


def test_many_mappings_of_an_account_use_half_of_its_reads_and_all_of_that_half() -> None:
    account = Account()
    play(account, [Mapping(account) for _ in range(40)], MINUTES * 60)
    assert account.most_in_a_minute() == HALF
    assert len(account.reads) >= (MINUTES - 1) * HALF


def test_the_chunks_of_one_large_tab_count_each() -> None:
    account = Account()
    play(account, [Mapping(account, rows=1_000_000)], MINUTES * 60)
    assert account.most_in_a_minute() == HALF
    assert len(account.reads) >= (MINUTES - 1) * HALF


def test_a_large_tab_beside_small_ones() -> None:
    account = Account()
    others = [Mapping(account) for _ in range(10)]
    play(account, [Mapping(account, rows=400_000), *others], MINUTES * 60)
    assert account.most_in_a_minute() <= HALF


def test_keys_read_on_a_hint_count_too() -> None:
    account = Account()
    mappings = [Mapping(account) for _ in range(70)]
    for mapping in mappings:
        mapping.comparing.due = mapping.comparing.whole_due = 1e9
        mapping.comparing.hinted(["REMOVE_ROW"], account.now)
        mapping.comparing.due = 1e9
    play(account, mappings, 59)
    assert len(account.reads) == HALF


@pytest.mark.parametrize(("used", "begins"), [(HALF - 1, True), (HALF, False)])
def test_none_begins_once_half_is_used_by_whatever_reads(used: int, begins: bool) -> None:
    account = Account()
    for _ in range(used):
        account.quota.spend(account.quota.reads)
    assert (account.quota.grant_comparison(1, "one", begins=True) is not None) is begins


def test_what_one_look_was_granted_and_did_not_take_is_free_after_a_minute() -> None:
    account = Account()
    quota = account.quota
    assert quota.grant_comparison(HALF, "large", begins=True) is not None
    assert quota.grant_comparison(1, "one", begins=False) is None
    account.now = WINDOW
    assert quota.grant_comparison(1, "one", begins=False) is not None


def test_a_look_that_waits_for_the_quota_is_told_once_each_time(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO")
    account = Account()
    mapping = Mapping(account)

    def waits() -> int:
        return sum("quota of reads" in record.message for record in caplog.records)

    for turn in (1, 2):
        for _ in range(HALF):
            account.quota.spend(account.quota.reads)
        assert [mapping.next_reading(account.now) for _ in range(3)] == [None] * 3
        assert waits() == turn
        account.now += WINDOW
        read = mapping.next_reading(account.now)
        assert read is not None
        read()
        mapping.comparing.token = None
