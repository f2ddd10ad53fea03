"""The publisher over a scripted kafka-python: at the edge where it would block or break."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import pytest
from kafka.errors import (  # type: ignore[import-untyped]  # kafka-python ships no types
    KafkaTimeoutError,
    MessageSizeTooLargeError,
    OutOfOrderSequenceNumberError,
)

from webhook import producer as producing
from webhook.kafka_client import Producer
from webhook.producer import KafkaPublisher
from webhook.publisher import Outgoing, PublishError, RecordTooLargeError

pytestmark = pytest.mark.anyio


class FakeResult:
    """As kafka-python's: whoever asks after the end is called at once."""

    def __init__(self, *, confirmed: bool) -> None:
        self._confirmed = confirmed
        self._callbacks: list[Callable[[object], None]] = []
        self._errbacks: list[Callable[[Exception], None]] = []

    def add_callback(self, f: Callable[[object], None]) -> None:
        self._callbacks.append(f)
        if self._confirmed:
            f(None)

    def add_errback(self, f: Callable[[Exception], None]) -> None:
        self._errbacks.append(f)

    def succeed(self) -> None:
        for call in self._callbacks:
            call(None)

    def fail(self, error: Exception) -> None:
        for call in self._errbacks:
            call(error)


@dataclass
class FakeProducer:
    sent: list[tuple[str, bytes]] = field(default_factory=list)
    results: list[FakeResult] = field(default_factory=list)
    confirms: bool = True
    closed_with: float | None = None
    abandoned: bool = False
    errors: list[Exception] = field(default_factory=list)
    blocked: threading.Event | None = None
    sending: threading.Event = field(default_factory=threading.Event)

    def send(self, topic: str, *, value: bytes, key: bytes, partition: int) -> FakeResult:
        assert partition == 0
        self.sending.set()
        if self.blocked is not None:
            self.blocked.wait(10)
        if self.errors:
            raise self.errors.pop(0)
        self.sent.append((topic, value))
        result = FakeResult(confirmed=self.confirms)
        self.results.append(result)
        return result

    def close(self, timeout: float) -> None:
        self.closed_with = timeout

    def abandon(self) -> None:
        self.abandoned = True


@dataclass
class FakeClient:
    producers: list[FakeProducer]
    refusals: int = 0
    ensured: int = 0
    missing: list[str] = field(default_factory=list)
    check_error: Exception | None = None
    closed: bool = False
    connections: int = 0

    def connect(self) -> Producer:
        if self.refusals:
            self.refusals -= 1
            raise KafkaTimeoutError("no broker")
        self.connections += 1
        return self.producers[self.connections - 1]

    def ensure_topics(self) -> None:
        self.ensured += 1

    def missing_topics(self) -> list[str]:
        if self.check_error is not None:
            raise self.check_error
        return self.missing

    def close(self) -> None:
        self.closed = True


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(producing, "RECONNECT_SECONDS", 0.01)


def record(number: int, topic: str = "sheet.a") -> Outgoing:
    return Outgoing(topic, b"key", b"%d" % number)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.001)


async def failure(of: Awaitable[None]) -> PublishError:
    with pytest.raises(PublishError) as caught:
        await of
    return caught.value


async def started(client: FakeClient) -> KafkaPublisher:
    publisher = KafkaPublisher(client)
    await publisher.start()
    return publisher


async def test_records_are_sent_in_the_order_of_the_calls_and_confirmed() -> None:
    fake = FakeProducer()
    publisher = await started(FakeClient([fake]))
    deliveries = [publisher.publish([record(number)]) for number in range(200)]
    await asyncio.gather(*deliveries)
    assert fake.sent == [("sheet.a", b"%d" % number) for number in range(200)]
    await publisher.close()
    assert fake.closed_with is not None
    assert fake.closed_with > 1


async def test_a_call_is_done_when_all_its_records_are_confirmed() -> None:
    fake = FakeProducer(confirms=False)
    publisher = await started(FakeClient([fake]))
    delivery = publisher.publish([record(1, "sheet.a"), record(1, "sheet.b")])
    await until(lambda: len(fake.results) == 2)
    fake.results[0].succeed()
    await asyncio.sleep(0)  # the confirmation was passed to the loop before, so it has come
    assert not delivery.done()
    fake.results[1].succeed()
    await delivery
    await publisher.close()


async def test_a_record_that_fails_fails_its_call() -> None:
    fake = FakeProducer(confirms=False)
    publisher = await started(FakeClient([fake]))
    delivery = publisher.publish([record(1), record(2)])
    await until(lambda: len(fake.results) == 2)
    fake.results[1].fail(KafkaTimeoutError("late"))
    await failure(delivery)
    fake.results[0].succeed()
    await publisher.close()


