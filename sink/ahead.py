"""Work that is prepared by a thread while what was prepared before is under way."""

from __future__ import annotations

import queue
import threading
from collections.abc import Generator
from dataclasses import dataclass
from typing import TypeVar

Item = TypeVar("Item")
Items = Generator[Item, None, None]


@dataclass(frozen=True, slots=True)
class _Failed:
    error: BaseException


class _End:
    """Behind the last item."""


def one_ahead(items: Items[Item]) -> Items[Item]:
    """The same items, the next one fetched on a thread of its own while one is in hand.

    What fetching raises is raised here, after the items before it. Closing waits for the item that
    is being fetched.
    """
    fetched: queue.Queue[Item | _Failed | _End] = queue.Queue(1)
    over = threading.Event()

    def fetch() -> None:
        try:
            for item in items:
                if not _put(fetched, item, over):
                    return
        except BaseException as error:  # noqa: BLE001  # whatever it is, it is raised where it counts
            _put(fetched, _Failed(error), over)
        else:
            _put(fetched, _End(), over)

    thread = threading.Thread(target=fetch, name="ahead", daemon=True)
    thread.start()
    try:
        while True:
            item = fetched.get()
            if isinstance(item, _Failed):
                raise item.error
            if isinstance(item, _End):
                return
            yield item
    finally:
        over.set()
        thread.join()
        items.close()


def _put(fetched: queue.Queue[Item], item: Item, over: threading.Event) -> bool:
    """Whether somebody still wants it."""
    while not over.is_set():
        try:
            fetched.put(item, timeout=0.1)
        except queue.Full:
            continue
        return True
    return False


def when_asked(items: Items[Item]) -> Items[Item]:
    """The same items, each fetched when it is asked for: where all must go in one order."""
    return items
