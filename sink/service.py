"""The sink as a process: puts the parts of each mapping together and runs until told to stop."""

from __future__ import annotations

import logging
import os
import signal
import time
import uuid
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from sqlalchemy import Engine

from sink.clock_watch import ClockWatch
from sink.compiled import how_it_runs
from sink.consumer import Consumer
from sink.core.chosen_columns import told_passed_over
from sink.core.clock import GoogleClock
from sink.core.configuration import Configuration
from sink.core.errors import SheetbridgeError, reason_of
from sink.core.lineage import Lineage, backwards
from sink.core.mapped_table import MappedTable
from sink.core.mapping import Mapping
from sink.core.policies import rules_of
from sink.core.quota import Pace
from sink.core.retention import Retention
from sink.core.topics import largest_letter
from sink.declaration_watch import DeclarationWatch
from sink.google_access import sheets_service
from sink.guarding import Guard
from sink.heap import collect_seldom, keep_little
from sink.notices import Notices
from sink.parts import Backwards, Parts, TellProgress, tell_nobody
from sink.pausing import VARIABLE, pause_at
from sink.pipeline import Pipeline
from sink.ports import DeadLetter
from sink.retry import Backoff, retry
from sink.state.catalog import present, read_tables
from sink.state.conditions import require_condition
from sink.state.database_errors import translated
from sink.state.engine import open_engine
from sink.state.mapping_record import MappingRecord
from sink.state.markers import ensure_markers
from sink.state.migrate import migrate
from sink.state.server_clock import read_server_time
from sink.state.server_gtids import executed_gtids
from sink.state.status import read_status
from sink.state.store import (
    MySqlStore,
    load_mapping,
    load_offsets,
    note_lineage,
    note_reason,
    unknown_transaction,
)
from sink.status_reporter import StatusReporter
from sink.stream_identity import StreamIdentities
from sink.topic_administration import TopicAdministration, ensure_topics
from sink.topic_ends import TopicEnds
from sink.worker import Worker
from sink.writers.dead_letters import DeadLetterWriter
from sink.writers.sheets.client import Quota, SheetsClient, always, monotonic_us
from sink.writers.sheets.tab import Tab
from sink.writers.status import StatusWriter

log = logging.getLogger(__name__)

READ_BURST = 0.6
"""Reads come in bursts (a hint, a sort) with quiet between: most of a minute's may go at once."""


@dataclass(slots=True)
class Service:
    """What the mappings of one process share."""

    configuration: Configuration
    engine: Engine
    quota: Quota
    letters: DeadLetterWriter
    tell_progress: TellProgress = tell_nobody
    watch: DeclarationWatch = field(init=False)
    ends: TopicEnds = field(init=False)
    streams: StreamIdentities = field(init=False)
    notices: Notices = field(init=False)

    def __post_init__(self) -> None:
        tables = [mapping.table for mapping in self.configuration.mappings]
        self.watch = DeclarationWatch(tables, partial(read_tables, self.engine))
        self.ends = TopicEnds(self.configuration.kafka)
        self.streams = StreamIdentities(self.configuration.kafka)
        self.notices = Notices(self._client)

    def worker(self, mapping: Mapping) -> Worker:
        """A worker for ``mapping``, with what is stored of it now.

        Where the mapping does not fit its table, the reason is stored for ``status`` and told in
        the tab; the worker that can begin takes it back.
        """
        record = load_mapping(self.engine, mapping.name, str(uuid.uuid4()))
        try:
            worker = self._put_together(mapping, record)
        except Exception as error:
            if not (isinstance(error, SheetbridgeError) and error.retriable):
                reason = reason_of(error)
                note_reason(self.engine, record, reason)
                self.notices.post(mapping, reason)
            raise
        self.notices.begun(mapping)
        return worker

    def _client(
        self, mapping: Mapping, require_wanted: Callable[[], None] = always
    ) -> SheetsClient:
        directory = Path(self.configuration.source).parent
        google = sheets_service(self.configuration.google, directory=directory)
        return SheetsClient(google, mapping.spreadsheet_id, self.quota, require_wanted)

    def close(self) -> None:
        """End what runs beside the workers."""
        self.watch.stop()
        self.ends.close()
        self.streams.close()
        self.letters.close()
        self.notices.close()

    def _put_together(self, mapping: Mapping, record: MappingRecord) -> Worker:
        found, user = self.watch.read(mapping.table), self.engine.url.username
        declaration = present(mapping.table, found, user=user)
        table = MappedTable.of(mapping, declaration)
        if table.passed_over:
            log.warning("mapping %s: %s", mapping.name, told_passed_over(table.passed_over))
        require_condition(self.engine, mapping)
        store = MySqlStore(self.engine, table, record)
        offsets, waits = self._looked_back(mapping, record)
        rules = rules_of(mapping, required=table.required)

        def open_tab() -> Tab:
            return Tab(self._client(mapping, parts.go_on), table)

        guard = Guard.stored(record.tally, record.answer)
        pause = pause_at(os.environ.get(VARIABLE, ""), mapping.name)

        def set_aside(letters: Sequence[DeadLetter]) -> None:
            self.letters.set_aside(mapping.name, letters)

        parts = Parts(
            table,
            record,
            store,
            Pipeline(table, rules, store, set_aside, pause, guard=guard),
            self.quota,
            open_tab,
            set_aside,
            float(self.configuration.sink.reconcile_every),
            offsets,
            backwards=waits,
            retention=Retention.of(self.configuration.retention),
            table_changed=partial(self.watch.changed, declaration),
            tell_progress=self.tell_progress,
            end_of_posts=partial(self.ends.end, mapping.sheet_topic),
        )
        return Worker(parts, max_batch=self.configuration.sink.max_batch)

    def _looked_back(
        self, mapping: Mapping, record: MappingRecord
    ) -> tuple[dict[str, int], Backwards | None]:
        """The stored offsets, as far as they still mean something, and why the mapping must wait.

        That it must is stored for ``status``; what the offsets belong to is stored the first time.
        """
        lineage = Lineage.decoded(record.lineage)
        streams = self.streams.of(mapping)
        offsets = load_offsets(self.engine, record.id)
        forgiven = lineage.forgiven if lineage is not None else 0
        start = forgiven if offsets else streams.ends.get(mapping.cdc_topic, 0)
        newest = self.streams.newest_transactions(mapping, streams, start)
        changes = {t: n for t, n in offsets.items() if t != mapping.commands_topic}
        lost = unknown_transaction(self.engine, newest)
        reason = backwards(lineage, streams, changes, lost, mapping.name)
        if lineage is not None and not lineage.same(mapping.commands_topic, streams):
            offsets.pop(mapping.commands_topic, None)
        if reason is None:
            if lineage is None or dict(lineage.topics) != dict(streams.topics):
                now = Lineage.of(streams, forgiven)
                note_lineage(self.engine, record.id, now.encoded())
            return streams.readable(offsets), None
        log.error("mapping %s stands still: %s", mapping.name, reason)
        note_reason(self.engine, record, reason)

        def executed() -> str:
            with translated(), self.engine.connect() as connection:
                return executed_gtids(connection)

        return offsets, Backwards(reason, lambda: self.streams.of(mapping), executed)


