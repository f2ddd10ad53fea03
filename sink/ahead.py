"""Work that is prepared by a thread while what was prepared before is under way."""

from __future__ import annotations

import queue
import threading
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Generic, Protocol, TypeVar

Item = TypeVar("Item")
Items = Generator[Item, None, None]


class Prepared(Protocol[Item]):
    """Items in order, some at a time: none of what is given is empty."""

    def __iter__(self) -> Iterator[list[Item]]:
        """What is ready, waiting for one item where none is; raises what making them raised."""

    def close(self) -> None:
        """Make no more items, and end what makes them."""


@dataclass(frozen=True, slots=True)
class _Failed:
    error: BaseException


class _End:
    """Behind the last item."""


class OnThread(Generic[Item]):
    """The items, made by a thread from now on, while at most ``most`` wait to be taken.

    Whoever takes some is given all that wait. ``close`` waits for the item that is being made.
    """

    def __init__(self, items: Items[Item], most: int) -> None:
        self._items = items
        self._most = most
        self._ready: queue.Queue[Item | _Failed | _End] = queue.Queue(most)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._make, name="ahead", daemon=True)
        self._thread.start()

    def __iter__(self) -> Iterator[list[Item]]:
        last: _Failed | _End | None = None
        while last is None:
            taken, last = self._take()
            if taken:
                yield taken
        if isinstance(last, _Failed):
            raise last.error

    def close(self) -> None:
        """See the protocol."""
        self._over.set()
        self._thread.join()
        self._items.close()

    def _take(self) -> tuple[list[Item], _Failed | _End | None]:
        taken: list[Item] = []
        entry = self._ready.get()
        while not isinstance(entry, _Failed | _End):
            taken.append(entry)
            if len(taken) == self._most or self._ready.empty():
                return taken, None
            entry = self._ready.get()
        return taken, entry

    def _make(self) -> None:
        try:
            for item in self._items:
                if not self._put(item):
                    return
        except BaseException as error:  # noqa: BLE001  # whatever it is, it is raised where it counts
            self._put(_Failed(error))
        else:
            self._put(_End())

    def _put(self, entry: Item | _Failed | _End) -> bool:
        """Whether somebody still wants it."""
        while not self._over.is_set():
            try:
                self._ready.put(entry, timeout=0.1)
            except queue.Full:
                continue
            return True
        return False


class WhenAsked(Generic[Item]):
    """The items, ``most`` at a time, made when they are asked for: all goes in one order."""

    def __init__(self, items: Items[Item], most: int) -> None:
        self._items = items
        self._most = most

    def __iter__(self) -> Iterator[list[Item]]:
        while taken := list(islice(self._items, self._most)):
            yield taken

    def close(self) -> None:
        """See the protocol."""
        self._items.close()
