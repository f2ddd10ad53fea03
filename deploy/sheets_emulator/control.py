"""`/_control/spreadsheets/{id}/…`: a person's gestures, and the script that they start.

A gesture is carried out at once and the answer says when; its triggers run in the background.
With `?wait=true` the answer comes when they have ended, with their records. A gesture that says
`at_revision` is refused (409) where the spreadsheet has changed since that one was seen: whoever
must know which rows a hand touched looks again and repeats it.
"""

import asyncio
import random
import time
from collections.abc import AsyncIterator
from concurrent.futures import Future
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import orjson
from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from deploy.sheets_emulator.api.errors import ApiError, invalid
from deploy.sheets_emulator.copying import copy_spreadsheet
from deploy.sheets_emulator.emulator import Emulator
from deploy.sheets_emulator.gestures import GESTURES
from deploy.sheets_emulator.json_types import JsonObject, JsonValue
from deploy.sheets_emulator.model.spreadsheet import RangeError
from deploy.sheets_emulator.routes import json_response
from deploy.sheets_emulator.script_host import ScriptHost, ScriptHostError
from deploy.sheets_emulator.script_host.cells import cell_calls

PROJECT = Path(__file__).resolve().parents[2] / "appscript"
SCRIPT_STATE = "script-state.json"  # in the data directory: properties and triggers
OWNER = "owner@example.com"
EDITOR = "person@example.com"
_BASE = "/_control/spreadsheets/{spreadsheet_id}"
_STORES = ("script", "document")
_SETTLE_SECONDS = 60.0


def create_router(emulator: Emulator, project: Path = PROJECT) -> APIRouter:
    """The routes; the router's lifespan starts and ends the script host."""
    kept = emulator.data_dir
    host = ScriptHost(project, cell_calls(emulator), kept / SCRIPT_STATE if kept else None)
    desk = _Desk(emulator, host)

    @asynccontextmanager
    async def lifespan(_app: object) -> AsyncIterator[None]:
        # Without Node everything else works; a request for the script says what is missing.
        with suppress(ScriptHostError):
            await run_in_threadpool(host.start)
        try:
            yield
        finally:
            await run_in_threadpool(host.stop)

    router = APIRouter(lifespan=lifespan)
    for name in GESTURES:
        router.add_route(f"{_BASE}/{name}", desk.gesture, ["POST"], name=name)
    router.add_route(f"{_BASE}/copy", desk.copy, ["POST"])
    router.add_route(f"{_BASE}/script/properties", desk.set_properties, ["PUT"])
    router.add_route(f"{_BASE}/script/properties", desk.properties, ["GET"])
    router.add_route(f"{_BASE}/script/run", desk.run, ["POST"])
    router.add_route(f"{_BASE}/script/executions", desk.executions, ["GET"])
    router.add_route(f"{_BASE}/script/triggers", desk.triggers, ["GET"])
    router.add_route("/_control/settle", desk.settle, ["POST"])
    return router


