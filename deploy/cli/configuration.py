"""Reads ``sheetbridge.toml``, with the environment and the files that it refers to."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from sink.core.configuration import Configuration
from sink.core.configuration_file import parse
from sink.core.errors import ConfigurationError

PLACES = (Path("sheetbridge.toml"), Path(".sheetbridge/sheetbridge.toml"))
VARIABLE = "SHEETBRIDGE_CONFIG"


def find(path: Path | None) -> Path:
    """The file in use: ``path``, else ``$SHEETBRIDGE_CONFIG``, else the first of ``PLACES``.

    Raises ConfigurationError where there is none.
    """
    if path is None and os.environ.get(VARIABLE):
        path = Path(os.environ[VARIABLE])
    candidates = PLACES if path is None else (path,)
    for candidate in candidates:
        if candidate.is_file():
            return candidate
    raise ConfigurationError(
        "there is no such file",
        mend="sheetbridge init makes one; --config names another",
        source=" or ".join(str(candidate) for candidate in candidates),
    )


def load(path: Path | None = None) -> Configuration:
    """The configuration in ``path`` (see ``find``), its secrets looked up.

    A relative path in the file, of a secret or of the credentials, counts from the file itself.
    Raises ConfigurationError with the line and the mend.
    """
    file = find(path)
    directory = file.resolve().parent
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(
            f"cannot be read ({error})", mend="Make it readable, in UTF-8", source=str(file)
        ) from error
    configuration = parse(
        text,
        source=str(file),
        environment=os.environ,
        read_file=lambda name: (directory / name).read_text(encoding="utf-8").strip(),
    )
    google = configuration.google
    if google.credentials_file is not None:
        absolute = str(directory / Path(google.credentials_file).expanduser())
        configuration = replace(configuration, google=replace(google, credentials_file=absolute))
    return configuration
