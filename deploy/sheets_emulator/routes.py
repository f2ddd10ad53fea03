"""HTTP: `/v4/…` as Google serves it, `/_internal/v4/…` without quota, latency, auth or failures."""

import asyncio
from dataclasses import dataclass
from urllib.parse import parse_qsl

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from deploy.sheets_emulator import methods
from deploy.sheets_emulator.api import field_mask
from deploy.sheets_emulator.api.errors import ApiError, bad_field, not_found, of_code
from deploy.sheets_emulator.api.reading import READS
from deploy.sheets_emulator.api.render import checked_option
from deploy.sheets_emulator.api.schema_check import check_answer, check_body, check_query
from deploy.sheets_emulator.emulator import Emulator
from deploy.sheets_emulator.json_types import JsonObject
from deploy.sheets_emulator.methods import Method
from deploy.sheets_emulator.settings import LateCalls
from deploy.sheets_emulator.token import GrantError

ACTOR_HEADER = "X-Emulator-Actor"
_LONGEST_SILENCE_SECONDS = 190.0  # a little above the 180 s after which Google gives up
_LISTS = ("ranges", "responseRanges")
_FLAGS = (
    "includeGridData",
    "includeValuesInResponse",
    "includeSpreadsheetInResponse",
    "responseIncludeGridData",
)


#: Methods whose body is values alone, which are checked as they are written.
_PLAIN_VALUES = ("spreadsheets.values.update", "spreadsheets.values.append")


@dataclass(frozen=True, slots=True)
class _Call:
    method: Method
    arguments: JsonObject
    fields: str
    compact: bool


def json_response(body: JsonObject, status: int = 200, *, compact: bool = False) -> Response:
    """An answer as Google writes it: two-space indent and a newline at the end."""
    option = orjson.OPT_APPEND_NEWLINE | (0 if compact else orjson.OPT_INDENT_2)
    return Response(
        orjson.dumps(body, option=option),
        status,
        media_type="application/json; charset=UTF-8",
        headers={"Vary": "Origin, X-Origin, Referer", "Cache-Control": "private"},
    )


def routes(emulator: Emulator) -> list[Route]:
    """The routes of the API and of the token endpoint."""
    verbs = ["GET", "POST", "PUT", "DELETE", "PATCH"]
    gate = _Gate(emulator)
    return [
        Route("/token", gate.token, methods=["POST"]),
        Route("/v4/spreadsheets{rest:path}", gate.public, methods=verbs),
        Route("/_internal/v4/spreadsheets{rest:path}", gate.internal, methods=verbs),
    ]


