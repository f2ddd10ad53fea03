"""The order of steps of a registration, its waiting, and what it says of a failure."""

from __future__ import annotations

from collections import deque

import httpx
import pytest

from connectors.errors import (
    ConnectBusyError,
    ConnectorRefusedError,
    ConnectorUnknownError,
    ConnectUnreachableError,
    NotRunningInTimeError,
    TaskFailedError,
)
from connectors.mysql import CONNECTOR_CLASS
from connectors.registration import Outcome, Registration, register, restart_failed, unregister
from connectors.template import render
from tests.unit.connectors.fake_connect import (
    Clock,
    Connector,
    FakeConnect,
    configuration,
    error,
    mapping,
)

PASSING = """org.apache.kafka.connect.errors.ConnectException: An exception in the connector
\tat io.debezium.X.y(X.java:1)
Caused by: io.debezium.DebeziumException: Something odd
\tat io.debezium.X.y(X.java:1)
\t... 7 more
Caused by: java.io.IOException: disk asleep
\t... 9 more
"""
DENIED = (
    "io.debezium.DebeziumException: Failed to authenticate to the MySQL database\n"
    "Caused by: java.sql.SQLException: Access denied for user 'sheetbridge_cdc'@'%' "
    "(using password: YES)\n"
)
PURGED = (
    "org.apache.kafka.connect.errors.ConnectException: An exception occurred\n"
    "Caused by: io.debezium.DebeziumException: The connector is trying to read change stream "
    "starting at SourceInfo [currentGtid=null], but this is no longer available on the server.\n"
)
MISSING_GRANT = (
    "java.sql.SQLSyntaxErrorException: Access denied; you need (at least one of) the RELOAD "
    "privilege(s) for this operation\n"
)


def run(
    fake: FakeConnect,
    clock: Clock | None = None,
    *,
    told: list[str] | None = None,
    reset_offsets: bool = False,
    seconds: float = 30,
) -> Registration:
    return register(
        configuration(),
        progress=(told if told is not None else []).append,
        reset_offsets=reset_offsets,
        client=fake.client(),
        deadline=(clock or Clock()).deadline(seconds),
    )


def registered(fake: FakeConnect, *states: tuple[str, str], **changed: str) -> Connector:
    connector = Connector(render(configuration()) | changed, states=deque(states))
    fake.connectors["sheetbridge"] = connector
    return connector


VALIDATE = f"PUT /connector-plugins/{CONNECTOR_CLASS}/config/validate"
PUT = "PUT /connectors/sheetbridge/config"
STOP = "PUT /connectors/sheetbridge/stop"
RESUME = "PUT /connectors/sheetbridge/resume"
RESTART = "POST /connectors/sheetbridge/restart"
FORGET = "DELETE /connectors/sheetbridge/offsets"


def test_a_new_connector_is_validated_created_and_seen_to_run() -> None:
    fake = FakeConnect()
    fake.next_states = deque([("NONE", ""), ("UNASSIGNED", ""), ("RUNNING", "")])

    done = run(fake)

    assert done.outcome is Outcome.CREATED
    assert done.status.running
    assert fake.methods() == [VALIDATE, PUT]
    assert fake.connectors["sheetbridge"].config == render(configuration())


def test_an_equal_connector_is_left_alone() -> None:
    fake = FakeConnect()
    registered(fake)
    assert run(fake).outcome is Outcome.UNCHANGED
    assert fake.methods() == []


def test_a_changed_connector_is_stopped_updated_and_resumed() -> None:
    fake = FakeConnect()
    registered(fake, **{"poll.interval.ms": "500"})

    assert run(fake).outcome is Outcome.UPDATED

    assert fake.methods() == [VALIDATE, STOP, PUT, RESUME]
    assert fake.connectors["sheetbridge"].config == render(configuration())


def test_an_update_waits_until_the_old_task_is_gone() -> None:
    fake, clock = FakeConnect(), Clock()
    connector = registered(fake, **{"poll.interval.ms": "500"})
    looks = 0

    def still_stopping(request: httpx.Request) -> httpx.Response | None:
        nonlocal looks
        if not (request.url.path.endswith("/status") and connector.state == "STOPPED"):
            return None
        looks += 1
        if looks > 3:
            return None
        assert PUT not in fake.methods()
        task = {"id": 0, "state": "RUNNING", "worker_id": "w"}
        state = {"state": "STOPPED", "worker_id": "w"}
        return httpx.Response(200, json={"name": "x", "connector": state, "tasks": [task]})

    fake.override = still_stopping
    run(fake, clock)
    assert looks > 3


