"""The feed's HTTP interface: ``/tables``, ``/tables/{mapping}``, ``/events`` and ``/healthz``."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import FastAPI, HTTPException, Query
from fastapi.middleware.cors import CORSMiddleware
from fastapi.middleware.gzip import GZipMiddleware
from fastapi.responses import StreamingResponse

from deploy.live_feed.catalogue import Catalogue
from deploy.live_feed.health import Health
from deploy.live_feed.hub import Hub, encode
from deploy.live_feed.tables import TableReader, TableUnreadableError, UnreadableMappingError
from deploy.live_feed.tail import Tail
from deploy.live_feed.watcher import Watcher
from sink.core.mapping import Mapping

_LOOK_AGAIN = 2.0
LOOPBACK_PAGES = r"http://(127\.0\.0\.1|localhost|\[::1\])(:\d+)?"
"""Origins that may read the feed unless others are named: pages of this very machine."""


@dataclass(frozen=True, slots=True)
class FeedSettings:
    """Where the feed reads; ``page_origins`` are further origins that may read it."""

    reader_url: str = field(repr=False)
    bootstrap: str
    page_origins: tuple[str, ...] = ()


def create_app(settings: FeedSettings, catalogue: Catalogue) -> FastAPI:
    """The service. Kafka and MySQL may be away, at the start too: it says so and goes on."""
    hub = Hub()
    reader = TableReader(settings.reader_url)
    health = Health(lambda: hub.publish("status", _status(health)))
    catalogue.changed = lambda: hub.publish("mappings", _listed(catalogue))
    tail = Tail(
        settings.bootstrap, catalogue, Watcher(catalogue, reader, hub, health).deliver, health
    )

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        hub.open()
        tail.start()
        watch = asyncio.create_task(_watch_mysql(reader, health))
        yield
        watch.cancel()
        hub.close()
        tail.stop()
        reader.close()

    app = FastAPI(title="Sheetbridge live feed", version="1", lifespan=lifespan)
    app.add_middleware(GZipMiddleware, minimum_size=4_096, compresslevel=1)
    app.add_middleware(
        CORSMiddleware,
        allow_origins=list(settings.page_origins),
        allow_origin_regex=LOOPBACK_PAGES,
        allow_methods=["GET"],
    )

    @app.get("/tables")
    def tables() -> dict[str, object]:
        """The mappings that the feed knows."""
        catalogue.refresh()
        return _listed(catalogue)

    @app.get("/tables/{name}")
    def table(
        name: str,
        offset: Annotated[int, Query(ge=0)] = 0,
        limit: Annotated[int, Query(ge=1, le=20_000)] = 5_000,
    ) -> dict[str, object]:
        """Rows of a mapped table ordered by key: ``columns``, ``rows`` and the ``total``."""
        catalogue.refresh()
        mapping = catalogue.mapping(name)
        if mapping is None:
            raise HTTPException(404, f"There is no mapping {name!r}.")
        try:
            page = reader.page(mapping, offset=offset, limit=limit)
        except UnreadableMappingError as error:
            health.cannot_show(name, str(error))
            raise HTTPException(503, str(error)) from error
        except TableUnreadableError as error:
            health.is_away("mysql", str(error))
            raise HTTPException(503, str(error)) from error
        health.is_up("mysql")
        health.shows(name)
        columns = [
            {"name": kind.name, "type": kind.data_type, "header": mapping.header(kind.name)}
            for kind in page.columns
        ]
        return _described(mapping) | {
            "columns": columns,
            "rows": page.rows,
            "offset": offset,
            "total": page.total,
        }

    @app.get("/events")
    def events() -> StreamingResponse:
        """Server-sent events: ``status``, ``mappings``, ``changes`` and ``reload``."""
        return StreamingResponse(
            hub.listen(encode("status", _status(health))),
            media_type="text/event-stream",
            headers={"Cache-Control": "no-store"},
        )

    @app.get("/healthz")
    def healthz() -> dict[str, object]:
        """Always 200 while the feed itself runs; the body says what it can reach."""
        return _status(health)

    return app


async def _watch_mysql(reader: TableReader, health: Health) -> None:
    """Ask MySQL every two seconds whether it is there, also while nobody reads a table."""
    while True:
        try:
            await asyncio.to_thread(reader.server_uuid)
        except TableUnreadableError as error:
            health.is_away("mysql", str(error))
        else:
            health.is_up("mysql")
        await asyncio.sleep(_LOOK_AGAIN)


def _status(health: Health) -> dict[str, object]:
    return {"at": time.time() * 1_000, **health.report()}


def _listed(catalogue: Catalogue) -> dict[str, object]:
    return {"mappings": [_described(mapping) for mapping in catalogue.mappings]}


def _described(mapping: Mapping) -> dict[str, object]:
    return {
        "mapping": mapping.name,
        "table": mapping.table,
        "spreadsheet_id": mapping.spreadsheet_id,
        "tab": mapping.tab,
        "key": list(mapping.key),
        "mapped": mapping.columns or None,
    }
