"""A right ``sheetbridge.toml`` and what it refers to."""

from sink.core.configuration import Configuration
from sink.core.configuration_file import parse

WHOLE = """\
[database]
host = "127.0.0.1"
port = 3307
user = "sheetbridge"
password = "${env:DATABASE_PASSWORD}"

[kafka]
bootstrap = "127.0.0.1:9092"

[connect]
url = "http://127.0.0.1:8083/"
database_user = "sheetbridge_cdc"
database_password = "${env:CDC_PASSWORD}"

[google]
credentials_file = "service-account.json"

[webhook]
secrets = ["${file:webhook-secret}"]

[[mapping]]
name = "planes"
table = "demo.planes"
spreadsheet = "1AbC_d-9"
tab = "planes"
key = ["tailnum"]
"""

VARIABLES = {"DATABASE_PASSWORD": "pa$$ word", "EMPTY": ""}
FILES = {
    "webhook-secret": "0123456789abcdef0123456789abcdef\n",
    "second": "fedcba9876543210\r\n",
    "short": "tiny",
    "empty": "\n",
}


def read_file(name: str) -> str:
    if name == "locked":
        raise PermissionError(13, "Permission denied")
    if name == "binary":
        return b"\xff\xfe".decode("utf-8")
    try:
        return FILES[name]
    except KeyError:
        raise FileNotFoundError(2, "No such file or directory") from None


def parsed(text: str) -> Configuration:
    return parse(text, source="my.toml", environment=VARIABLES, read_file=read_file)


def changed(old: str, new: str) -> str:
    """The whole file with one piece replaced."""
    assert WHOLE.count(old) == 1, f"{old!r} must stand once in the sample"
    return WHOLE.replace(old, new)
