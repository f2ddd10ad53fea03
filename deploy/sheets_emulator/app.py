"""The web application: API, administration and, where present, gestures, script host and page."""

import importlib
import importlib.util
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.utils import formatdate

from fastapi import FastAPI
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from deploy.sheets_emulator import administration, routes
from deploy.sheets_emulator.api.errors import of_code
from deploy.sheets_emulator.emulator import Emulator
from deploy.sheets_emulator.settings import Settings

#: Parts of the emulator that bring a router of their own: `create_router(emulator) -> APIRouter`.
#: A router may have a lifespan, which starts and stops with the application.
PARTS = ("control", "page")


def create_app(
    settings: Settings | None = None,
    *,
    emulator: Emulator | None = None,
    allow_any_token: bool = False,
) -> FastAPI:
    """The application, with its emulator at `app.state.emulator`.

    Give `emulator` to serve one that exists already; `settings` and `allow_any_token` are then
    those that it has.
    """
    served = emulator or Emulator(settings, allow_any_token=allow_any_token)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        served.close()

    app = FastAPI(
        title="Sheets emulator", docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan
    )
    app.state.emulator = served
    for part in PARTS:
        name = f"{__package__}.{part}"
        if importlib.util.find_spec(name) is not None:
            create_router = getattr(importlib.import_module(name), "create_router", None)
            if create_router is not None:
                app.include_router(create_router(served))
    app.router.routes.extend(routes.routes(served))
    app.router.routes.extend(administration.routes(served))
    app.add_exception_handler(Exception, _internal_error)
    app.add_middleware(_Dated)
    return app


class _Dated:
    """Writes the ``Date`` of each answer as it leaves, as Google's servers do."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_dated(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["date"] = formatdate(usegmt=True)
            await send(message)

        await self._app(scope, receive, send_dated)


async def _internal_error(_request: Request, _error: Exception) -> Response:
    """A mistake of the emulator's own, in Google's envelope; the server logs the traceback."""
    return routes.json_response(of_code(500).body(), 500)
