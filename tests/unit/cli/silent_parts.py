"""A configuration of parts that do not answer, for commands that ask each of them."""

from __future__ import annotations

from pathlib import Path

from tests.unit.cli.unused_port import unused_port


def nothing_answers(directory: Path) -> tuple[Path, int]:
    """A configuration whose parts all are at one port, which nobody has; and that port."""
    port = unused_port()
    file = directory / "sheetbridge.toml"
    (directory / "secret").write_text("0123456789abcdef")
    file.write_text(
        f"""
        [database]
        host = "127.0.0.1"
        port = {port}
        user = "u"
        password = "${{file:secret}}"
        [kafka]
        bootstrap = "127.0.0.1:{port}"
        [connect]
        url = "http://127.0.0.1:{port}"
        database_user = "u"
        database_password = "${{env:SHEETBRIDGE_CDC_PASSWORD}}"
        [google]
        credentials = "application_default"
        [webhook]
        port = {port}
        secrets = ["${{file:secret}}"]
        [[mapping]]
        name = "orders"
        table = "shop.orders"
        spreadsheet = "S"
        tab = "t"
        key = ["id"]
        """
    )
    return file, port
