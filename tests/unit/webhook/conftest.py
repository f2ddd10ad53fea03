from collections.abc import AsyncIterator

import pytest

from tests.unit.webhook.stage import Stage, stage


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def webhook(anyio_backend: str) -> AsyncIterator[Stage]:
    async for each in stage():
        yield each
