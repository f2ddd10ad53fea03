"""Serves the page, and tells it where the database's side can be seen.

The page is plain files below `static/`; nothing is built. Whoever starts the stack writes what the
page must know into a JSON file and names it in the environment: `live_url` (the live feed),
`spreadsheet_id` and `mappings` (as in `endpoints.json`).
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from fastapi.staticfiles import StaticFiles

from deploy.sheets_emulator.emulator import Emulator
from deploy.sheets_emulator.json_types import JsonObject

PAGE_CONFIG = "SHEETBRIDGE_PAGE_CONFIG"
STATIC = Path(__file__).parent / "static"

_POLICY = (
    "default-src 'self'; connect-src 'self' http: https:; img-src 'self' data:; "
    "style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Cache-Control": "no-cache",
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


def create_router(emulator: Emulator, environment: Mapping[str, str] = os.environ) -> APIRouter:
    """`GET /`, `/page/…` and `/_control/page.json`.

    The JSON file may be written or changed while the emulator runs: it is read at each request.
    """
    router = APIRouter(include_in_schema=False)
    files = StaticFiles(directory=STATIC)

    async def file(path: str, request: Request) -> Response:
        response = await files.get_response(path, request.scope)
        response.headers.update(_HEADERS)
        return response

    @router.get("/")
    async def index(request: Request) -> Response:
        return await file("index.html", request)

    @router.get("/page/{path:path}")
    async def asset(path: str, request: Request) -> Response:
        return await file(path, request)

    @router.get("/_control/page.json")
    def page_config() -> JSONResponse:
        config = _read(environment.get(PAGE_CONFIG))
        ids = emulator.spreadsheet_ids()
        if config["spreadsheet_id"] not in ids and len(ids) > 0:
            config["spreadsheet_id"] = ids[0]
        return JSONResponse(config, headers={"Cache-Control": "no-store"})

    return router


def _read(path: str | None) -> JsonObject:
    """What the file says; where it is missing or broken, that there is no database's side."""
    config: JsonObject = {"live_url": None, "spreadsheet_id": None, "mappings": []}
    if path:
        try:
            written = json.loads(Path(path).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return config
        if isinstance(written, dict):
            config |= {name: written[name] for name in config if name in written}
    return config
