"""``sheetbridge.toml`` → ``Configuration``. Pure: environment and files come in as arguments.

Every fault is a ConfigurationError that names the file, the line and the mend. Unknown keys are
refused, since a misspelt setting that is passed over would look as if it had been obeyed.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping

from sink.core.configuration import (
    Configuration,
    ConnectSettings,
    CredentialsKind,
    DatabaseSettings,
    GoogleSettings,
    KafkaSettings,
    Secret,
    SinkSettings,
    WebhookSettings,
)
from sink.core.errors import ConfigurationError
from sink.core.mapping import Mapping as TableMapping
from sink.core.mapping_section import read_mapping, refuse_duplicates
from sink.core.retention_section import read_retention
from sink.core.secret_reference import SecretSource
from sink.core.settings_section import Section
from sink.core.toml_lines import TomlLines

_PLACE = re.compile(r" \(at line (\d+), column (\d+)\)$")
_AT_END = " (at end of document)"
_MAX_SECRETS = 2
_SHORTEST_WEBHOOK_SECRET = 16


def parse(
    text: str,
    *,
    source: str,
    environment: Mapping[str, str],
    read_file: Callable[[str], str],
) -> Configuration:
    """The configuration that ``text`` says; ``source`` is the file's name for messages.

    ``environment`` and ``read_file`` resolve ``${env:NAME}`` and ``${file:PATH}``; ``read_file``
    takes the path as written and raises OSError. Raises ConfigurationError.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _syntax(text, source, str(error)) from None
    root = Section(
        source, content, (), TomlLines(text), source, SecretSource(environment, read_file)
    )
    root.allow("database", "kafka", "connect", "google", "webhook", "sink", "retention", "mapping")
    sections = {
        "database": _table(root, "database", required='host = "127.0.0.1"'),
        "kafka": _table(root, "kafka"),
        "connect": _table(root, "connect"),
        "google": _table(root, "google"),
        "webhook": _table(root, "webhook"),
        "sink": _table(root, "sink"),
        "retention": _table(root, "retention"),
    }
    blocks = _mapping_sections(root)
    return Configuration(
        database=_database(sections["database"]),
        kafka=_kafka(sections["kafka"]),
        connect=_connect(sections["connect"]),
        google=_google(sections["google"]),
        webhook=_webhook(sections["webhook"]),
        sink=_sink(sections["sink"]),
        mappings=_mappings(blocks),
        retention=read_retention(sections["retention"]),
        source=source,
    )


def _syntax(text: str, source: str, message: str) -> ConfigurationError:
    """tomllib names the line in its message only (its ``lineno`` came with Python 3.14)."""
    place = _PLACE.search(message)
    if place is None:
        line = max(1, len(text.rstrip().split("\n")))
        problem = message.removesuffix(_AT_END) + " at the end of the file"
    else:
        line = int(place.group(1))
        problem = f"{message[: place.start()]} at column {place.group(2)}"
    what = problem[:1].lower() + problem[1:]
    if "overwrite" in problem or "declare" in problem:
        mend = "It is written twice: keep one of the two"
    elif "escape" in problem or "hex value" in problem or "Unescaped" in problem:
        mend = "Write a backslash as \\\\, or put the text in single quotes"
    else:
        mend = 'Put text in double quotes (name = "value") and close every quote and bracket'
    return ConfigurationError(f"not valid TOML: {what}", mend=mend, source=source, line=line)


def _table(root: Section, name: str, *, required: str | None = None) -> Section:
    value = root.get(name)
    if value is None and required is not None:
        raise ConfigurationError(
            f"there is no [{name}] section",
            mend=f"Add [{name}] with {required} (sheetbridge init writes a whole file)",
            source=root.source,
            line=root.lines.last,
        )
    if value is not None and not isinstance(value, dict):
        root.fail(
            f"{name!r} must be one section",
            f"Write its header once, with single brackets: [{name}]",
            name,
        )
    content = value if isinstance(value, dict) else {}
    return Section(f"[{name}]", content, (name,), root.lines, root.source, root.secrets)


def _mapping_sections(root: Section) -> list[Section]:
    blocks = root.get("mapping")
    if blocks is None:
        raise ConfigurationError(
            "there is no [[mapping]]: no table is kept in step with any tab",
            mend="Add one: sheetbridge mapping add",
            source=root.source,
            line=root.lines.last,
        )
    if not isinstance(blocks, list) or not blocks:
        root.fail(
            "mappings are written as a list of sections",
            "Write the header of each with double brackets: [[mapping]]",
            "mapping",
        )
    sections = []
    for number, block in enumerate(blocks):
        if not isinstance(block, dict):
            root.fail("a mapping must be a section", "Write [[mapping]] blocks", "mapping")
        path = ("mapping", number)
        sections.append(Section("[[mapping]]", block, path, root.lines, root.source, root.secrets))
    return sections


def _mappings(sections: list[Section]) -> tuple[TableMapping, ...]:
    mappings = tuple(read_mapping(section) for section in sections)
    refuse_duplicates(sections, mappings)
    return mappings


