"""Reading one table of ``sheetbridge.toml``: each getter checks, and names line and mend if not."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import NoReturn, TypeVar
from urllib.parse import urlsplit

from sink.core.configuration import Secret
from sink.core.errors import ConfigurationError
from sink.core.secret_reference import SecretSource, UnresolvedSecretError, connect_reference
from sink.core.toml_lines import Path, TomlLines

Choice = TypeVar("Choice", bound=StrEnum)

_HOST_AND_PORT = re.compile(r"(?:\[[0-9A-Fa-f:.]+\]|[^\s:/,@]+):(\d{1,5})")
_HOST = re.compile(r"[^\s/@:,]+|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*")


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that ``word`` was probably meant to be."""
    by_lower = {each.lower(): each for each in known}
    close = difflib.get_close_matches(word.lower(), by_lower, n=1, cutoff=0.6)
    return by_lower[close[0]] if close else None


def type_name(value: object) -> str:
    """TOML's name for the type of a parsed value."""
    names = {bool: "a boolean", int: "a number", float: "a number", str: "text"}
    names |= {list: "a list", dict: "a table"}
    return names.get(type(value), "a date or time")


def shown(value: object) -> str:
    """A value for a message: a text as it is written, else its type."""
    return f"{value!r:.80}" if isinstance(value, str) else type_name(value)


