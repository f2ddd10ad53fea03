"""What the stack is made of, and what cannot begin before what.

Services are processes; the other parts are done once a start: the demo's rows, the configuration
with its spreadsheet, the connector's registration, the Apps Script's installation.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait

SERVERS = ("mysql", "kafka", "connect")
"""The third-party servers."""

SERVICES = (*SERVERS, "emulator", "webhook", "live", "sink")
"""Every process. Stopping goes from the last to the first."""

NEEDS: Mapping[str, tuple[str, ...]] = {
    "mysql": (),
    "kafka": (),
    "connect": ("kafka",),
    "emulator": (),
    "data": ("mysql",),
    "configuration": ("emulator",),
    "connector": ("connect", "mysql", "kafka", "data", "configuration"),
    "webhook": ("kafka", "configuration"),
    "live": ("mysql", "kafka", "configuration"),
    "script": ("emulator", "webhook", "configuration"),
    "sink": ("connector", "mysql", "kafka", "emulator", "configuration"),
}
"""Each part and what must be done, or ready, before it can be used."""

ALL = tuple(NEEDS)

# Connect waits for Kafka by itself; its virtual machine may start meanwhile.
_STARTS_BEFORE_ITS_NEEDS = frozenset({"connect"})


def with_needs(parts: Collection[str]) -> tuple[str, ...]:
    """``parts`` and all that they need, in an order in which they could be started one by one.

    Raises ValueError for a name that is no part.
    """
    unknown = set(parts) - set(NEEDS)
    if unknown:
        raise ValueError(f"{', '.join(sorted(unknown))}: not a part; there are {', '.join(NEEDS)}")
    wanted = set(parts)
    queue = list(parts)
    while queue:
        for need in NEEDS[queue.pop()]:
            if need not in wanted:
                wanted.add(need)
                queue.append(need)
    return tuple(part for part in NEEDS if part in wanted)


def in_stopping_order(services: Collection[str]) -> list[str]:
    """``services`` so that none is stopped before those that need it.

    (Connect, for one, leaves its group only while Kafka is there; else its successor waits for the
    end of its session.)
    """
    return [name for name in reversed(SERVICES) if name in services]


def _let_it_end() -> None:
    """Nothing can hurry what is under way."""


def carry_out(
    parts: Collection[str],
    work: Callable[[str], None],
    *,
    abandon: Callable[[], None] = _let_it_end,
) -> None:
    """Call ``work`` for each part, side by side, each as soon as what it needs is done.

    What is needed but not among ``parts`` is taken as done. Raises the first failure, once what was
    under way has ended; parts that need a failed one are not begun. When it is interrupted
    (Ctrl-C), ``abandon`` makes what is under way end soon.
    """
    done: dict[str, Future[None]] = {}

    def one(part: str) -> None:
        if part not in _STARTS_BEFORE_ITS_NEEDS:
            for need in NEEDS[part]:
                if need in done:
                    done[need].result()
        work(part)

    with ThreadPoolExecutor(max_workers=max(1, len(parts)), thread_name_prefix="stack") as pool:
        for part in NEEDS:  # in the order of needs, so that those of a part are known before it
            if part in parts:
                done[part] = pool.submit(one, part)
        try:
            finished, _ = wait(done.values(), return_when=FIRST_EXCEPTION)
        except BaseException:
            abandon()
            raise
        failed = [future for future in finished if future.exception() is not None]
        if failed:
            pool.shutdown(wait=True, cancel_futures=True)
            failed[0].result()
