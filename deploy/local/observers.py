"""Google accounts for those who only look at the demo's spreadsheet.

Google counts reads by user, so a watcher with accounts of its own takes nothing from the sink.
"""

from __future__ import annotations

from pathlib import Path

from deploy.local import service_account
from deploy.local.run_directory import RunDirectory

COUNT = 8


def key_files(directory: RunDirectory, sheets_url: str) -> list[Path]:
    """The accounts' key files (mode 0600), made the first time or when the address changed."""
    files = [directory.path / f"observer-{number}.json" for number in range(1, COUNT + 1)]
    if all(file.exists() and f'"{sheets_url}/token"' in file.read_text() for file in files):
        return files
    key = service_account.private_key()
    return [
        directory.write_private(
            file.name, service_account.key_file(file.stem, sheets_url=sheets_url, key=key)
        )
        for file in files
    ]
