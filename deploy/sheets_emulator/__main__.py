"""`python -m deploy.sheets_emulator`: serve the emulator."""

import argparse
import gc
from pathlib import Path
from types import FrameType

import uvicorn

from deploy.sheets_emulator.app import create_app
from deploy.sheets_emulator.emulator import Emulator
from deploy.sheets_emulator.settings import Settings


class _Server(uvicorn.Server):
    """Ends the change feeds first when told to stop: pages keep them open as long as they can."""

    def __init__(self, config: uvicorn.Config, emulator: Emulator) -> None:
        super().__init__(config)
        self._emulator = emulator

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Called by uvicorn at SIGINT and SIGTERM."""
        self._emulator.changes.close()
        super().handle_exit(sig, frame)


def main() -> None:
    """Read the command line and serve until told to stop."""
    parser = argparse.ArgumentParser(
        prog="python -m deploy.sheets_emulator", description="A stand-in for Google Sheets."
    )
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8095, help="0: any free port")
    parser.add_argument("--data-dir", type=Path, help="keep spreadsheets here over restarts")
    parser.add_argument(
        "--allow-any-token", action="store_true", help="take any bearer token, or none"
    )
    parser.add_argument("--quota-writes-per-minute", type=int)
    parser.add_argument("--quota-reads-per-minute", type=int)
    parser.add_argument("--latency-ms", type=float, default=0)
    options = parser.parse_args()
    settings = Settings(
        quota_writes_per_minute=options.quota_writes_per_minute,
        quota_reads_per_minute=options.quota_reads_per_minute,
        latency_ms=options.latency_ms,
    )
    # A tab of hundreds of thousands of rows is as many lists; look through them more seldom.
    gc.set_threshold(50_000, 20, 100)
    emulator = Emulator(
        settings, allow_any_token=options.allow_any_token, data_dir=options.data_dir
    )
    config = uvicorn.Config(
        create_app(emulator=emulator),
        host=options.host,
        port=options.port,
        log_level="warning",
        server_header=False,
        date_header=False,  # uvicorn's is up to a second old; Google's tells the answer's second
        timeout_graceful_shutdown=5,
    )
    _Server(config, emulator).run()


main()
