"""What can go wrong between us and Kafka Connect, in one tree.

SheetbridgeError
└── ConnectError                 ``problem`` says what, ``mend`` what a person can do
    ├── ConnectUnreachableError  nothing answers at the address (retriable)
    ├── ConnectBusyError         a rebalance is under way, or the worker starts (retriable)
    ├── ConnectFaultError        an answer that Connect's documentation does not promise
    ├── ConnectorUnknownError    Connect has no connector of that name
    ├── ConnectorRefusedError    Connect or Debezium does not take the configuration
    ├── TaskFailedError          the connector or its task stopped with an error
    └── NotRunningInTimeError    no error, but not RUNNING before the deadline either
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sink.core.errors import SheetbridgeError


class ConnectError(SheetbridgeError):
    """Root of what this package raises; the message is the problem and, below it, the mend."""

    def __init__(self, problem: str, *, mend: str) -> None:
        self.problem = problem
        self.mend = mend
        super().__init__(f"{problem}\n{mend}")


class ConnectUnreachableError(ConnectError):
    """No HTTP answer came from ``address``."""

    retriable = True

    def __init__(self, address: str, cause: str) -> None:
        self.address = address
        super().__init__(
            f"Kafka Connect does not answer at {address} ({cause}).",
            mend="Start it, or correct connect.url.",
        )


class ConnectBusyError(ConnectError):
    """Connect asks to come again: 409 in a rebalance, 503 while it starts."""

    retriable = True

    def __init__(self, address: str, message: str) -> None:
        super().__init__(
            f"Kafka Connect at {address} is busy: {message}", mend="Try again in a minute."
        )


class ConnectFaultError(ConnectError):
    """An unexpected status or body."""

    def __init__(self, address: str, status: int, message: str) -> None:
        self.status = status
        super().__init__(
            f"Kafka Connect at {address} answered {status}: {message}",
            mend="Look into the Connect worker's log; is connect.url really Kafka Connect's?",
        )


class ConnectorUnknownError(ConnectError):
    """There is no connector ``name``."""

    def __init__(self, name: str, address: str) -> None:
        self.name = name
        super().__init__(
            f"Kafka Connect at {address} has no connector {name!r}.",
            mend="sheetbridge register makes it.",
        )


@dataclass(frozen=True, slots=True)
class Objection:
    """What Connect's validation says against one setting."""

    setting: str
    message: str

    def __str__(self) -> str:
        return f"{self.setting}: {self.message}"


class ConnectorRefusedError(ConnectError):
    """The configuration was not taken; nothing was changed."""

    def __init__(self, name: str, objections: Sequence[Objection], *, mend: str) -> None:
        self.objections = tuple(objections)
        told = "; ".join(str(objection) for objection in objections)
        super().__init__(f"Connector {name!r} is refused: {told}", mend=mend)


class TaskFailedError(ConnectError):
    """The connector, or its task, is FAILED; ``cause`` is the innermost error of its trace."""

    def __init__(
        self, name: str, *, headline: str, cause: str, mend: str, lost_position: bool = False
    ) -> None:
        self.headline = headline
        self.cause = cause
        self.lost_position = lost_position
        told = headline if cause in {"", headline} else f"{headline} Cause: {cause}"
        super().__init__(f"Connector {name!r} has failed: {told}", mend=mend)


class NotRunningInTimeError(ConnectError):
    """The connector did not come up before the deadline; ``state`` is the last one seen."""

    def __init__(self, name: str, *, state: str, seconds: float) -> None:
        self.state = state
        super().__init__(
            f"Connector {name!r} is not running after {seconds:.0f} s (state: {state}).",
            mend="Look into the Connect worker's log, or try again with a longer --timeout.",
        )
