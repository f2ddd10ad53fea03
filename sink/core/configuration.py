"""What ``sheetbridge.toml`` says, as frozen settings built once at the start.

The parser is ``sink.core.configuration_file``; this page is the vocabulary. Secrets are written in
the file as references (``${env:NAME}`` or ``${file:PATH}``), never as plain text; they become
``Secret``, which does not show its value when printed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from sink.core.mapping import Mapping

CONNECT_VARIABLE = "SHEETBRIDGE_CDC_PASSWORD"
"""Variable of the Connect worker that holds the password of Debezium's MySQL user."""
CONNECT_REFERENCE = f"${{env:{CONNECT_VARIABLE}}}"


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret and where it came from; ``repr`` and ``str`` show only where."""

    reference: str
    value: str = field(repr=False)

    def __str__(self) -> str:
        return self.reference


@dataclass(frozen=True, slots=True)
class DatabaseSettings:
    """The MySQL server that holds the tables and Sheetbridge's own schema."""

    host: str
    user: str
    password: Secret
    port: int = 3306


@dataclass(frozen=True, slots=True)
class KafkaSettings:
    """The Kafka cluster; ``replication`` is used for topics that Sheetbridge creates."""

    bootstrap: str = "127.0.0.1:9092"
    replication: int = 1


@dataclass(frozen=True, slots=True)
class ConnectSettings:
    """Kafka Connect's REST address and how its Debezium connector reaches MySQL and Kafka.

    ``database_password`` is a Connect config-provider reference such as
    ``${env:SHEETBRIDGE_CDC_PASSWORD}``. It is resolved by the Connect worker, never by us, so that
    no connector configuration holds a secret. Hosts default to those of the other sections.
    """

    url: str = "http://127.0.0.1:8083"
    database_user: str = "sheetbridge_cdc"
    database_password: str = CONNECT_REFERENCE
    connector: str = "sheetbridge"
    database_host: str | None = None
    database_port: int | None = None
    kafka_bootstrap: str | None = None


class CredentialsKind(StrEnum):
    """How Sheetbridge proves to Google who it is."""

    SERVICE_ACCOUNT = "service_account"
    APPLICATION_DEFAULT = "application_default"
    OAUTH_USER = "oauth_user"


@dataclass(frozen=True, slots=True)
class GoogleSettings:
    """Access to the Sheets API. ``api_endpoint`` points the client at the emulator.

    ``credentials_file`` is the service account's key, or the OAuth user's token file; it is not
    used with application-default credentials. Quotas are calls a minute.
    """

    credentials: CredentialsKind = CredentialsKind.SERVICE_ACCOUNT
    credentials_file: str | None = None
    api_endpoint: str | None = None
    writes_per_minute: int = 60
    reads_per_minute: int = 60


@dataclass(frozen=True, slots=True)
class WebhookSettings:
    """Where the webhook listens and which signatures it takes.

    Two secrets are valid while one is rotated. ``replay_window`` is in seconds, ``max_body`` in
    bytes.
    """

    secrets: tuple[Secret, ...]
    host: str = "127.0.0.1"
    port: int = 8090
    public_url: str | None = None
    replay_window: int = 300
    max_body: int = 2_000_000


@dataclass(frozen=True, slots=True)
class SinkSettings:
    """How the sink works: its consumer group, batch bounds and the reconciler's timer (seconds)."""

    group: str = "sheetbridge"
    max_batch: int = 2_000
    reconcile_every: int = 300


@dataclass(frozen=True, slots=True)
class RetentionSettings:
    """How many days is remembered what serves nobody for ever. Agreed values are kept always.

    A post that is older than the edit ids is refused, and a row's tombstone outlives them.
    """

    edit_ids: int = 30
    tombstones: int = 90
    conflicts: int = 365
    dead_letters: int = 90


@dataclass(frozen=True, slots=True)
class Configuration:
    """The whole of ``sheetbridge.toml``."""

    database: DatabaseSettings
    kafka: KafkaSettings
    connect: ConnectSettings
    google: GoogleSettings
    webhook: WebhookSettings
    sink: SinkSettings
    mappings: tuple[Mapping, ...]
    retention: RetentionSettings = RetentionSettings()
    source: str = "sheetbridge.toml"

    def mapping(self, name: str) -> Mapping | None:
        """The mapping of that name, or None."""
        return next((mapping for mapping in self.mappings if mapping.name == name), None)
