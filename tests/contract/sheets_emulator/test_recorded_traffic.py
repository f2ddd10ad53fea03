"""The emulator answers as the real API did when it was recorded."""

import json
from collections.abc import Callable, Iterator

import httpx
import pytest

from deploy.sheets_emulator.emulator import Emulator
from tests.contract.sheets_emulator.recordings import RECORDED, Replay, Report, rotated
from tests.contract.sheets_emulator.serving import serving

pytestmark = pytest.mark.skipif(
    not RECORDED.is_dir(), reason="the recorded traffic is not beside the repository"
)


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with (
        serving(Emulator(allow_any_token=True)) as url,
        httpx.Client(base_url=url, verify=False) as client,
    ):
        yield client


@pytest.mark.parametrize(
    "change", [pytest.param(str, id="as recorded"), pytest.param(rotated, id="other texts")]
)
def test_recorded_answers_agree(client: httpx.Client, change: Callable[[str], str]) -> None:
    core, everything = Report(), Report()
    for path in sorted(RECORDED.glob("*.json")):
        recording = json.loads(path.read_text("utf-8"))
        report = Report()
        Replay(client, change).play(recording, report)
        everything.add(report)
        if recording["core"]:
            core.add(report)
    print(
        f"core: {core.share:.2%} of {core.compared}; all: {everything.share:.2%} of "
        f"{everything.compared}"
    )
    for line in everything.disagreements:
        print("  ", line)
    assert core.compared > 300, "the recordings were not played"
    assert core.share >= 0.99
    assert everything.share >= 0.98
