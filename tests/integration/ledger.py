"""Everything that a move causes, counted once the whole bridge has come to rest.

A move is at rest when a later move has gone the whole way round and further marker rows have been
read and committed by the sink without anything else coming in between: no change event, no post,
no write to the sheet. What is counted then cannot grow any more by itself, and where it does grow
without end, ``rest`` fails.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from sqlalchemy import text

from deploy.cli import stored_state
from deploy.cli.configuration import load
from deploy.local.connections import a_new_connection_each_time
from tests.integration.bridge import PATIENCE_SECONDS, Bridge, eventually
from tests.integration.topics import Topic, topic

QUIET_ROUNDS = 2
UNHEARD_ROW = "N9EDIT"
"""A row of its own for the later move, which no other test touches."""

Json = Mapping[str, object]


@dataclass(frozen=True)
class Round:
    """What came between two markers, theirs left out."""

    changes: int
    posts: int
    writes: int


class Ledger:
    """One mapping's change events, posts and sheet writes since it was opened."""

    def __init__(self, bridge: Bridge, changes: Topic, posts: Topic) -> None:
        self._bridge = bridge
        self._changes, self._posts = changes, posts
        self._google = httpx.Client(base_url=bridge.endpoints.sheets_url, timeout=90, verify=False)
        self._database = load(Path(bridge.endpoints.config)).database
        self._root = a_new_connection_each_time(bridge.endpoints.root_mysql_url)
        self._have_a_row_for_unheard_edits()
        self._until_quiet()
        self._writes_from = self._writes()
        self._changes_from, self._posts_from = changes.end(), posts.end()

    def close(self) -> None:
        """Close the connections."""
        self._google.close()

    def changes(self, prefix: str) -> list[tuple[str, str]]:
        """Op and key of each change event whose first key column begins with ``prefix``."""
        found = []
        for event in self._changes.since(self._changes_from):
            image = event.get("after") or event.get("before")
            key = image.get(self._bridge.mapping.key[0]) if isinstance(image, dict) else None
            if key is not None and str(key).startswith(prefix):
                found.append((str(event["op"]), str(key)))
        return found

    def edits(self, prefix: str) -> list[list[str]]:
        """The keys of each post of edits that names a row whose key begins with ``prefix``."""
        found = []
        for post in self._posts.since(self._posts_from):
            rows = post.get("rows")
            keys = [_first_key(row) for row in rows] if isinstance(rows, list) else []
            if post["kind"] == "edit" and any(key.startswith(prefix) for key in keys):
                found.append(keys)
        return found

    def hints(self) -> list[str]:
        """The change type of each hint."""
        posts = self._posts.since(self._posts_from)
        return [str(post["change_type"]) for post in posts if post["kind"] == "hint"]

    def writes(self) -> int:
        """Calls of the public API that wrote to the sheet."""
        return self._writes() - self._writes_from

    def rest(self) -> None:
        """Return when nothing moves any more; fails if that does not happen."""
        self._unheard_edit()
        self._until_quiet()

    def _until_quiet(self) -> None:
        ends = time.monotonic() + PATIENCE_SECONDS
        quiet, seen = 0, list[Round]()
        self._round()
        while quiet < QUIET_ROUNDS:
            assert time.monotonic() < ends, f"it does not come to rest: {seen[-8:]}"
            seen.append(self._round())
            quiet = quiet + 1 if seen[-1] == Round(0, 0, 0) else 0

    def _unheard_edit(self) -> None:
        """A person's edit whose trigger is lost, found and brought to the table.

        That takes a whole reconciliation, which would find whatever else there is to be found.
        """
        bridge = self._bridge
        seats = bridge.letter("seats")
        row = bridge.row(tailnum=UNHEARD_ROW)
        assert row is not None
        value = row["seats"] % 30_000 + 1
        self._setting(drop_triggers=1)
        bridge.edit(f"{seats}{bridge.place(UNHEARD_ROW)}", [[value]])
        self._setting(drop_triggers=False)
        self._google.post(
            f"/_control/spreadsheets/{bridge.endpoints.spreadsheet_id}/script/run",
            json={"function": "sheetbridgeSyncNow", "args": []},
        ).raise_for_status()
        bridge.row_becomes({"seats": value}, tailnum=UNHEARD_ROW)

    def _have_a_row_for_unheard_edits(self) -> None:
        self._bridge.sql(
            f"INSERT IGNORE INTO {self._table} (tailnum, seats) VALUES (:key, 1)", key=UNHEARD_ROW
        )
        eventually(lambda: self._bridge.shown(UNHEARD_ROW), bool, "the row for unheard edits")

    def _setting(self, **settings: object) -> None:
        self._google.put("/_control/settings", json=settings).raise_for_status()

    def _round(self) -> Round:
        """Send a marker round, and wait until the sink has committed it and owes nothing."""
        self._google.post("/_control/settle").raise_for_status()
        changes, posts, writes = self._changes.end(), self._posts.end(), self._writes()
        token = self._marker()
        eventually(
            lambda: self._changes.records(changes),
            lambda records: any(token in (record.value or b"") for record in records),
            "the marker in the topic of changes",
        )
        name = self._bridge.mapping.name

        def behind() -> dict[str, int]:
            """What the sink has still to do."""
            with stored_state.connected(self._database) as connection:
                progress = stored_state.progress(connection)[name]
            return {
                "changes": self._changes.end() - progress.next_offsets.get(f"cdc.{self._table}", 0),
                "posts": self._posts.end() - progress.next_offsets.get(f"sheet.{name}", 0),
                "owed": progress.owed,
            }

        eventually(behind, lambda left: not any(left.values()), "what the sink has still to do")
        return Round(
            self._changes.end() - changes - 1,
            self._news(posts),
            self._writes() - writes,
        )

    @property
    def _table(self) -> str:
        return self._bridge.mapping.table

    def _news(self, offset: int) -> int:
        """Posts since ``offset``, less heartbeats."""
        return sum(post["kind"] != "heartbeat" for post in self._posts.since(offset))

    def _marker(self) -> bytes:
        token = uuid.uuid4().hex
        table = f"sheetbridge.marker__{self._table.replace('.', '__')}"
        with self._root.begin() as connection:
            connection.execute(
                text(f"INSERT INTO {table} (token, at) VALUES (:token, utc_timestamp(6))"),
                {"token": token},
            )
        return token.encode()

    def _writes(self) -> int:
        return int(self._google.get("/_control/stats").raise_for_status().json()["writes"])


def _first_key(row: object) -> str:
    assert isinstance(row, dict)
    return str(next(iter(row["key"].values())))


@contextmanager
def ledger(bridge: Bridge) -> Iterator[Ledger]:
    """Count from here on: what came before has come to rest."""
    bootstrap, mapping = bridge.endpoints.kafka_bootstrap, bridge.mapping
    with (
        topic(bootstrap, f"cdc.{mapping.table}") as changes,
        topic(bootstrap, f"sheet.{mapping.name}") as posts,
    ):
        opened = Ledger(bridge, changes, posts)
        try:
            yield opened
        finally:
            opened.close()