class _Gate:
    """What stands between a request and the spreadsheet."""

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator
        self._late: set[asyncio.Task[None]] = set()

    async def token(self, request: Request) -> Response:
        """`POST /token`, a form as OAuth 2 says."""
        form = dict(parse_qsl((await request.body()).decode("utf-8", "replace")))
        try:
            return json_response(self._emulator.tokens.grant(form))
        except GrantError as error:
            return json_response({"error": error.code, "error_description": error.description}, 400)

    async def internal(self, request: Request) -> Response:
        """The API for the page, the script host and the control gestures."""
        try:
            call = await _read(request)
            actor = request.headers.get(ACTOR_HEADER, "person")
            checked_option(ACTOR_HEADER, actor, ("api", "person", "script"), "person")
            return await self._answer(call, actor=actor)
        except ApiError as error:
            return json_response(error.body(), error.code)

    async def public(self, request: Request) -> Response:
        """The API as clients of Google see it."""
        try:
            user = self._user(request)
            call = await _read(request)
        except ApiError as error:
            self._emulator.stats.count_outcome("errors_4xx")
            return json_response(error.body(), error.code)
        stats, settings = self._emulator.stats, self._emulator.settings
        is_write = call.method.is_write
        stats.count_call(call.method.name, is_write)
        try:
            failure = settings.take_failure(is_write)
            if failure is not None:
                stats.count_outcome("scripted_failures")
                if failure.apply and is_write:
                    await self._answer(call, actor="api", user=user)
                raise of_code(failure.status)
            now = settings.current
            limit = now.quota_writes_per_minute if is_write else now.quota_reads_per_minute
            self._emulator.quota.take(user, is_write, limit)
            if is_write and (late := settings.take_late_call()) is not None:
                return await self._answer_late(call, late, request, user)
            if now.latency_ms:
                await asyncio.sleep(now.latency_ms / 2000)
            response = await self._answer(call, actor="api", user=user)
            if now.latency_ms:
                await asyncio.sleep(now.latency_ms / 2000)
            return response
        except ApiError as error:
            if error.code == 429:
                stats.count_outcome("rejected_429")
            elif error.code < 500:
                stats.count_outcome("errors_4xx")
            return json_response(error.body(), error.code, compact=call.compact)

    def _user(self, request: Request) -> str:
        """Whose token it is; ApiError 401 if it is none of ours."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            token = request.query_params.get("access_token", "")
        if self._emulator.allow_any_token:
            return self._emulator.tokens.user_of(token) or token or "anonymous"
        user = self._emulator.tokens.user_of(token) if token else None
        if user is None:
            raise unauthenticated(missing=not token)
        return user

    async def _answer(self, call: _Call, *, actor: str, user: str | None = None) -> Response:
        def work() -> Response:
            answer = self._carry_out(call, actor, user)
            if self._emulator.settings.current.check_answers:
                check_answer(call.method.name, answer)
            return json_response(answer, compact=call.compact)

        return await run_in_threadpool(work)

    def _carry_out(self, call: _Call, actor: str, user: str | None) -> JsonObject:
        method, mask = call.method, field_mask.parse(call.fields) if call.fields else {}
        if method.name == "spreadsheets.create":
            document = self._emulator.create(call.arguments, actor=actor)
            return document.get(fields=call.fields)
        document = self._emulator.spreadsheet(method.spreadsheet_id or "")
        if method.name in READS:
            return document.read(method.name, call.arguments, mask)
        arguments = call.arguments
        if call.fields and method.name == "spreadsheets.batchUpdate":
            arguments = {**arguments, "fields": call.fields}
        answer = document.apply(method.name, arguments, actor=actor, user=user)
        kept: JsonObject = field_mask.keep(answer, mask)
        return kept

    async def _answer_late(
        self, call: _Call, late: LateCalls, request: Request, user: str
    ) -> Response:
        """Put the call off; answer a failure now, or nothing until the client gives up."""
        self._emulator.stats.count_outcome("late_calls")
        task = asyncio.create_task(self._apply_later(call, late.delay_ms / 1000, user))
        self._late.add(task)
        task.add_done_callback(self._late.discard)
        if late.answer is not None:
            raise of_code(late.answer)
        waited = 0.0
        while waited < _LONGEST_SILENCE_SECONDS and not await request.is_disconnected():
            await asyncio.sleep(0.05)
            waited += 0.05
        raise of_code(504)

    async def _apply_later(self, call: _Call, delay: float, user: str) -> None:
        await asyncio.sleep(delay)
        try:
            await self._answer(call, actor="api", user=user)
        except ApiError:
            self._emulator.stats.count_outcome("late_calls_refused")
        self._emulator.stats.count_outcome("late_calls_done")


def unauthenticated(*, missing: bool) -> ApiError:
    """401 UNAUTHENTICATED."""
    page = "https://developers.google.com/identity/sign-in/web/devconsole-project."
    what = (
        "Request is missing required authentication credential."
        if missing
        else "Request had invalid authentication credentials."
    )
    reason = "CREDENTIALS_MISSING" if missing else "ACCESS_TOKEN_TYPE_UNSUPPORTED"
    return ApiError(
        401,
        f"{what} Expected OAuth 2 access token, login cookie or other valid authentication "
        f"credential. See {page}",
        [
            {
                "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                "reason": reason,
                "domain": "googleapis.com",
            }
        ],
    )


async def _read(request: Request) -> _Call:
    """Method and arguments of a request; ApiError 404 or 400 if it is none."""
    raw: bytes = request.scope.get("raw_path") or request.url.path.encode()
    path = raw.decode("ascii", "replace").partition("/v4/spreadsheets")[2].partition("?")[0]
    body = await request.body()
    verb, query = request.method, request.scope.get("query_string", b"").decode("ascii", "replace")
    if request.headers.get("x-http-method-override", "").upper() == "GET" and verb == "POST":
        # Clients send a GET whose URL would be too long as a form.
        verb, query, body = "GET", "&".join(filter(None, (query, body.decode()))), b""
    method = methods.match(verb, path)
    if method is None:
        raise not_found()
    arguments = _body_of(body)
    if method.name not in _PLAIN_VALUES:
        arguments = check_body(method.name, arguments)
    check_query(method.name, [name for name, _ in parse_qsl(query, keep_blank_values=True)])
    fields, compact = "", False
    for name, value in parse_qsl(query, keep_blank_values=True):
        if name in ("fields", "$fields"):
            fields = value
        elif name in ("prettyPrint", "$prettyPrint"):
            compact = value == "false"
        elif name in _LISTS:
            arguments.setdefault(name, []).append(value)
        elif name in _FLAGS:
            arguments[name] = value.lower() in ("true", "1")
        else:
            arguments[name] = value
    arguments |= method.path
    return _Call(method, arguments, fields, compact)


def _body_of(body: bytes) -> JsonObject:
    if not body.strip():
        return {}
    try:
        decoded = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise bad_field("", f"Invalid JSON payload received. {error}") from None
    if not isinstance(decoded, dict):
        raise bad_field(
            "", 'Invalid JSON payload received. Unknown name "": Root element must be a message.'
        )
    return decoded
