"""Posts older than the edit ids that are kept: nobody knows any more whether they were applied.

They are set aside and never applied (again). Nothing is lost: what the sheet shows of such an edit
is found by the next comparison of both sides, as an edit of that moment.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from datetime import UTC, datetime

from sink.core.envelope import Post
from sink.core.errors import TooOldEditError
from sink.inbound import Inbox
from sink.keyless_rows import KeylessRow
from sink.ports import DeadLetter, Transaction
from sink.posted_rows import SheetRow


def set_aside_old(
    transaction: Transaction, inbox: Inbox, known: AbstractSet[str]
) -> list[DeadLetter]:
    """Take the rows of too old posts out of ``inbox``; returns a dead letter for each such post.

    ``known`` are the ids of posts that were applied before: those are repeats, however old.
    """
    posts: dict[str, Post] = {}
    for item in inbox.rows:
        if isinstance(item, SheetRow | KeylessRow) and item.post.id not in known:
            posts[item.post.id] = item.post
    if not posts:
        return []
    since = transaction.edit_ids_since()
    old = {name: post for name, post in posts.items() if post.time < since}
    if not old:
        return []
    inbox.rows = [
        item
        for item in inbox.rows
        if not (isinstance(item, SheetRow | KeylessRow) and item.post.id in old)
    ]
    return [_letter(post, since, inbox) for post in old.values()]


def _letter(post: Post, since: int, inbox: Inbox) -> DeadLetter:
    reason = (
        f"The edit was made at {_moment(post.time)}, and whether it was applied is known of edits "
        f"since {_moment(since)} only, so it was not applied. If it is still wanted and the sheet "
        "does not show it, type it again."
    )
    record = inbox.records.get(post.id)
    if record is None:
        return DeadLetter("sheet", 0, TooOldEditError.__name__, reason, None, post.id.encode())
    return DeadLetter(
        record.topic, record.offset, TooOldEditError.__name__, reason, record.key, record.value
    )


def _moment(micros: int) -> str:
    return f"{datetime.fromtimestamp(micros / 1_000_000, UTC):%Y-%m-%d %H:%M} UTC"