@pytest.mark.parametrize("state", ["STOPPED", "PAUSED"])
def test_a_connector_that_rests_is_resumed_although_nothing_changed(state: str) -> None:
    fake = FakeConnect()
    registered(fake).state = state
    assert run(fake).outcome is Outcome.UNCHANGED
    assert fake.methods() == [RESUME]


def test_what_is_refused_changes_nothing() -> None:
    fake = FakeConnect()
    connector = registered(fake, **{"poll.interval.ms": "500"})
    fake.objections = {
        "database.hostname": ["Unable to connect: Access denied for user 'sheetbridge_cdc'@'h'"]
    }
    with pytest.raises(ConnectorRefusedError, match=r"database\.hostname: Unable") as told:
        run(fake)
    assert "connect.database_password" in told.value.mend
    assert fake.methods() == [VALIDATE]
    assert connector.state == "RUNNING"
    assert connector.config["poll.interval.ms"] == "500"


def test_an_address_that_validation_cannot_reach_is_named() -> None:
    fake = FakeConnect()
    told = "Error during connection validation: Failed to establish connection with the database: "
    fake.objections = {"database.hostname": [told]}
    with pytest.raises(ConnectorRefusedError) as refused:
        run(fake)
    assert "MySQL at db.test:3306" in refused.value.mend


def test_a_missing_plugin_says_where_it_belongs() -> None:
    fake = FakeConnect()
    fake.plugins = []
    with pytest.raises(ConnectorRefusedError, match="no Debezium connector") as told:
        run(fake)
    assert "plugin.path" in told.value.mend


def test_a_rebalance_is_waited_for() -> None:
    fake, clock = FakeConnect(), Clock()
    fake.busy = 3
    assert run(fake, clock).outcome is Outcome.CREATED
    assert fake.methods().count(VALIDATE) == 4
    assert clock.slept


def test_a_rebalance_without_end_ends_at_the_deadline() -> None:
    fake, clock = FakeConnect(), Clock()
    fake.busy = 10_000
    with pytest.raises(ConnectBusyError):
        run(fake, clock, seconds=5)
    assert clock.now == pytest.approx(5)


def test_a_task_that_failed_for_a_passing_reason_is_restarted() -> None:
    fake, clock, told = FakeConnect(), Clock(), list[str]()
    registered(fake, ("FAILED", PASSING))
    fake.after_restart = deque([("RESTARTING", ""), ("RUNNING", "")])

    assert run(fake, clock, told=told).status.running

    assert fake.methods() == [RESTART]
    assert any("restarting it: An exception in the connector" in line for line in told)


def test_restarts_are_spaced_ever_wider_and_end_with_the_cause() -> None:
    fake, clock = FakeConnect(), Clock()
    registered(fake, ("FAILED", PASSING))

    with pytest.raises(TaskFailedError) as told:
        run(fake, clock, seconds=30)

    assert told.value.headline == "An exception in the connector"
    assert told.value.cause == "disk asleep"
    assert clock.slept[:4] == [1, 2, 4, 8]
    assert clock.now == pytest.approx(30)
    assert fake.methods() == [RESTART] * len(clock.slept)


@pytest.mark.parametrize(
    ("trace", "mend", "lost"),
    [
        (DENIED, "connect.database_password", False),
        (MISSING_GRANT, "GRANT SELECT, RELOAD, SHOW DATABASES, REPLICATION SLAVE", False),
        (PURGED, "--reset-offsets", True),
    ],
)
def test_a_lasting_failure_is_told_at_once_with_its_mend(trace: str, mend: str, lost: bool) -> None:
    fake, clock = FakeConnect(), Clock()
    registered(fake, ("FAILED", trace))
    with pytest.raises(TaskFailedError) as told:
        run(fake, clock)
    assert mend in told.value.mend
    assert told.value.lost_position is lost
    assert fake.methods() == []
    assert clock.now == 0


def test_the_mend_of_a_missing_grant_names_the_user() -> None:
    fake = FakeConnect()
    registered(fake, ("FAILED", MISSING_GRANT))
    with pytest.raises(TaskFailedError, match="TO 'sheetbridge_cdc'@'%'"):
        run(fake)


