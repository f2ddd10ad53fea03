"""What is MySQL's own in a registration: template, names, grants and known failures.

Another database comes with a module like this one and a template beside ``mysql.json``; nothing
else in this package knows which database is behind the connector.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources

from sink.core.configuration import Configuration
from sink.core.errors import ConfigurationError

CONNECTOR_CLASS = "io.debezium.connector.mysql.MySqlConnector"
"""Also the plugin's name in Connect's validation."""

CAPTURE_PRIVILEGES = (
    "SELECT",
    "RELOAD",
    "SHOW DATABASES",
    "REPLICATION SLAVE",
    "REPLICATION CLIENT",
    "LOCK TABLES",
)
"""What Debezium's user needs, on ``*.*``
(https://debezium.io/documentation/reference/stable/connectors/mysql.html#mysql-creating-user)."""

_MAX_IDENTIFIER = 64
"""Characters in a MySQL table name (https://dev.mysql.com/doc/refman/9.7/en/identifier-length.html)."""

_MAX_TOPIC = 249
_TOPIC = re.compile(r"^[A-Za-z0-9._-]+$")


def template_text() -> str:
    """``mysql.json``, the settings with their placeholders."""
    return resources.files("connectors").joinpath("mysql.json").read_text(encoding="utf-8")


def grant_statement(user: str) -> str:
    """The GRANT that gives the capturing ``user`` what it needs."""
    return f"GRANT {', '.join(CAPTURE_PRIVILEGES)} ON *.* TO '{user}'@'%';"


def server_id(connector: str) -> int:
    """The replica id under which the connector reads the binlog; the same at every start.

    It must differ from every server's and replica's, so it comes from a digest of the connector's
    name and lies above the small numbers that people give to their servers. Debezium's own choice
    is random in 5400…6400 and changes with every registration.
    """
    digest = hashlib.sha256(connector.encode()).digest()
    return 1_000_000 + int.from_bytes(digest[:4], "big") % 2_000_000_000


def pattern(name: str) -> str:
    """A Java regular expression that matches ``name`` and nothing else, safe in a comma list."""
    return re.sub(r"[^A-Za-z0-9_]", lambda found: "\\" + found.group(), name)


def refuse_uncapturable(configuration: Configuration) -> None:
    """Raise ConfigurationError for a table that cannot travel through Kafka under its own name."""
    markers: dict[str, str] = {}
    for mapping in configuration.mappings:
        if not _TOPIC.match(mapping.table) or len(mapping.cdc_topic) > _MAX_TOPIC:
            raise ConfigurationError(
                f"table {mapping.table!r} cannot name a Kafka topic",
                mend="Only letters, digits, '.', '_' and '-' can: rename the table, or map a view "
                "of the application onto a table with a plain name",
                source=configuration.source,
            )
        marker = mapping.marker_table
        if len(marker.split(".", 1)[1]) > _MAX_IDENTIFIER:
            raise ConfigurationError(
                f"the names of database and table in {mapping.table!r} are too long together",
                mend="Together they may have 54 characters, so that the marker table of that name "
                "fits into MySQL's 64",
                source=configuration.source,
            )
        if markers.setdefault(marker, mapping.table) != mapping.table:
            raise ConfigurationError(
                f"tables {markers[marker]!r} and {mapping.table!r} would share one marker table",
                mend="Rename one so that its name has no '__' at the same place",
                source=configuration.source,
            )


@dataclass(frozen=True, slots=True)
class KnownFailure:
    """A failure whose mend is known.

    Connect hands over a failed task's error as text only, so text is all there is to recognise it
    by; what is not recognised is shown as it is. ``lasting`` failures come back at every restart.
    """

    pattern: re.Pattern[str]
    mend: str
    lasting: bool = True
    lost_position: bool = False

    def render(self, settings: Mapping[str, str]) -> str:
        """The mend for a connector with these ``settings``."""
        return self.mend.format(
            host=settings.get("database.hostname", ""),
            port=settings.get("database.port", ""),
            grant=grant_statement(settings.get("database.user", "")),
        )


_LOST_POSITION = (
    "sheetbridge register --reset-offsets lets it go on from now; what lay in the gap is found by "
    "the reconciler."
)

KNOWN_FAILURES = (
    KnownFailure(
        re.compile(r"Access denied for user", re.IGNORECASE),
        "Correct connect.database_user and the variable or file that connect.database_password "
        "names. The Connect worker resolves it, so the worker must have it (config.providers in "
        "its properties), and must be restarted when an environment variable changes.",
    ),
    KnownFailure(
        re.compile(r"you need \(at least one of\)|command denied to user|privilege", re.IGNORECASE),
        "As an administrator of MySQL: {grant}",
    ),
    KnownFailure(
        re.compile(
            r"trying to read change stream starting at|no longer available on the server"
            r"|has purged binary logs|purged required binary logs|Could not find first log file",
            re.IGNORECASE,
        ),
        "The server no longer has the binlog from where the connector stopped. " + _LOST_POSITION,
        lost_position=True,
    ),
    KnownFailure(
        re.compile(r"history topic or its content is fully or partially missing", re.IGNORECASE),
        "The schema-history topic was lost. " + _LOST_POSITION,
        lost_position=True,
    ),
    KnownFailure(
        re.compile(r"UnknownHostException|Name or service not known", re.IGNORECASE),
        "The Connect worker does not find the host {host}: set connect.database_host to the name "
        "under which the worker reaches MySQL.",
        lasting=False,
    ),
    KnownFailure(
        # Debezium's validation keeps the reason to itself: an unknown host reads like this too.
        re.compile(
            r"Communications link failure|Connection refused|connect timed out"
            r"|Failed to establish connection with the database"
        ),
        "The Connect worker does not reach MySQL at {host}:{port}: start MySQL, or set "
        "connect.database_host and connect.database_port as seen from the worker.",
        lasting=False,
    ),
    KnownFailure(
        re.compile(r"binlog_format|binlog_row_image", re.IGNORECASE),
        "Set binlog_format=ROW and binlog_row_image=FULL on the MySQL server.",
    ),
    KnownFailure(
        re.compile(r"same server_(uuid|id)", re.IGNORECASE),
        "Another reader of the binlog has this connector's server id: give connect.connector "
        "another name.",
    ),
)


def known_failure(trace: str) -> KnownFailure | None:
    """The first known failure that ``trace`` shows, or None."""
    return next((known for known in KNOWN_FAILURES if known.pattern.search(trace)), None)