async def test_while_kafka_is_away_posts_fail_quickly_and_later_ones_arrive() -> None:
    fake = FakeProducer()
    client = FakeClient([fake], refusals=5)
    publisher = await started(client)
    with pytest.raises(PublishError):
        await publisher.check()
    await failure(publisher.publish([record(1)]))
    await until(lambda: client.connections == 1)
    await publisher.publish([record(2)])
    assert fake.sent == [("sheet.a", b"2")]
    await publisher.check()
    await publisher.close()


async def test_a_blocking_send_does_not_block_the_loop_and_what_waited_too_long_is_dropped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    release = threading.Event()
    fake = FakeProducer(blocked=release)
    publisher = await started(FakeClient([fake]))
    first = publisher.publish([record(1)])
    await until(fake.sending.is_set)  # the loop turns while send blocks
    assert fake.sent == []
    second = publisher.publish([record(2)])
    monkeypatch.setattr(producing, "QUEUE_SECONDS", -1)  # from now on any wait is too long
    release.set()
    await first
    await failure(second)
    assert fake.sent == [("sheet.a", b"1")]
    await publisher.close()


async def test_a_topic_without_metadata_does_not_hold_up_the_others() -> None:
    fake = FakeProducer(errors=[KafkaTimeoutError("no metadata")])
    client = FakeClient([fake])
    publisher = await started(client)
    await failure(publisher.publish([record(1, "sheet.gone")]))
    await until(lambda: client.ensured == 1)
    gone = publisher.publish([record(2, "sheet.gone")])
    await publisher.publish([record(3, "sheet.a")])
    await failure(gone)
    assert fake.sent == [("sheet.a", b"3")]
    await publisher.close()


async def test_a_post_too_large_for_kafka_is_told_apart() -> None:
    fake = FakeProducer(errors=[MessageSizeTooLargeError("big")])
    client = FakeClient([fake])
    publisher = await started(client)
    assert isinstance(await failure(publisher.publish([record(1)])), RecordTooLargeError)
    await publisher.publish([record(2)])
    assert client.ensured == 0
    await publisher.close()


async def test_a_producer_that_cannot_go_on_is_replaced_and_nothing_waits_for_ever() -> None:
    first, second = FakeProducer(confirms=False), FakeProducer()
    client = FakeClient([first, second])
    publisher = await started(client)
    lost = publisher.publish([record(1)])
    broken = publisher.publish([record(2)])
    await until(lambda: len(first.results) == 2)
    first.results[1].fail(OutOfOrderSequenceNumberError("fatal"))
    await failure(broken)
    noticing = publisher.publish([record(3)])
    await failure(lost)
    assert first.abandoned
    await until(lambda: client.connections == 2)
    first.results[0].succeed()  # too late: it was given up
    await failure(noticing)
    await publisher.publish([record(4)])
    assert second.sent == [("sheet.a", b"4")]
    await publisher.close()


async def test_a_producer_that_neither_delivers_nor_fails_is_replaced(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(producing, "STALL_SECONDS", 0.05)
    monkeypatch.setattr(producing, "WATCH_SECONDS", 0.01)
    first, second = FakeProducer(confirms=False), FakeProducer()
    client = FakeClient([first, second])
    publisher = await started(client)
    await failure(publisher.publish([record(1)]))
    assert first.abandoned
    await publisher.publish([record(2)])
    assert second.sent == [("sheet.a", b"2")]
    await publisher.close()


async def test_a_check_that_fails_makes_the_link_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(producing, "WATCH_SECONDS", 0.01)
    first, second = FakeProducer(), FakeProducer()
    client = FakeClient([first, second], check_error=PublishError("Kafka does not answer."))
    publisher = await started(client)
    await until(lambda: publisher.connected)
    await failure(publisher.check())
    await until(lambda: client.connections == 2)
    assert first.abandoned
    await publisher.close()


async def test_what_waits_for_kafka_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(producing, "MAX_PENDING_BYTES", 10)
    fake = FakeProducer(confirms=False)
    publisher = await started(FakeClient([fake]))
    waiting = [publisher.publish([Outgoing("sheet.a", b"k", b"12345")]) for _ in range(2)]
    await failure(publisher.publish([record(1)]))
    await until(lambda: len(fake.results) == 2)
    for result in fake.results:
        result.succeed()
    await asyncio.gather(*waiting)
    fake.confirms = True
    await publisher.publish([record(2)])
    await publisher.close()


async def test_a_missing_topic_means_not_ready() -> None:
    client = FakeClient([FakeProducer()], missing=["sheet.a"])
    publisher = await started(client)
    await until(lambda: publisher.connected)
    assert "sheet.a" in str(await failure(publisher.check()))
    await publisher.close()


@pytest.mark.parametrize("refusals", [0, 10**9])
async def test_after_closing_nothing_is_taken_any_more(refusals: int) -> None:
    client = FakeClient([FakeProducer()], refusals=refusals)
    publisher = await started(client)
    await publisher.close()
    assert client.closed
    await failure(publisher.publish([record(1)]))
