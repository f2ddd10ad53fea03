"""Kafka Connect's REST interface, one method a call.

https://kafka.apache.org/documentation/#connect_rest. Every method raises ConnectUnreachableError,
ConnectBusyError or ConnectFaultError as ``connectors.errors`` tells; what a method raises besides
stands at it. Nothing here waits or repeats: that is the registration's. No configuration is ever
logged.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Self, TypeVar
from urllib.parse import quote

import httpx

from connectors.answers import (
    ConnectorStatus,
    Worker,
    read_config,
    read_error,
    read_objections,
    read_plugins,
    read_status,
    read_topics,
    read_worker,
)
from connectors.errors import (
    ConnectBusyError,
    ConnectFaultError,
    ConnectorRefusedError,
    ConnectorUnknownError,
    ConnectUnreachableError,
    Objection,
)

_T = TypeVar("_T")

_VALIDATION_SECONDS = 90.0
"""Debezium connects to the database while it validates; Connect itself gives up after 90 s."""


class ConnectClient:
    """A client of one worker; close it, or use it in a ``with``. ``timeout`` is in seconds."""

    def __init__(
        self, url: str, *, timeout: float = 10.0, transport: httpx.BaseTransport | None = None
    ) -> None:
        self.url = url.rstrip("/")
        # Connect stands beside us: a proxy of the environment is for the world outside.
        self._http = httpx.Client(
            base_url=self.url, timeout=timeout, transport=transport, trust_env=False
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def worker(self) -> Worker:
        """Version and Kafka cluster of the worker."""
        return self._read(read_worker, self._send("GET", "/"))

    def plugins(self) -> list[str]:
        """Class names of the connector plugins that the worker found."""
        return self._read(read_plugins, self._send("GET", "/connector-plugins"))

    def validate(self, plugin: str, config: Mapping[str, str]) -> list[Objection]:
        """What the worker and the connector say against ``config``; empty if nothing.

        The connector tries the database with it. ConnectorUnknownError where the plugin is missing.
        """
        answer = self._send(
            "PUT",
            f"/connector-plugins/{quote(plugin, safe='')}/config/validate",
            json=dict(config),
            timeout=_VALIDATION_SECONDS,
            name=plugin,
        )
        return self._read(read_objections, answer)

    def config(self, name: str) -> dict[str, str] | None:
        """The configuration as stored, references unresolved; None where there is none."""
        try:
            answer = self._send("GET", f"{self._path(name)}/config", name=name)
        except ConnectorUnknownError:
            return None
        return self._read(read_config, answer)

    def put_config(self, name: str, config: Mapping[str, str]) -> bool:
        """Create the connector or update it in place; True if it was created.

        ConnectorRefusedError where Connect does not take the configuration.
        """
        answer = self._send("PUT", f"{self._path(name)}/config", json=dict(config), name=name)
        return answer.status_code == httpx.codes.CREATED

    def status(self, name: str) -> ConnectorStatus | None:
        """State of the connector and its tasks; None while there is none."""
        try:
            answer = self._send("GET", f"{self._path(name)}/status", name=name)
        except ConnectorUnknownError:
            return None
        return self._read(read_status, answer)

    def restart_failed(self, name: str) -> None:
        """Restart what FAILED of the connector and its tasks, and nothing that runs."""
        query = {"includeTasks": "true", "onlyFailed": "true"}
        self._send("POST", f"{self._path(name)}/restart", params=query, name=name)

    def stop(self, name: str) -> None:
        """Ask it to stop: its tasks end, its configuration and offsets stay."""
        self._send("PUT", f"{self._path(name)}/stop", name=name)

    def resume(self, name: str) -> None:
        """Ask a stopped or paused connector to run."""
        self._send("PUT", f"{self._path(name)}/resume", name=name)

    def delete_offsets(self, name: str) -> None:
        """Forget how far it has read; the connector must be STOPPED."""
        self._send("DELETE", f"{self._path(name)}/offsets", name=name)

    def delete(self, name: str) -> bool:
        """Delete the connector; False where there was none. Its topics and offsets stay."""
        try:
            self._send("DELETE", self._path(name), name=name)
        except ConnectorUnknownError:
            return False
        return True

    def topics(self, name: str) -> list[str]:
        """Topics that the connector has written to since its creation (or their last reset)."""
        answer = self._send("GET", f"{self._path(name)}/topics", name=name)
        return self._read(lambda raw: read_topics(raw, name), answer)

    @staticmethod
    def _path(name: str) -> str:
        return f"/connectors/{quote(name, safe='')}"

    def _send(
        self,
        method: str,
        path: str,
        *,
        json: dict[str, str] | None = None,
        params: dict[str, str] | None = None,
        timeout: float | None = None,
        name: str = "",
    ) -> httpx.Response:
        try:
            answer = self._http.request(
                method,
                path,
                json=json,
                params=params,
                timeout=httpx.USE_CLIENT_DEFAULT if timeout is None else timeout,
            )
        except (httpx.TransportError, httpx.InvalidURL) as error:
            raise ConnectUnreachableError(self.url, _cause(error)) from error
        if answer.is_success:
            return answer
        message = self._message(answer)
        match answer.status_code:
            case httpx.codes.NOT_FOUND if name:
                raise ConnectorUnknownError(name, self.url)
            case httpx.codes.BAD_REQUEST if json is not None:
                raise ConnectorRefusedError(
                    name,
                    [Objection("configuration", message)],
                    mend="Correct the configuration accordingly.",
                )
            case (
                httpx.codes.CONFLICT | httpx.codes.SERVICE_UNAVAILABLE | httpx.codes.GATEWAY_TIMEOUT
            ):
                raise ConnectBusyError(self.url, message)
        raise ConnectFaultError(self.url, answer.status_code, message)

    def _read(self, reader: Callable[[object], _T], answer: httpx.Response) -> _T:
        try:
            return reader(answer.json())
        except ValueError as error:
            raise ConnectFaultError(
                self.url, answer.status_code, f"a body that is not Connect's ({error})"
            ) from error

    @staticmethod
    def _message(answer: httpx.Response) -> str:
        try:
            message = read_error(answer.json())
        except ValueError:
            message = ""
        return message or answer.reason_phrase


def _cause(error: Exception) -> str:
    return str(error) or type(error).__name__