class _Desk:
    """What the routes do; a refusal is Google's error envelope."""

    def __init__(self, emulator: Emulator, host: ScriptHost) -> None:
        self._emulator = emulator
        self._host = host

    async def gesture(self, request: Request) -> Response:
        """Carry a gesture out: `{"time_ms", "range", "revision"}`; waited for, `executions`."""
        name = request.url.path.rsplit("/", 1)[-1]
        wait = request.query_params.get("wait", "false").lower() in ("true", "1")
        try:
            body = await _body(request)
            spreadsheet_id = request.path_params["spreadsheet_id"]
            answer, running = await run_in_threadpool(self._act, name, spreadsheet_id, body)
            if wait and running is not None:
                answer |= await asyncio.wrap_future(running)
        except (ApiError, RangeError, ScriptHostError) as error:
            return _refusal(error)
        return json_response(answer)

    def _act(
        self, name: str, spreadsheet_id: str, body: JsonObject
    ) -> tuple[JsonObject, Future[JsonValue] | None]:
        document = self._emulator.spreadsheet(spreadsheet_id)
        settings = self._emulator.settings
        with document.lock:
            seen = body.get("at_revision")
            if seen is not None and seen != document.revision:
                raise ApiError(409, f"The spreadsheet has changed since revision {seen}.")
            done = GESTURES[name](document, body)
            answer: JsonObject = {
                "time_ms": time.time_ns() // 1_000_000,
                "range": done.place,
                "revision": document.revision,
            }
            copies = settings.trigger_copies(random.random)
            events = [
                {
                    "kind": kind,
                    "payload": payload,
                    "user": body.get("editor", EDITOR),
                    "owner": OWNER,
                    "copies": copies,
                    "delayMs": settings.current.trigger_delay_ms,
                }
                for kind, payload in done.events
            ]
            try:
                running = self._host.send("fire", spreadsheetId=spreadsheet_id, events=events)
            except ScriptHostError:
                return answer, None  # no Node, no script: the grid alone still works
        running.add_done_callback(_ignore_outcome)
        return answer, running

    async def copy(self, request: Request) -> Response:
        """File > Make a copy: `{"title"?}` → `{"spreadsheet_id"}`; the script comes along."""
        try:
            body = await _body(request)
            source = request.path_params["spreadsheet_id"]
            copied = await run_in_threadpool(
                copy_spreadsheet, self._emulator, source, body.get("title")
            )
            await self._ask("copy", spreadsheetId=source, to=copied)
        except (ApiError, ScriptHostError) as error:
            return _refusal(error)
        return json_response({"spreadsheet_id": copied})

    async def set_properties(self, request: Request) -> Response:
        """Set script properties (`?store=document` for the document's); others stay."""
        try:
            store = _store(request)
            values = {name: str(value) for name, value in (await _body(request)).items()}
            spreadsheet_id = self._known(request)
            await self._ask(
                "set_properties", spreadsheetId=spreadsheet_id, store=store, values=values
            )
        except (ApiError, ScriptHostError) as error:
            return _refusal(error)
        return json_response({})

    async def properties(self, request: Request) -> Response:
        """Script properties, or the document's."""
        return await self._told(request, "properties")

    async def executions(self, request: Request) -> Response:
        """Ended executions, oldest first: function, times, error, log, toasts and dialogs."""
        return await self._told(request, "executions", "executions")

    async def triggers(self, request: Request) -> Response:
        """Installed triggers of all users."""
        return await self._told(request, "triggers", "triggers")

    async def run(self, request: Request) -> Response:
        """Run a function: `{"function", "args"?, "user"?, "answers"?}`; the record of the run.

        `answers` are what a person answers to the dialogs, in order; without it there is no screen.
        422 with the error where the script threw.
        """
        try:
            body = await _body(request)
            record = await self._ask(
                "run",
                spreadsheetId=self._known(request),
                function=body.get("function"),
                args=body.get("args", []),
                user=body.get("user", OWNER),
                answers=body.get("answers"),
            )
        except (ApiError, ScriptHostError) as error:
            return _refusal(error)
        return json_response(record, 422 if record["error"] else 200)

    async def settle(self, request: Request) -> Response:
        """Wait until no execution is pending: `{"pending": 0}`, or how many after the time."""
        seconds = float(request.query_params.get("timeout", _SETTLE_SECONDS))
        try:
            return json_response(await self._ask("settle", timeoutMs=seconds * 1000))
        except ScriptHostError:
            return json_response({"pending": 0})

    async def _told(self, request: Request, op: str, name: str | None = None) -> Response:
        try:
            told = await self._ask(op, spreadsheetId=self._known(request), store=_store(request))
        except (ApiError, ScriptHostError) as error:
            return _refusal(error)
        return json_response({name: told} if name else told)

    async def _ask(self, op: str, **members: JsonValue) -> JsonValue:
        return await asyncio.wrap_future(await run_in_threadpool(self._host.send, op, **members))

    def _known(self, request: Request) -> str:
        spreadsheet_id: str = request.path_params["spreadsheet_id"]
        return self._emulator.spreadsheet(spreadsheet_id).spreadsheet_id


async def _body(request: Request) -> JsonObject:
    raw = await request.body()
    try:
        body = orjson.loads(raw or b"{}")
    except orjson.JSONDecodeError as error:
        raise invalid(f"Not JSON: {error}") from None
    if not isinstance(body, dict):
        raise invalid("The body must be a JSON object.")
    return body


def _store(request: Request) -> str:
    store = request.query_params.get("store", "script")
    if store not in _STORES:
        raise invalid(f"store must be one of {', '.join(_STORES)}.")
    return store


def _refusal(error: ApiError | RangeError | ScriptHostError) -> Response:
    if isinstance(error, RangeError):
        error = invalid(str(error))
    elif isinstance(error, ScriptHostError):
        error = ApiError(503, str(error))
    return json_response(error.body(), error.code)


def _ignore_outcome(running: Future[JsonValue]) -> None:
    """Triggers run in the background: what becomes of them is in the executions."""
    if not running.cancelled():
        running.exception()
