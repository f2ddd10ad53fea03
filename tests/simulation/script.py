"""The script in the sheet, played: from trigger events to posts, as ``appscript/src`` does it.

A trigger runs a while after the gesture and reads the cells as they stand then; it may be lost, or
run twice. Its post may be sent again under the same id, and posts may overtake one another.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from random import Random
from typing import Any

from deploy.sheets_emulator.gestures import Done
from sink.core.cell import ERROR_TEXTS, CellContent
from sink.core.mapped_table import MappedTable
from sink.sheet_writing import GRACE
from tests.simulation.agenda import MILLISECOND, Agenda
from tests.simulation.setting import FOR_EVER, Setting
from tests.simulation.sheet import PersonsSheet
from tests.simulation.streams import Topic, publish

SOON = GRACE // 2
"""A post that takes longer may come when what our call replaced has been merged without it."""

Post = dict[str, Any]


class Script:
    """Posts what people do, to the mapping's topic."""

    def __init__(
        self,
        sheet: PersonsSheet,
        topic: Topic,
        table: MappedTable,
        setting: Setting,
        agenda: Agenda,
        count: Callable[[str], None],
    ) -> None:
        self._sheet = sheet
        self._topic = topic
        self._table = table
        self._setting = setting
        self._agenda = agenda
        self._count = count
        self._chance = Random(f"{setting.seed}/script")
        self._outbox = Random(f"{setting.seed}/outbox")
        self.under_way = 0

    def fire(self, done: Done, told: Callable[[int, bool], None]) -> None:
        """Google fires the gesture's events; ``told`` hears when an edit's trigger ran, and whether
        it posted the edit soon enough to be waited for."""
        for kind, payload in done.events:
            if payload.get("changeType") == "EDIT":
                continue
            if self._chance.random() < self._setting.lost_trigger:
                self._count("lost triggers")
                continue
            runs = 1 + (self._chance.random() < self._setting.double_trigger)
            for _ in range(runs):
                self._later(self._setting.trigger_delay, kind, payload, told)
            if runs > 1:
                self._count("doubled triggers")

    def _later(
        self, mean: int, kind: str, payload: dict[str, Any], told: Callable[[int, bool], None]
    ) -> None:
        def run() -> None:
            self.under_way -= 1
            self._run(kind, payload, told)

        self.under_way += 1
        delay = int(self._chance.expovariate(1 / mean)) if mean else 0
        if delay:
            self._agenda.after(delay, run)
        else:
            run()

    def _run(self, kind: str, payload: dict[str, Any], told: Callable[[int, bool], None]) -> None:
        started = self._agenda.now // MILLISECOND
        if kind == "change":
            self._post({"kind": "hint", "change_type": payload["changeType"]}, started)
            return
        rows, hint = self._collect(payload)
        if hint:
            self._post({"kind": "hint", "change_type": hint}, started)
        took = self._post({"kind": "edit", "rows": rows}, started) if rows else GRACE
        told(started * MILLISECOND, took < SOON)

    def _collect(self, event: dict[str, Any]) -> tuple[list[Post], str | None]:
        """``collectEdit_`` of ``appscript/src/edit.gs``."""
        place = event["range"]
        headers = self._sheet.headers()
        mapped = [title for title in headers if title in self._table.columns_by_header]
        first, last = place["column"], place["column"] + place["columns"] - 1
        edited = [title for title in mapped if first <= headers.index(title) + 1 <= last]
        if not edited:
            return [], None
        single = place["rows"] == place["columns"] == 1
        typed = single and ("value" in event or "oldValue" in event)
        if typed and "value" in event:
            now = self._sheet.content(place["row"], edited[0])
            shows = {str(now), self._sheet.formula(place["row"], edited[0])}
            if event["value"] not in shows:
                return [], "MOVED"
        return self._rows(place, mapped, edited, event if typed else None)

    def _rows(
        self,
        place: dict[str, int],
        mapped: list[str],
        edited: list[str],
        typing: dict[str, Any] | None,
    ) -> tuple[list[Post], str | None]:
        key_edited = "id" in edited
        rows: list[Post] = []
        untold = False
        for number in range(place["row"], place["row"] + place["rows"]):
            contents = {title: self._sheet.content(number, title) for title in mapped}
            if all(content is None for content in contents.values()):
                untold = untold or key_edited
                continue
            keyless = contents["id"] is None
            sent = mapped if key_edited or keyless else edited
            row: Post = {
                "row": number,
                "key": {"id": contents["id"]},
                "cells": {title: self._cell(number, title, contents[title]) for title in sent},
            }
            if key_edited:
                row["key_edited"] = True
            if typing is not None:
                row["typed"] = True
                old = _old(typing.get("oldValue"))
                row["cells"][edited[0]]["old"] = old
                if key_edited and old is not None:
                    row["old_key"] = {"id": old}
            if keyless and "old_key" not in row:
                tag = f"{self._chance.getrandbits(48):012x}"
                row["row_tag"] = self._sheet.tag(number, tag)
            rows.append(row)
        return rows, "EDIT" if untold else None

    def _cell(self, row: int, title: str, content: CellContent) -> Post:
        formula = self._sheet.formula(row, title)
        error = formula is not None and content in ERROR_TEXTS
        return {
            "value": {"error": content} if error else content,
            **({"formula": formula} if formula else {}),
        }

    def _post(self, post: Post, started: int) -> int:
        """Send it, now and then twice; returns how long the first one takes."""
        whole = {
            "version": 1,
            "id": str(uuid.UUID(int=self._chance.getrandbits(128), version=4)),
            "spreadsheet_id": self._table.mapping.spreadsheet_id,
            "tab": self._table.mapping.tab,
            "time_ms": started,
            **post,
        }
        times = 1 + (self._chance.random() < self._setting.resent_post)
        if times > 1:
            self._count("posts sent again")
        delays = [self._delay() for _ in range(times)]
        for delay in delays:
            self.under_way += 1
            self._agenda.after(delay, lambda: self._deliver(whole))
        return min(delays)

    def _delay(self) -> int:
        sending = self._chance.uniform(0.2, 1.8) * self._setting.post_delay
        return int(sending + self._in_the_outbox())

    def _in_the_outbox(self) -> float:
        """Where ids are soon forgotten, a post now and then waits longer than that."""
        kept = self._setting.retention.edit_ids
        if kept == FOR_EVER.edit_ids or self._outbox.random() > 0.1:
            return 0.0
        return self._outbox.uniform(0.5, 2.0) * kept

    def _deliver(self, post: Post) -> None:
        self.under_way -= 1
        publish(post, self._topic, self._table.mapping.name)


def _old(text: str | None) -> object:
    """``oldContentOf_`` of ``appscript/src/cell_content.gs``."""
    if text is None or text == "":
        return None
    return int(text) if text.isdigit() else text
