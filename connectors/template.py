"""``sheetbridge.toml`` → the connector's configuration, as Connect's REST interface takes it.

No secret ever stands in it: the password is a reference that the Connect worker resolves by its
config providers (https://kafka.apache.org/documentation/#connect_configproviders).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping as ReadOnly

from connectors import mysql
from sink.core.configuration import Configuration
from sink.core.errors import ConfigurationError
from sink.core.topics import SCHEMA_HISTORY

_PLACEHOLDER = re.compile(r"\{\{(\w+)\}\}")
_PROVIDER_REFERENCE = re.compile(r"^\$\{[^}:]+:[^}]+\}$")

ROUTER = "org.apache.kafka.connect.transforms.RegexRouter"


def render(configuration: Configuration) -> dict[str, str]:
    """The whole connector configuration for exactly the mapped tables and their marker tables.

    Equal configurations give equal results, whatever the order of the mappings. Raises
    ConfigurationError for a plain-text password, for no mapping at all and for a table that
    cannot be captured.
    """
    _refuse(configuration)
    mysql.refuse_uncapturable(configuration)
    values = {
        "connector": configuration.connect.connector,
        "database_host": configuration.connect.database_host or configuration.database.host,
        "database_port": str(configuration.connect.database_port or configuration.database.port),
        "database_user": configuration.connect.database_user,
        "database_password": configuration.connect.database_password,
        "server_id": str(mysql.server_id(configuration.connect.connector)),
        "kafka_bootstrap": configuration.connect.kafka_bootstrap or configuration.kafka.bootstrap,
        "schema_history_topic": SCHEMA_HISTORY,
        "replication": str(configuration.kafka.replication),
        "tables": ",".join(mysql.pattern(table) for table in captured_tables(configuration)),
    }
    settings = fill(json.loads(mysql.template_text()), values)
    settings["name"] = configuration.connect.connector
    settings.update(marker_routers(configuration))
    return settings


def captured_tables(configuration: Configuration) -> list[str]:
    """Mapped tables and their marker tables, as ``database.table``, sorted, each once."""
    tables = {mapping.table for mapping in configuration.mappings}
    markers = {mapping.marker_table for mapping in configuration.mappings}
    return sorted(tables) + sorted(markers)


def marker_routers(configuration: Configuration) -> dict[str, str]:
    """Transforms that send each marker row into its table's own topic.

    One router a database with the tables spelled out: a single pattern for all would split
    ``marker__a__b__c`` at the wrong place when a name contains ``__``.
    """
    tables: dict[str, set[str]] = {}
    for mapping in configuration.mappings:
        tables.setdefault(mapping.database, set()).add(mapping.table_name)
    settings = {"transforms": ",".join(f"markers{n}" for n in range(1, len(tables) + 1))}
    for number, database in enumerate(sorted(tables), start=1):
        names = "|".join(re.escape(name) for name in sorted(tables[database]))
        prefix = re.escape(f"cdc.sheetbridge.marker__{database}__")
        settings |= {
            f"transforms.markers{number}.type": ROUTER,
            f"transforms.markers{number}.regex": f"{prefix}({names})",
            f"transforms.markers{number}.replacement": f"cdc.{database}.$1",
        }
    return settings


def fill(template: ReadOnly[str, str], values: ReadOnly[str, str]) -> dict[str, str]:
    """``template`` with each ``{{name}}`` replaced; raises KeyError for a name without value.

    A value is put in as it is and not looked into again.
    """
    return {
        setting: _PLACEHOLDER.sub(lambda found: values[found.group(1)], text)
        for setting, text in template.items()
    }


def _refuse(configuration: Configuration) -> None:
    if not configuration.mappings:
        raise ConfigurationError(
            "there is no mapping, so there is nothing to capture",
            mend="Add one: sheetbridge mapping add",
            source=configuration.source,
        )
    if not _PROVIDER_REFERENCE.match(configuration.connect.database_password):
        raise ConfigurationError(
            "connect.database_password is not a reference",
            mend="Anyone may read a connector's configuration, so write ${env:NAME} or "
            "${file:/path:key}, which the Connect worker resolves",
            source=configuration.source,
        )
