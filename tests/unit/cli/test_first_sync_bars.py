"""Bars of first syncs, and the side that ``--prefer`` gives to all mappings."""

from __future__ import annotations

import io
import logging

import pytest
from rich.console import Console

from deploy.cli.first_sync_bars import FirstSyncBars
from deploy.cli.sink import preferring
from sink.core.version import Origin
from tests.unit.configuration.samples import WHOLE, parsed


def screen(*, terminal: bool) -> tuple[io.StringIO, Console]:
    written = io.StringIO()
    return written, Console(file=written, force_terminal=terminal, width=100)


def test_a_bar_tells_mapping_side_and_rows() -> None:
    written, console = screen(terminal=True)
    with FirstSyncBars(console) as bars:
        bars("orders", "the sheet", 120, 500)
        bars("lines", "the table", 1, 4)
        console.print("the log goes on")
    shown = written.getvalue()
    assert "orders: first sync, the sheet" in shown
    assert "120/500" in shown
    assert "lines: first sync, the table" in shown
    assert "the log goes on" in shown


def test_a_bar_that_is_full_goes_and_may_come_again() -> None:
    written, console = screen(terminal=True)
    with FirstSyncBars(console) as bars:
        bars("orders", "the sheet", 500, 500)
        written.truncate(0)
    assert "orders" not in written.getvalue()
    with FirstSyncBars(console) as bars:
        bars("orders", "the sheet", 1, 500)
    assert "1/500" in written.getvalue()


def test_a_log_gets_no_bars() -> None:
    written, console = screen(terminal=False)
    with FirstSyncBars(console) as bars:
        bars("orders", "the sheet", 1, 500)
        logging.getLogger("test").info("a line")
    assert written.getvalue() == ""


@pytest.mark.parametrize("side", [None, *Origin])
def test_a_preferred_side_is_every_mapping_s(side: Origin | None) -> None:
    found = preferring(parsed(WHOLE), side)
    assert [mapping.prefer for mapping in found.mappings] == [side] * len(found.mappings)
