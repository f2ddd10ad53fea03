"""An emulator that listens on a free port, in a thread of the test's own process."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from deploy.sheets_emulator.app import create_app
from deploy.sheets_emulator.emulator import Emulator


@contextmanager
def serving(emulator: Emulator) -> Iterator[str]:
    """The base URL of the served emulator, which stops at the end."""
    # With the protocol named, asyncio turns Nagle's delay off; else every answer takes 40 ms.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    config = uvicorn.Config(
        create_app(emulator=emulator),
        log_level="warning",
        server_header=False,
        date_header=False,
        lifespan="on",
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started:
        assert time.monotonic() < deadline, "the emulator did not start"
        assert thread.is_alive(), "the emulator stopped at once"
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(20)
        listener.close()