def run(configuration: Configuration, tell_progress: TellProgress = tell_nobody) -> None:
    """Run the sink until SIGTERM or SIGINT; returns when everything is committed and closed.

    ``tell_progress`` is told how far first syncs are, from the mappings' threads. Waits for MySQL
    and Kafka for a minute each; raises their errors after that.
    """
    keep_little()
    with ExitStack() as at_work:
        engine = open_engine(configuration.database)
        at_work.callback(engine.dispose)
        _prepare(configuration, engine)
        service = Service(
            configuration,
            engine,
            quota_of(configuration),
            DeadLetterWriter(configuration.kafka, largest_letter(configuration)),
            tell_progress,
        )
        service.watch.start()
        at_work.callback(service.close)
        consumer = Consumer(configuration, service.worker)
        reporter = _reporter(service, consumer)
        reporter.start()
        at_work.callback(reporter.stop)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: consumer.stop())
        log.info(
            "sink: %d mappings, group %s; it merges as %s",
            *(len(configuration.mappings), configuration.sink.group, how_it_runs()),
        )
        collect_seldom()
        consumer.run()
    log.info("sink: stopped")


def _prepare(configuration: Configuration, engine: Engine) -> None:
    """The state's schema, the markers' table and the topics, once their servers answer."""
    patience = Backoff(first=0.2, most=3.0, deadline=60.0)
    retry("state schema", lambda: migrate(engine), patience)
    with engine.begin() as connection:
        ensure_markers(connection, configuration.mappings)
    retry("topics", lambda: _topics(configuration), patience)


def _reporter(service: Service, consumer: Consumer) -> StatusReporter:
    """What tells the status of the mappings that the consumer works on."""
    configuration, engine = service.configuration, service.engine
    mappings = {mapping.name: mapping for mapping in configuration.mappings}
    watch = ClockWatch(partial(read_server_time, engine), service.quota.google_offset, monotonic_us)
    return StatusReporter(
        lambda: watch.tell(read_status(engine, [mappings[name] for name in consumer.ours()])),
        StatusWriter(configuration.kafka),
        service.quota.now,
    )


def _topics(configuration: Configuration) -> None:
    administration = TopicAdministration(configuration.kafka)
    try:
        ensure_topics(configuration, administration)
    finally:
        administration.close()


def quota_of(configuration: Configuration) -> Quota:
    """What Google grants of calls, by the configuration, and its clock."""
    settings = configuration.google
    clock = GoogleClock.starting_from(time.time_ns() // 1_000, monotonic_us())
    reads = Pace(settings.reads_per_minute, burst_share=READ_BURST)
    return Quota(Pace(settings.writes_per_minute), reads, clock)
