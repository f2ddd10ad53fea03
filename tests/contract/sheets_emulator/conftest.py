"""A fresh emulator and document for tests that need no HTTP, a served one for those that do."""

import time
from collections.abc import Iterator
from dataclasses import asdict

import httpx
import pytest

from deploy.sheets_emulator.document import Document
from deploy.sheets_emulator.emulator import Emulator
from deploy.sheets_emulator.quota import Quota
from deploy.sheets_emulator.settings import Settings
from tests.contract.sheets_emulator.serving import serving


@pytest.fixture
def emulator() -> Emulator:
    return Emulator(allow_any_token=True)


@pytest.fixture
def document(emulator: Emulator) -> Document:
    return emulator.create({"properties": {"title": "Planes"}})


@pytest.fixture(scope="module")
def served_emulator() -> Iterator[tuple[Emulator, str]]:
    """One a module, since a server takes half a second to start and stop."""
    emulator = Emulator(allow_any_token=True)
    with serving(emulator) as url:
        yield emulator, url


@pytest.fixture
def client(served_emulator: tuple[Emulator, str]) -> Iterator[httpx.Client]:
    """A client of the module's emulator, with switches, counters and quotas as at its start."""
    emulator, url = served_emulator
    emulator.settings.change(asdict(Settings()))
    emulator.stats.reset()
    emulator.quota = Quota(time.monotonic)
    with httpx.Client(base_url=url, verify=False) as client:
        yield client
