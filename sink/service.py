"""The sink as a process: puts the parts of each mapping together and runs until told to stop."""

from __future__ import annotations

import logging
import os
import signal
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from sqlalchemy import Engine

from sink.consumer import Consumer
from sink.core.clock import GoogleClock
from sink.core.configuration import Configuration
from sink.core.errors import SheetbridgeError
from sink.core.mapped_table import MappedTable
from sink.core.mapping import Mapping
from sink.core.policies import rules_of
from sink.core.quota import Pace
from sink.declaration_watch import DeclarationWatch
from sink.first_sync import FirstSynchroniser
from sink.google_access import sheets_service
from sink.parts import Parts
from sink.pausing import VARIABLE, pause_at
from sink.pipeline import Pipeline
from sink.ports import DeadLetter
from sink.retry import Backoff, retry
from sink.state.catalog import present, read_tables
from sink.state.engine import open_engine
from sink.state.markers import ensure_markers
from sink.state.migrate import migrate
from sink.state.status import read_status
from sink.state.store import MySqlStore, load_mapping, load_offsets, note_reason
from sink.status_reporter import StatusReporter
from sink.topic_administration import TopicAdministration, ensure_topics
from sink.worker import Worker
from sink.writers.dead_letters import DeadLetterWriter
from sink.writers.sheets.client import Quota, SheetsClient, monotonic_us
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
    watch: DeclarationWatch = field(init=False)

    def __post_init__(self) -> None:
        tables = [mapping.table for mapping in self.configuration.mappings]
        self.watch = DeclarationWatch(tables, partial(read_tables, self.engine))

    def worker(self, mapping: Mapping) -> Worker:
        """A worker for ``mapping``, with what is stored of it now.

        Where the mapping does not fit its table, the reason is stored for ``status`` too; the
        worker that can begin takes it back.
        """
        try:
            return self._put_together(mapping)
        except SheetbridgeError as error:
            if not error.retriable:
                record = load_mapping(self.engine, mapping.name, str(uuid.uuid4()))
                note_reason(self.engine, record.id, str(error))
            raise

    def _put_together(self, mapping: Mapping) -> Worker:
        declaration = present(mapping.table, self.watch.read(mapping.table))
        table = MappedTable.of(mapping, declaration)
        record = load_mapping(self.engine, mapping.name, str(uuid.uuid4()))
        store = MySqlStore(self.engine, table, record)
        rules = rules_of(mapping, required=table.required)

        def open_tab() -> Tab:
            google = sheets_service(
                self.configuration.google, directory=Path(self.configuration.source).parent
            )
            return Tab(SheetsClient(google, mapping.spreadsheet_id, self.quota), table)

        pause = pause_at(os.environ.get(VARIABLE, ""), mapping.name)

        def set_aside(letters: Sequence[DeadLetter]) -> None:
            self.letters.set_aside(mapping.name, letters)

        parts = Parts(
            table,
            record,
            store,
            Pipeline(table, rules, store, set_aside, pause),
            self.quota,
            open_tab,
            set_aside,
            float(self.configuration.sink.reconcile_every),
            load_offsets(self.engine, record.id),
            lambda tab: FirstSynchroniser(self.engine, tab, table, record.id, self.quota.now).run(),
            table_changed=partial(self.watch.changed, declaration),
        )
        return Worker(
            parts,
            partial(note_reason, self.engine, record.id),
            max_batch=self.configuration.sink.max_batch,
        )


def run(configuration: Configuration) -> None:
    """Run the sink until SIGTERM or SIGINT; returns when everything is committed and closed.

    Waits for MySQL and Kafka for a minute each; raises their errors after that.
    """
    patience = Backoff(first=0.2, most=3.0, deadline=60.0)
    engine = open_engine(configuration.database)
    retry("state schema", lambda: migrate(engine), patience)
    with engine.begin() as connection:
        ensure_markers(connection, configuration.mappings)
    retry("topics", lambda: _topics(configuration), patience)
    service = Service(
        configuration,
        engine,
        _quota(configuration),
        DeadLetterWriter(configuration.kafka),
    )
    consumer = Consumer(configuration, service.worker)
    mappings = {mapping.name: mapping for mapping in configuration.mappings}
    reporter = StatusReporter(
        lambda: read_status(engine, [mappings[name] for name in consumer.ours()]),
        StatusWriter(configuration.kafka),
        service.quota.now,
    )
    reporter.start()
    service.watch.start()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: consumer.stop())
    log.info("sink: %d mappings, group %s", len(configuration.mappings), configuration.sink.group)
    consumer.run()
    reporter.stop()
    service.watch.stop()
    service.letters.close()
    engine.dispose()
    log.info("sink: stopped")


def _topics(configuration: Configuration) -> None:
    administration = TopicAdministration(configuration.kafka)
    try:
        ensure_topics(configuration, administration)
    finally:
        administration.close()


def _quota(configuration: Configuration) -> Quota:
    settings = configuration.google
    clock = GoogleClock.starting_from(time.time_ns() // 1_000, monotonic_us())
    reads = Pace(settings.reads_per_minute, burst_share=READ_BURST)
    return Quota(Pace(settings.writes_per_minute), reads, clock)
