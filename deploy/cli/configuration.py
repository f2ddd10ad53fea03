"""Finding and reading ``sheetbridge.toml`` for the commands."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from sink.core.configuration import Configuration
from sink.core.configuration_file import parse
from sink.core.errors import ConfigurationError

PATH_VARIABLE = "SHEETBRIDGE_CONFIG"
PLACES = (Path("sheetbridge.toml"), Path(".sheetbridge/sheetbridge.toml"))


def find(path: Path | None = None) -> Path:
    """The configuration's path: ``path``, else $SHEETBRIDGE_CONFIG, else the first of ``PLACES``.

    Raises ConfigurationError where there is no such file.
    """
    named = path or (Path(os.environ[PATH_VARIABLE]) if os.environ.get(PATH_VARIABLE) else None)
    if named is not None:
        if not named.is_file():
            raise ConfigurationError(
                "there is no such file",
                mend="Correct --config or $SHEETBRIDGE_CONFIG, or write one: sheetbridge init",
                source=str(named),
            )
        return named
    for place in PLACES:
        if place.is_file():
            return place
    raise ConfigurationError(
        f"there is none here, nor in {PLACES[1].parent}",
        mend="Write one with sheetbridge init, or try everything with sheetbridge demo",
        source=str(PLACES[0]),
    )


def load(path: Path | None = None) -> Configuration:
    """The configuration, with secrets from the environment and from files beside it.

    Relative paths in the file count from its directory; ``credentials_file`` comes back absolute.
    Raises ConfigurationError.
    """
    found = find(path)
    directory = found.absolute().parent
    try:
        text = found.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(
            f"it cannot be read ({error.strerror})",
            mend="Let the user who runs Sheetbridge read it",
            source=str(found),
        ) from error
    except UnicodeDecodeError as error:
        raise ConfigurationError(
            "it is not UTF-8 text",
            mend="Save it as UTF-8",
            source=str(found),
            line=_line_of_byte(found, error.start),
        ) from error
    configuration = parse(
        text,
        source=str(found),
        environment=os.environ,
        read_file=lambda name: _beside(directory, name).read_text(encoding="utf-8"),
    )
    google = configuration.google
    if google.credentials_file is None:
        return configuration
    file = str(_beside(directory, google.credentials_file))
    return replace(configuration, google=replace(google, credentials_file=file))


def _beside(directory: Path, name: str) -> Path:
    return directory / Path(name).expanduser()


def _line_of_byte(path: Path, offset: int) -> int:
    return path.read_bytes()[:offset].count(b"\n") + 1
