"""The mappings that the feed shows, read from ``sheetbridge.toml`` without its secrets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from collections.abc import Mapping as ReadOnly
from pathlib import Path

from sink.core.configuration import Configuration
from sink.core.configuration_file import parse
from sink.core.errors import ConfigurationError
from sink.core.mapping import Mapping

_UNREAD = "not read by the feed"


class _NoSecrets(ReadOnly[str, str]):
    """An environment in which every name is set and none tells anything."""

    def __getitem__(self, name: str) -> str:
        return _UNREAD

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0

    def __contains__(self, name: object) -> bool:
        return True


def read_configuration(path: Path) -> Configuration:
    """The configuration with a placeholder for each secret, which the feed has no use for.

    Raises ConfigurationError for what the file has wrong and OSError if it cannot be read.
    """
    return parse(
        path.read_text(encoding="utf-8"),
        source=str(path),
        environment=_NoSecrets(),
        read_file=lambda _: _UNREAD,
    )


class Catalogue:
    """Mappings by name and by topic; ``refresh`` takes in what was added to the file since.

    ``changed`` is called after the mappings have changed, on the thread that noticed.
    """

    def __init__(self, path: Path) -> None:
        self.changed: Callable[[], None] = lambda: None
        self._path = path
        self._changed_at = 0
        self.configuration = read_configuration(path)
        self._changed_at = path.stat().st_mtime_ns

    def refresh(self) -> bool:
        """Read the file again if it was written since; True if so.

        A file that cannot be read or is wrong at this moment leaves what was known.
        """
        try:
            changed_at = self._path.stat().st_mtime_ns
            if changed_at == self._changed_at:
                return False
            before, self.configuration = self.configuration, read_configuration(self._path)
        except (OSError, UnicodeDecodeError, ConfigurationError):
            return False
        self._changed_at = changed_at
        if before.mappings != self.configuration.mappings:
            self.changed()
        return True

    @property
    def mappings(self) -> tuple[Mapping, ...]:
        """All mappings."""
        return self.configuration.mappings

    def mapping(self, name: str) -> Mapping | None:
        """The mapping of that name, or None."""
        return self.configuration.mapping(name)

    def topics(self) -> dict[str, Mapping]:
        """Both topics of each mapping."""
        found = {mapping.cdc_topic: mapping for mapping in self.mappings}
        return found | {mapping.sheet_topic: mapping for mapping in self.mappings}
