"""The page's files and what it is told of the database's side."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from fastapi import FastAPI

from deploy.sheets_emulator.emulator import Emulator
from deploy.sheets_emulator.page.routes import PAGE_CONFIG, STATIC, create_router
from tests.asgi_client import AsgiClient


def client(emulator: Emulator, config: Path | None = None) -> AsgiClient:
    app = FastAPI()
    environment = {} if config is None else {PAGE_CONFIG: str(config)}
    app.include_router(create_router(emulator, environment))
    return AsgiClient(app)


def test_every_file_that_the_page_names_is_there() -> None:
    page = client(Emulator())
    html = page.get("/").text
    named = re.findall(r'(?:href|src)="(page/[^"#]+)', html)
    assert len(named) > 5
    for path in named:
        assert page.get(f"/{path}").status_code == 200, path


@pytest.mark.parametrize("path", sorted(STATIC.rglob("*.js")), ids=lambda path: path.name)
def test_every_module_imports_files_that_are_there(path: Path) -> None:
    for name in re.findall(r'^import .* from "([^"]+)"', path.read_text("utf-8"), re.MULTILINE):
        assert (path.parent / name).is_file(), name


def test_nothing_is_fetched_from_elsewhere() -> None:
    for path in [*STATIC.rglob("*.html"), *STATIC.rglob("*.css"), *STATIC.rglob("*.js")]:
        addresses = re.findall(r"https?://[^\s\"')]+", path.read_text("utf-8"))
        assert not addresses, path


def test_the_page_may_run_no_scripts_but_its_own() -> None:
    policy = client(Emulator()).get("/").headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy


def test_files_outside_of_the_page_are_not_served() -> None:
    assert client(Emulator()).get("/page/../routes.py").status_code == 404
    assert client(Emulator()).get("/page/%2e%2e/routes.py").status_code == 404


def test_the_page_is_told_what_the_stack_wrote(tmp_path: Path) -> None:
    emulator = Emulator()
    emulator.create({}, "known")
    config = tmp_path / "page.json"
    page = client(emulator, config)
    assert page.get("/_control/page.json").json()["live_url"] is None
    written = {"live_url": "http://127.0.0.1:1", "spreadsheet_id": "known", "mappings": []}
    config.write_text(json.dumps(written | {"secret": "x"}), encoding="utf-8")
    assert page.get("/_control/page.json").json() == written


def test_without_a_stack_the_page_shows_the_first_spreadsheet(tmp_path: Path) -> None:
    emulator = Emulator()
    emulator.create({}, "alone")
    broken = tmp_path / "page.json"
    broken.write_text("{", encoding="utf-8")
    told = client(emulator, broken).get("/_control/page.json").json()
    assert told == {"live_url": None, "spreadsheet_id": "alone", "mappings": []}


def test_an_empty_emulator_has_nothing_to_show() -> None:
    assert client(Emulator()).get("/_control/page.json").json()["spreadsheet_id"] is None
