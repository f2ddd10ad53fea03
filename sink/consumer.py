"""The consumer of the sink: polls Kafka, hands records to the workers, starts and stops them.

Kafka's own committed offsets are not used: each mapping's offsets are stored with its data, and on
assignment the consumer seeks there. While a worker is behind, its topics are paused and polling
goes on, so that the group never loses a member that is merely busy.

Where the group shares the mappings out anew, a mapping that stays here goes on untouched.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable

from kafka import (  # type: ignore[import-untyped]  # no types
    ConsumerRebalanceListener,
    KafkaConsumer,
    TopicPartition,
)
from kafka.errors import (  # type: ignore[import-untyped]  # no types
    KafkaError,
    LogTruncationError,
    OffsetOutOfRangeError,
)

from sink.assignor import MappingAssignor
from sink.core.configuration import Configuration
from sink.core.errors import SheetbridgeError
from sink.core.mapping import Mapping
from sink.join_watch import JoinWatch
from sink.poll_pace import PollPace
from sink.record import Record
from sink.restarts import RESTART_SECONDS, Restarts
from sink.shares import topic_groups
from sink.worker import BATCH_BYTES, Worker

log = logging.getLogger(__name__)

POLL_MILLISECONDS = 200
MAX_BACKLOG = 4 * BATCH_BYTES
"""Bytes of a topic's records that wait for a worker: enough to merge while more are fetched."""

JOIN_SECONDS = 20.0
"""So long may the workers take, all together, to end what they do."""

SESSION_SECONDS = 6.0
"""Kafka puts a member out of the group that has not been heard of for so long."""

GIVE_UP_SECONDS = SESSION_SECONDS - 2.0
"""So long may the workers of mappings that go elsewhere: kafka-python calls us on the thread that
sends the heartbeats, and to be put out of the group would end all the others too. Whoever has not
ended by then is fenced off by the next worker (``sink/state``)."""

BEGIN_SECONDS = 0.5
"""Mappings begin for so long between two polls: while this process does not poll, the group cannot
share out the mappings anew, and nobody can join it."""

StartWorker = Callable[[Mapping], Worker]