def _database(section: Section) -> DatabaseSettings:
    section.allow("host", "port", "user", "password")
    section.need("host", 'host = "127.0.0.1"')
    return DatabaseSettings(
        host=section.host("host", None, 'host = "127.0.0.1"') or "",
        port=section.integer("port", 3306, 1, 65_535),
        user=section.text("user", 'user = "sheetbridge"'),
        password=section.secret(
            "password",
            section.need("password", 'password = "${env:SHEETBRIDGE_DATABASE_PASSWORD}"'),
        ),
    )


def _kafka(section: Section) -> KafkaSettings:
    section.allow("bootstrap", "replication")
    usual = KafkaSettings()
    return KafkaSettings(
        bootstrap=section.bootstrap("bootstrap", f'bootstrap = "{usual.bootstrap}"')
        or usual.bootstrap,
        replication=section.integer("replication", usual.replication, 1, 100),
    )


def _connect(section: Section) -> ConnectSettings:
    section.allow(
        "url",
        "database_user",
        "database_password",
        "connector",
        "database_host",
        "database_port",
        "kafka_bootstrap",
    )
    usual = ConnectSettings()
    user = f'database_user = "{usual.database_user}"'
    password = section.get("database_password")
    return ConnectSettings(
        url=section.url("url", f'url = "{usual.url}"') or usual.url,
        database_user=section.optional_text("database_user", user) or usual.database_user,
        database_password=section.connect_reference(
            "database_password", usual.database_password if password is None else password
        ),
        connector=section.optional_text("connector", f'connector = "{usual.connector}"')
        or usual.connector,
        database_host=section.host("database_host", None, 'database_host = "mysql"'),
        database_port=section.optional_integer("database_port", 3306, 1, 65_535),
        kafka_bootstrap=section.bootstrap("kafka_bootstrap", 'kafka_bootstrap = "kafka:9092"'),
    )


def _google(section: Section) -> GoogleSettings:
    section.allow(
        "credentials", "credentials_file", "api_endpoint", "writes_per_minute", "reads_per_minute"
    )
    usual = GoogleSettings()
    file = 'credentials_file = "service-account.json"'
    settings = GoogleSettings(
        credentials=section.choice("credentials", CredentialsKind, usual.credentials),
        credentials_file=section.optional_text("credentials_file", file),
        api_endpoint=section.url("api_endpoint", 'api_endpoint = "http://127.0.0.1:8095"'),
        writes_per_minute=section.integer(
            "writes_per_minute", usual.writes_per_minute, 1, 1_000_000
        ),
        reads_per_minute=section.integer("reads_per_minute", usual.reads_per_minute, 1, 1_000_000),
    )
    needs_file = settings.credentials is not CredentialsKind.APPLICATION_DEFAULT
    if needs_file and settings.credentials_file is None:
        section.fail(
            f"[google] has no credentials_file, which {settings.credentials.value} needs",
            f'Add {file}, or write credentials = "application_default"',
        )
    return settings


def _webhook(section: Section) -> WebhookSettings:
    section.allow("secrets", "host", "port", "public_url", "replay_window", "max_body")
    usual = WebhookSettings(secrets=())
    public_url = section.url("public_url", 'public_url = "https://hooks.example.com"')
    if public_url is not None and public_url.endswith(("/v1/edits", "/v1/mappings", "/v1")):
        section.fail(
            "public_url in [webhook] ends with a path of the webhook's own",
            "Write it without /v1 and what follows",
            "public_url",
        )
    return WebhookSettings(
        secrets=_webhook_secrets(section),
        host=section.host("host", usual.host, 'host = "127.0.0.1"') or usual.host,
        port=section.integer("port", usual.port, 1, 65_535),
        public_url=public_url,
        replay_window=section.integer("replay_window", usual.replay_window, 1, 86_400),
        max_body=section.integer("max_body", usual.max_body, 1_000, 50_000_000),
    )


def _webhook_secrets(section: Section) -> tuple[Secret, ...]:
    example = 'secrets = ["${file:webhook-secret}"]'
    value = section.get("secrets")
    if value is None:
        if section.content:
            section.fail("[webhook] has no secrets", f"Add a line such as: {example}")
        return ()
    if not isinstance(value, list) or not 1 <= len(value) <= _MAX_SECRETS:
        section.fail(
            "secrets in [webhook] must be a list of one secret, or of two while one is replaced",
            f"Write it such as: {example}",
            "secrets",
        )
    secrets = tuple(section.secret("secrets", each) for each in value)
    for secret in secrets:
        if len(secret.value) < _SHORTEST_WEBHOOK_SECRET:
            section.fail(
                f"the webhook's secret {secret.reference} is shorter than "
                f"{_SHORTEST_WEBHOOK_SECRET} characters",
                "Make a long one: openssl rand -hex 32",
                "secrets",
            )
    return secrets


def _sink(section: Section) -> SinkSettings:
    section.allow("group", "max_batch", "reconcile_every")
    usual = SinkSettings()
    return SinkSettings(
        group=section.optional_text("group", 'group = "sheetbridge"') or usual.group,
        max_batch=section.integer("max_batch", usual.max_batch, 1, 100_000),
        reconcile_every=section.integer("reconcile_every", usual.reconcile_every, 1, 86_400),
    )
