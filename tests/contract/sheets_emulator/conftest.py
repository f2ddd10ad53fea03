"""A fresh emulator and document for tests that need no HTTP, a served one for those that do."""

from collections.abc import Iterator

import httpx
import pytest

from deploy.sheets_emulator.document import Document
from deploy.sheets_emulator.emulator import Emulator
from tests.contract.sheets_emulator.serving import serving


@pytest.fixture
def emulator() -> Emulator:
    return Emulator(allow_any_token=True)


@pytest.fixture
def document(emulator: Emulator) -> Document:
    return emulator.create({"properties": {"title": "Planes"}})


@pytest.fixture
def client(emulator: Emulator) -> Iterator[httpx.Client]:
    with serving(emulator) as url, httpx.Client(base_url=url) as client:
        yield client