class Consumer:
    """Reads the topics of the mappings that the group assigns to this process."""

    def __init__(self, configuration: Configuration, start_worker: StartWorker) -> None:
        self._mappings = configuration.mappings
        self._start_worker = start_worker
        self._workers: dict[str, Worker] = {}
        self._begin_at: dict[str, float] = {}
        self._restart = Restarts()
        self._pace = PollPace()
        self._most_polled = configuration.sink.max_batch
        self._stopping = threading.Event()
        self._topics = sorted({topic for mapping in self._mappings for topic in mapping.topics})
        self._join_watch = JoinWatch()
        self._consumer = KafkaConsumer(
            bootstrap_servers=configuration.kafka.bootstrap.split(","),
            group_id=configuration.sink.group,
            client_id="sheetbridge-sink",
            enable_auto_commit=False,
            auto_offset_reset="none",  # to begin anew unasked would pass over what was lost
            partition_assignment_strategy=(
                MappingAssignor(topic_groups(self._mappings), self._held),
            ),
            max_poll_records=self._most_polled,
            fetch_max_wait_ms=500,
            session_timeout_ms=int(SESSION_SECONDS * 1_000),
            heartbeat_interval_ms=2_000,
        )
        self._subscribe()

    def _subscribe(self) -> None:
        self._consumer.subscribe(topics=self._topics, listener=_Listener(self))

    def _held(self) -> set[TopicPartition]:
        """What Kafka gives this process to read; empty while it is not in the group."""
        held: set[TopicPartition] = self._consumer.assignment()
        return held

    def ours(self) -> list[str]:
        """The mappings that the group has assigned to this process; may be called anywhere."""
        return [*self._workers, *self._begin_at]

    def stop(self) -> None:
        """Ask ``run`` to end; may be called from a signal handler."""
        self._stopping.set()

    def run(self) -> None:
        """Poll until told to stop; then end the workers and leave the group."""
        try:
            while not self._stopping.is_set():
                self._poll()
                self._rejoin_if_forgotten()
                self._begin_due()
        finally:
            self._end(self.ours(), JOIN_SECONDS)
            self._consumer.close(autocommit=False)

    def _poll(self) -> None:
        self._stopping.wait(self._pace.wait(time.monotonic()))
        try:
            batches = self._consumer.poll(timeout_ms=POLL_MILLISECONDS)
        except OffsetOutOfRangeError as error:
            self._look_back(error.args[0])
            return
        except LogTruncationError as error:
            self._look_back(error.divergent_offsets)
            return
        except KafkaError as error:
            log.warning("Kafka: %s", error)
            self._stopping.wait(1.0)
            return
        if batches and sum(map(len, batches.values())) < self._most_polled:
            self._pace.brought(time.monotonic())  # after a full one there is more to fetch
        for partition, fetched in batches.items():
            records = [
                Record(record.topic, record.offset, record.key, record.value) for record in fetched
            ]
            for worker in self._readers_of(partition.topic):
                commands = worker.parts.table.mapping.commands_topic
                if worker.takes_changes or partition.topic == commands:
                    worker.offer(records)
        self._press_back()

    def _rejoin_if_forgotten(self) -> None:
        if self._join_watch.forgotten(self._consumer.group_metadata(), time.monotonic()):
            log.warning("Kafka: the group was not joined; joining anew")
            self._end(self.ours(), JOIN_SECONDS)
            try:
                self._consumer.unsubscribe()
            except KafkaError as error:
                log.warning("Kafka: %s", error)  # whoever cannot say so is removed by silence
            self._subscribe()

    def _look_back(self, partitions: Iterable[TopicPartition]) -> None:
        """A topic does not hold what is to be read next: it was made anew, or cut behind us.

        Its workers begin anew, and look at what the topics are now as they do.
        """
        for partition in partitions:
            log.warning("topic %s does not go on where it was read", partition.topic)
            for worker in self._readers_of(partition.topic):
                worker.stop()

    def _readers_of(self, topic: str) -> Iterable[Worker]:
        for worker in self._workers.values():
            mapping = worker.parts.table.mapping
            if topic in mapping.topics:
                yield worker

    def _press_back(self) -> None:
        """Pause the topics in which workers are behind, or that have none; resume the others.

        So are those that only mappings read which stand still: a worker that goes on begins anew
        from what is stored.
        """
        behind = {
            topic
            for worker in self._workers.values()
            for topic in (
                worker.parts.table.mapping.cdc_topic,
                worker.parts.table.mapping.sheet_topic,
            )
            if worker.backlog(topic) > MAX_BACKLOG
        }
        for mapping in self._mappings:
            if mapping.name not in self._workers:
                behind |= set(mapping.topics)
            elif not self._workers[mapping.name].takes_changes:
                behind |= {
                    topic
                    for topic in (mapping.cdc_topic, mapping.sheet_topic)
                    if not any(other.takes_changes for other in self._readers_of(topic))
                }
        paused = self._consumer.paused()  # it goes through all partitions to tell
        for partition in self._held():
            if partition.topic in behind and partition not in paused:
                self._consumer.pause(partition)
            elif partition.topic not in behind and partition in paused:
                self._consumer.resume(partition)

    def assigned(self, partitions: Iterable[TopicPartition]) -> None:
        """Have a worker begin for every mapping whose topics are ours by ``partitions``, the added.

        Nothing is read until it has: its offsets are stored beside the data. It begins outside of
        Kafka's callback, which must not wait for a database.
        """
        partitions = list(partitions)
        self._consumer.pause(*partitions)
        for partition in partitions:
            self._consumer.seek(partition, 0)  # until then it has no place, which is an error
        topics = {partition.topic for partition in self._held()}
        ours = self.ours()
        for mapping in self._mappings:
            if set(mapping.topics) <= topics and mapping.name not in ours:
                self._begin_at[mapping.name] = 0.0

    def _begin(self, mapping: Mapping) -> None:
        try:
            worker = self._start_worker(mapping)
        except Exception as error:
            # whatever it is, it is this mapping's alone: the others go on
            foreseen = isinstance(error, SheetbridgeError)
            log.error("mapping %s cannot start: %s", mapping.name, error, exc_info=not foreseen)
            self._begin_at[mapping.name] = time.monotonic() + RESTART_SECONDS
            return
        self._workers[mapping.name] = worker
        self._restart.begun(mapping.name, time.monotonic())
        self._begin_at.pop(mapping.name, None)
        for topic in mapping.topics:
            # who stands still begins anew when it goes on, and seeks for itself then
            readers = [each for each in self._readers_of(topic) if each.takes_changes]
            offset = min(each.next_offset(topic) for each in readers or [worker])
            self._consumer.seek(TopicPartition(topic, 0), offset)
        worker.start()

    def _begin_due(self) -> None:
        """Begin new workers; one that has ended begins anew from what is stored, after a failure a
        little later."""
        now = time.monotonic()
        for name, worker in list(self._workers.items()):
            if not worker.is_alive():
                del self._workers[name]
                at_once = worker.failure is None or worker.begins_anew_at_once
                self._begin_at[name] = now if at_once else now + self._restart.after(name, now)
        for mapping in self._due(now):
            self._begin(mapping)
            self._press_back()  # a mapping that is to stand still is not read from the first
            if time.monotonic() > now + BEGIN_SECONDS:
                break

    def _due(self, now: float) -> list[Mapping]:
        """The mappings whose worker is to begin by ``now``; who has waited longest comes first."""
        due = [each for each in self._mappings if self._begin_at.get(each.name, now + 1) <= now]
        return sorted(due, key=lambda mapping: self._begin_at[mapping.name])

    def revoked(self, partitions: Iterable[TopicPartition]) -> None:
        """End the workers of the mappings that read ``partitions``, which are no longer ours."""
        topics = {partition.topic for partition in partitions}
        self._end(
            [mapping.name for mapping in self._mappings if topics & set(mapping.topics)],
            GIVE_UP_SECONDS,
        )

    def _end(self, names: Iterable[str], seconds: float) -> None:
        """End these mappings' workers; what they had not committed is read again by the next."""
        workers = []
        for name in names:
            self._begin_at.pop(name, None)
            if name in self._workers:
                workers.append(self._workers.pop(name))
        for worker in workers:
            worker.stop()
        ends = time.monotonic() + seconds
        for worker in workers:
            worker.join(max(0.0, ends - time.monotonic()))


class _Listener(ConsumerRebalanceListener):  # type: ignore[misc]  # no types
    def __init__(self, consumer: Consumer) -> None:
        self._consumer = consumer

    def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        self._consumer.revoked(revoked)

    def on_partitions_lost(self, lost: Iterable[TopicPartition]) -> None:
        self._consumer.revoked(lost)  # the group has put us out, and others may have them by now

    def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        self._consumer.assigned(list(assigned))