def test_not_running_in_time_names_the_state() -> None:
    fake, clock = FakeConnect(), Clock()
    registered(fake, ("UNASSIGNED", ""))
    with pytest.raises(NotRunningInTimeError, match=r"not running after 5 s.*task 0 UNASSIGNED"):
        run(fake, clock, seconds=5)
    assert clock.now == pytest.approx(5)


def test_resetting_offsets_happens_while_stopped() -> None:
    fake = FakeConnect()
    registered(fake, ("FAILED", PURGED))
    assert run(fake, reset_offsets=True).status.running
    assert fake.methods() == [STOP, PUT, FORGET, RESUME]
    assert fake.offsets_deleted == 1


def test_resetting_the_offsets_of_a_new_connector_is_nothing_special() -> None:
    fake = FakeConnect()
    assert run(fake, reset_offsets=True).outcome is Outcome.CREATED
    assert FORGET not in fake.methods()


def test_preparations_come_before_connect_is_touched_and_stop_everything_if_they_fail() -> None:
    fake = FakeConnect()
    seen: list[str] = []

    def prepare(given: object, progress: object) -> None:
        seen.append("prepared")
        assert fake.methods() == []

    def break_down(given: object, progress: object) -> None:
        raise ConnectUnreachableError("somewhere", "gone")

    with pytest.raises(ConnectUnreachableError, match="somewhere"):
        register(
            configuration(),
            progress=seen.append,
            prepare=(prepare, break_down),
            client=fake.client(),
            deadline=Clock().deadline(),
        )
    assert "prepared" in seen
    assert fake.methods() == []


def test_no_progress_line_and_no_error_shows_the_reference_or_a_secret() -> None:
    fake, told = FakeConnect(), list[str]()
    registered(fake, ("FAILED", DENIED))
    with pytest.raises(TaskFailedError) as failed:
        run(fake, told=told)
    shown = "\n".join([*told, str(failed.value)])
    assert "hidden" not in shown
    assert "${env:CDC}" not in shown


def test_a_very_long_message_is_cut() -> None:
    fake = FakeConnect()
    registered(
        fake, ("FAILED", "x.Y: " + "row " * 10_000 + "\nCaused by: a.B: Access denied for user")
    )
    with pytest.raises(TaskFailedError) as told:
        run(fake)
    assert len(told.value.problem) < 1_000


def test_one_more_mapping_is_an_update_that_captures_both() -> None:
    fake = FakeConnect()
    registered(fake)
    register(
        configuration(mapping(), mapping("shop.orders", "orders")),
        progress=lambda what: None,
        client=fake.client(),
        deadline=Clock().deadline(),
    )
    assert r"shop\.orders" in fake.connectors["sheetbridge"].config["table.include.list"]


def test_a_watchdog_restarts_only_what_failed() -> None:
    fake = FakeConnect()
    registered(fake)
    assert restart_failed(fake.client(), "sheetbridge") is False
    registered(fake, ("FAILED", PASSING))
    assert restart_failed(fake.client(), "sheetbridge") is True
    assert fake.methods() == [RESTART]
    with pytest.raises(ConnectorUnknownError):
        restart_failed(fake.client(), "other")


def test_unregistering_waits_for_a_rebalance() -> None:
    fake = FakeConnect()
    registered(fake)
    fake.busy = 2
    assert unregister(fake.client(), "sheetbridge", deadline=Clock().deadline())
    assert not unregister(fake.client(), "sheetbridge", deadline=Clock().deadline())


def test_a_worker_that_vanishes_is_told_at_once() -> None:
    fake = FakeConnect()
    registered(fake, ("UNASSIGNED", ""))

    def vanish(request: httpx.Request) -> httpx.Response | None:
        if request.url.path.endswith("/status"):
            raise httpx.ConnectError("refused", request=request)
        return None

    fake.override = vanish
    with pytest.raises(ConnectUnreachableError, match="refused"):
        run(fake)


def test_an_error_of_validation_itself_is_told() -> None:
    fake = FakeConnect()
    fake.override = lambda request: (
        error(400, "Must configure name") if "validate" in request.url.path else None
    )
    with pytest.raises(ConnectorRefusedError, match="Must configure name"):
        run(fake)
