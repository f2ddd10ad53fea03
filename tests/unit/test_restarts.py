"""How soon a mapping begins anew whose workers fail."""

from __future__ import annotations

from sink.restarts import LASTING_SECONDS, MOST_RESTART_SECONDS, RESTART_SECONDS, Restarts


def waits(restarts: Restarts, *lives: float) -> list[float]:
    """Seconds waited after workers that lasted so long."""
    now, found = 100.0, []
    for lasted in lives:
        restarts.begun("orders", now)
        now += lasted
        found.append(restarts.after("orders", now))
        now += found[-1]
    return found


def test_it_waits_twice_as_long_each_time_up_to_a_bound() -> None:
    found = waits(Restarts(), 1, 1, 1, 1, 1)
    assert found[:3] == [RESTART_SECONDS, 2 * RESTART_SECONDS, 4 * RESTART_SECONDS]
    assert found[-2:] == [MOST_RESTART_SECONDS, MOST_RESTART_SECONDS]


def test_it_is_soon_again_once_a_worker_has_lasted() -> None:
    assert waits(Restarts(), 1, 1, LASTING_SECONDS + 1)[-1] == RESTART_SECONDS
    assert waits(Restarts(), 60, 60, 60)[-1] == 4 * RESTART_SECONDS


def test_mappings_do_not_wait_for_each_other() -> None:
    restarts = Restarts()
    waits(restarts, 1, 1, 1)
    restarts.begun("stock", 0.0)
    assert restarts.after("stock", 1.0) == RESTART_SECONDS
