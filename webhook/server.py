"""Serving the webhook: uvicorn, ended gracefully by SIGTERM or Ctrl-C."""

from __future__ import annotations

import logging
import socket

import uvicorn

from sink.core.configuration import Configuration
from sink.core.errors import SheetbridgeError
from webhook.app import kafka_app

GRACE_SECONDS = 5
KEEP_ALIVE_SECONDS = 75
MAX_CONNECTIONS = 256
"""Beyond it uvicorn answers 503 at once; it bounds what unread bodies may hold of memory."""


class AddressError(SheetbridgeError):
    """The webhook cannot listen where it is told to."""

    def __init__(self, host: str, port: int, cause: str) -> None:
        self.problem = f"The webhook cannot listen on {host}:{port} ({cause})."
        self.mend = "Stop what listens there, or choose another host or port in [webhook]."
        super().__init__(f"{self.problem}\n{self.mend}")


def serve(configuration: Configuration) -> None:
    """Serve until SIGTERM or SIGINT; then finish the requests under way and flush to Kafka.

    Raises ConfigurationError, AddressError.
    """
    settings = configuration.webhook
    app = kafka_app(configuration)
    listening = listen(settings.host, settings.port)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    # Nothing is said of threads and processes, so they need not be looked up for each line:
    # https://docs.python.org/3/howto/logging.html#optimization
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    # It tells of every attempt to reconnect, five lines each; the publisher tells of changes.
    logging.getLogger("kafka").setLevel(logging.CRITICAL)
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        lifespan="on",
        limit_concurrency=MAX_CONNECTIONS,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    with listening:
        uvicorn.Server(config).run(sockets=[listening])


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; ``port`` 0 lets the system choose. Raises AddressError."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listening = socket.socket(family, kind)
        try:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind(address)
            listening.listen(2048)
        except OSError:
            listening.close()
            raise
    except OSError as error:
        raise AddressError(host, port, error.strerror or str(error)) from error
    return listening