@dataclass(frozen=True, slots=True)
class Section:
    """One table: ``content`` at ``path`` of the file ``source``; ``label`` is its header.

    ``allow`` comes first and refuses keys that are none of ours; every getter raises
    ConfigurationError for a value that is not of its kind.
    """

    label: str
    content: dict[str, object]
    path: Path
    lines: TomlLines
    source: str
    secrets: SecretSource

    def error(self, problem: str, mend: str, *keys: str) -> ConfigurationError:
        """The error for the key at the path ``keys`` in this table, or for the table itself."""
        line = self.lines.line((*self.path, *keys))
        return ConfigurationError(problem, mend=mend, source=self.source, line=line)

    def fail(self, problem: str, mend: str, *keys: str) -> NoReturn:
        """Raise ``error``."""
        raise self.error(problem, mend, *keys) from None

    def allow(self, *known: str) -> None:
        """Refuse the first key that is not ``known``, suggesting the nearest that is."""
        for key in self.content:
            if key not in known:
                close = nearest(key, known)
                meant = f"Did you mean {close!r}? " if close else ""
                mend = f"{meant}It may have: {', '.join(known)}"
                self.fail(f"{self.label} has no setting {key!r:.80}", mend, key)

    def get(self, key: str) -> object | None:
        """The raw value of ``key``, or None where it is not written (TOML has no null)."""
        return self.content.get(key)

    def name(self, key: str) -> str:
        """How messages call ``key`` of this table."""
        return f"{key} in {self.label}"

    def need(self, key: str, example: str) -> object:
        """The raw value of a required key; ``example`` is a line that would be right."""
        value = self.get(key)
        if value is None:
            self.fail(f"{self.label} has no {key}", f"Add a line such as: {example}")
        return value

    def text(self, key: str, example: str) -> str:
        """A required text that is not blank."""
        return self._as_text(key, self.need(key, example), example)

    def optional_text(self, key: str, example: str) -> str | None:
        """A text that is not blank, or None."""
        value = self.get(key)
        return None if value is None else self._as_text(key, value, example)

    def integer(self, key: str, default: int, low: int, high: int) -> int:
        """A whole number between ``low`` and ``high``, both included."""
        value = self.get(key)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int):
            self.fail(
                f"{self.name(key)} must be a whole number, not {type_name(value)}",
                f"Write it without quotes, such as: {key} = {default}",
                key,
            )
        if not low <= value <= high:
            self.fail(
                f"{self.name(key)} is {value}",
                f"Choose a whole number from {low} to {high}, such as: {key} = {default}",
                key,
            )
        return value

    def optional_integer(self, key: str, example: int, low: int, high: int) -> int | None:
        """As ``integer``; None where it is not written."""
        return self.integer(key, example, low, high) if key in self.content else None

    def share(self, key: str, default: float) -> float:
        """A number from 0 to 1."""
        value = self.get(key)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
            self.fail(
                f"{self.name(key)} must be a share, a number from 0 to 1",
                f"Write 10 % as: {key} = 0.1",
                key,
            )
        return float(value)

    def choice(self, key: str, kind: type[Choice], default: Choice) -> Choice:
        """One of the words of ``kind``."""
        value = self.get(key)
        if value is None:
            return default
        words = [member.value for member in kind]
        if not isinstance(value, str) or value not in words:
            close = nearest(value, words) if isinstance(value, str) else None
            meant = f"Did you mean {close!r}? " if close else ""
            self.fail(
                f"{self.name(key)} is {shown(value)}", f"{meant}It may be {', '.join(words)}", key
            )
        return kind(value)

    def texts(self, key: str, value: object, example: str) -> tuple[str, ...]:
        """``value``, which is written under ``key``, as a list of different, unblank texts."""
        if not isinstance(value, list) or not value:
            self.fail(
                f"{self.name(key)} must be a list with at least one text",
                f"Write it such as: {example}",
                key,
            )
        found: list[str] = []
        for each in value:
            word = self._as_text(key, each, example)
            if word in found:
                self.fail(f"{self.name(key)} names {word!r} twice", "Remove one of the two", key)
            found.append(word)
        return tuple(found)

    def host(self, key: str, default: str | None, example: str) -> str | None:
        """A host's name or address, without scheme or port."""
        value = self.optional_text(key, example)
        if value is not None and not _HOST.fullmatch(value):
            self.fail(
                f"{self.name(key)} is no host name",
                f"Write the name or address alone, without scheme and port: {example}",
                key,
            )
        return default if value is None else value

    def bootstrap(self, key: str, example: str) -> str | None:
        """Kafka's ``host:port``, several separated by commas; None where it is not written."""
        value = self.optional_text(key, example)
        if value is None:
            return None
        servers = [server.strip() for server in value.split(",")]
        for server in servers:
            found = _HOST_AND_PORT.fullmatch(server)
            if found is None or not 1 <= int(found.group(1)) <= 65_535:
                self.fail(
                    f"{self.name(key)} is no list of host:port",
                    f"Write each broker with its port, such as: {example}",
                    key,
                )
        return ",".join(servers)

    def url(self, key: str, example: str) -> str | None:
        """An http or https address without credentials, query and slash at its end, or None."""
        value = self.optional_text(key, example)
        if value is None:
            return None
        try:
            parts = urlsplit(value)
            port = parts.port
        except ValueError:
            self.fail(f"{self.name(key)} is no address", f"Write it such as: {example}", key)
        if "@" in parts.netloc:  # the message must not show what may be a password
            self.fail(
                f"{self.name(key)} holds a user name or password",
                f"Write the address without it: {example}",
                key,
            )
        fit = parts.scheme in {"http", "https"} and parts.hostname and port != 0
        if not fit or parts.query or parts.fragment or any(each.isspace() for each in value):
            self.fail(
                f"{self.name(key)} is no http or https address: {value!r:.80}",
                f"Write it such as: {example}",
                key,
            )
        return value.rstrip("/")

    def secret(self, key: str, value: object, label: str | None = None) -> Secret:
        """``value``, which is written under ``key``, as a resolved secret."""
        try:
            return self.secrets.resolve(label or self.name(key), value)
        except UnresolvedSecretError as error:
            self.fail(error.problem, error.mend, key)

    def connect_reference(self, key: str, value: object) -> str:
        """``value`` as a reference that the Connect worker resolves."""
        try:
            return connect_reference(self.name(key), value)
        except UnresolvedSecretError as error:
            self.fail(error.problem, error.mend, key)

    def table(self, key: str, example: str) -> dict[str, object] | None:
        """A table inside this one, or None."""
        value = self.get(key)
        if value is None:
            return None
        if not isinstance(value, dict):
            self.fail(
                f"{self.name(key)} must be a table, not {type_name(value)}",
                f"Write it such as: {example}",
                key,
            )
        return value

    def _as_text(self, key: str, value: object, example: str) -> str:
        if not isinstance(value, str):
            self.fail(
                f"{self.name(key)} must be text, not {type_name(value)}",
                f"Put it in double quotes, such as: {example}",
                key,
            )
        if not value.strip():
            self.fail(f"{self.name(key)} is empty", f"Write it such as: {example}", key)
        return value
