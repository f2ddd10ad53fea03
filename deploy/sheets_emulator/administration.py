"""`/_control/…`: switches, counters, what a person sees, and the change feed.

Gestures (typing, sorting, deleting rows) are in `control`, which shares the prefix.
"""

import asyncio
from collections.abc import AsyncIterator

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from deploy.sheets_emulator.a1 import quote_title
from deploy.sheets_emulator.api.errors import ApiError
from deploy.sheets_emulator.changes import ChangeNotice
from deploy.sheets_emulator.emulator import Emulator
from deploy.sheets_emulator.routes import json_response
from deploy.sheets_emulator.settings import SettingsError

_KEEP_ALIVE_SECONDS = 15.0


def routes(emulator: Emulator) -> list[Route]:
    """The routes that need nothing but the emulator."""
    desk = _Desk(emulator)
    base = "/_control/spreadsheets/{spreadsheet_id}"
    return [
        Route("/_control/health", desk.health, methods=["GET"]),
        Route("/_control/settings", desk.read_settings, methods=["GET"]),
        Route("/_control/settings", desk.change_settings, methods=["PUT"]),
        Route("/_control/stats", desk.read_stats, methods=["GET"]),
        Route("/_control/stats", desk.reset_stats, methods=["DELETE"]),
        Route("/_control/spreadsheets", desk.spreadsheets, methods=["GET"]),
        Route(f"{base}/values", desk.values, methods=["GET"]),
        Route(f"{base}/changes", desk.changes, methods=["GET"]),
    ]


class _Desk:
    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator

    async def health(self, _request: Request) -> Response:
        """200 once the emulator serves."""
        return json_response({"status": "ok"})

    async def read_settings(self, _request: Request) -> Response:
        """The switches as they stand."""
        return json_response(self._emulator.settings.to_json())

    async def change_settings(self, request: Request) -> Response:
        """Change some switches; 400 with the reason if one is unknown or wrong."""
        try:
            self._emulator.settings.change(orjson.loads(await request.body()))
        except SettingsError as error:
            return json_response(ApiError(400, str(error)).body(), 400)
        except orjson.JSONDecodeError as error:
            return json_response(ApiError(400, f"Not JSON: {error}").body(), 400)
        return json_response(self._emulator.settings.to_json())

    async def read_stats(self, _request: Request) -> Response:
        """The counters."""
        return json_response(self._emulator.stats.to_json())

    async def reset_stats(self, _request: Request) -> Response:
        """All counters to zero."""
        self._emulator.stats.reset()
        return json_response(self._emulator.stats.to_json())

    async def spreadsheets(self, _request: Request) -> Response:
        """Ids, titles, tabs and revisions of all spreadsheets."""
        found = []
        for spreadsheet_id in self._emulator.spreadsheet_ids():
            document = self._emulator.spreadsheet(spreadsheet_id)
            with document.lock:
                tabs = [
                    {"sheet_id": sheet.sheet_id, "title": sheet.title, "hidden": sheet.hidden}
                    for sheet in document.state.sheets
                ]
                found.append(
                    {
                        "spreadsheet_id": spreadsheet_id,
                        "title": document.state.title,
                        "revision": document.revision,
                        "tabs": tabs,
                    }
                )
        return json_response({"spreadsheets": found})

    async def values(self, request: Request) -> Response:
        """What a person sees on a tab: `values` typed, `formatted` as shown, ragged rows."""
        tab = request.query_params.get("tab")
        spreadsheet_id = request.path_params["spreadsheet_id"]

        def work() -> Response:
            document = self._emulator.spreadsheet(spreadsheet_id)
            with document.lock:
                title = tab if tab is not None else document.state.first_visible().title
                whole = quote_title(title)
                body = {
                    "spreadsheet_id": spreadsheet_id,
                    "tab": title,
                    "revision": document.revision,
                    "values": document.values_get(whole, "UNFORMATTED_VALUE"),
                    "formatted": document.values_get(whole, "FORMATTED_VALUE"),
                }
            return json_response(body, compact=True)

        try:
            return await run_in_threadpool(work)
        except ApiError as error:
            return json_response(error.body(), error.code)

    async def changes(self, request: Request) -> Response:
        """Change notices of one spreadsheet as server-sent events."""
        spreadsheet_id = request.path_params["spreadsheet_id"]
        try:
            document = self._emulator.spreadsheet(spreadsheet_id)
        except ApiError as error:
            return json_response(error.body(), error.code)
        loop = asyncio.get_running_loop()
        queue: asyncio.Queue[ChangeNotice | None] = asyncio.Queue()

        def listen(notice: ChangeNotice) -> None:
            if notice.spreadsheet_id == spreadsheet_id:
                loop.call_soon_threadsafe(queue.put_nowait, notice)

        def end() -> None:
            loop.call_soon_threadsafe(queue.put_nowait, None)

        unsubscribe = self._emulator.changes.subscribe(listen, end)

        async def events() -> AsyncIterator[bytes]:
            try:
                yield f"event: hello\ndata: {document.revision}\n\n".encode()
                while True:
                    try:
                        notice = await asyncio.wait_for(queue.get(), _KEEP_ALIVE_SECONDS)
                    except TimeoutError:
                        yield b": still here\n\n"
                        continue
                    if notice is None:
                        return
                    yield b"data: " + orjson.dumps(notice.to_json()) + b"\n\n"
            finally:
                unsubscribe()

        return StreamingResponse(
            events(), media_type="text/event-stream", headers={"Cache-Control": "no-store"}
        )
