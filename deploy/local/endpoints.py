"""``endpoints.json``: where a running stack listens and how to get in; its owner alone reads it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from deploy.local.identity import ProcessIdentity
from deploy.local.run_directory import RunDirectory


@dataclass(frozen=True, slots=True)
class MappingEndpoint:
    """One mapping of the stack's configuration; ``columns`` are the table's, in sheet order.

    ``columns`` is empty where every column is mapped and the table could not be looked at.
    """

    name: str
    table: str
    spreadsheet_id: str
    tab: str
    key: list[str]
    columns: list[str]


@dataclass(frozen=True, slots=True)
class Endpoints:
    """A running stack. What was not started is an empty text.

    ``mysql_url`` is an application's user, ``reader_mysql_url`` one who can only look,
    ``root_mysql_url`` the administrator (unix socket). ``pids`` names each service's process.
    """

    mysql_url: str = field(default="", repr=False)
    kafka_bootstrap: str = ""
    connect_url: str = ""
    webhook_url: str = ""
    webhook_secret: str = field(default="", repr=False)
    sheets_url: str = ""
    spreadsheet_id: str = ""
    page_url: str = ""
    config: str = ""
    mappings: list[MappingEndpoint] = field(default_factory=list)
    reader_mysql_url: str = field(default="", repr=False)
    root_mysql_url: str = field(default="", repr=False)
    service_account_file: str = ""
    live_url: str = ""
    run_directory: str = ""
    background: bool = False
    pids: dict[str, ProcessIdentity] = field(default_factory=dict)

    def save(self, directory: RunDirectory) -> Path:
        """Write ``endpoints.json`` (mode 0600); returns its path."""
        return directory.write_private("endpoints.json", json.dumps(asdict(self), indent=2) + "\n")

    @classmethod
    def load(cls, path: Path) -> Endpoints:
        """Read ``endpoints.json``. Raises FileNotFoundError if no stack wrote one."""
        content = json.loads(path.read_text(encoding="utf-8"))
        content["mappings"] = [MappingEndpoint(**mapping) for mapping in content["mappings"]]
        content["pids"] = {
            name: ProcessIdentity(**identity) for name, identity in content["pids"].items()
        }
        return cls(**content)
