"""Every malformed file is named with its line and its mend."""

import pytest

from sink.core.errors import ConfigurationError
from tests.unit.configuration.samples import WHOLE, changed, parsed

MAPPING = WHOLE[WHOLE.index("[[mapping]]") :]
LAST = WHOLE.count("\n")
"""The number of the sample's last line; a line appended to it has the next number."""


def appended(line: str) -> str:
    return WHOLE + line + "\n"


# what is written, the line of the fault, words of the problem, words of the mend
CASES: dict[str, tuple[str, int, str, str]] = {
    # not TOML at all
    "text without quotes": (
        changed('user = "sheetbridge"', "user = sheetbridge"), 4, "not valid TOML", "double quotes",
    ),
    "an open quote": (changed('"sheetbridge"\n', '"sheetbridge\n'), 4, "not valid TOML", "close"),
    "an open list": (changed('["tailnum"]', '["tailnum"'), LAST, "not valid TOML", "bracket"),
    "a backslash": (changed('"sheetbridge"', r'"shop\user"'), 4, "not valid TOML", "single quotes"),
    "a key twice": (
        changed('host = "127.0.0.1"', 'host = "a"\nhost = "b"'), 3, "not valid TOML", "keep one",
    ),
    "a section twice": (appended("[kafka]"), LAST + 1, "not valid TOML", "keep one"),
    # sections and keys
    "an empty file": ("", 1, "no [database]", "sheetbridge init"),
    "no mapping": (WHOLE.replace(MAPPING, ""), 19, "no [[mapping]]", "mapping add"),
    "a misspelt section": (changed("[kafka]", "[kafak]"), 7, "'kafak'", "'kafka'"),
    "a misspelt key": (changed('host = "127', 'hots = "127'), 2, "'hots'", "'host'"),
    "a strange key": (changed("[kafka]", "[kafka]\nxyzzy = 1"), 8, "'xyzzy'", "bootstrap"),
    "a misspelt key of a mapping": (changed("tab = ", "tabb = "), LAST - 1, "'tabb'", "'tab'"),
    "a missing key": (changed('user = "sheetbridge"\n', ""), 1, "no user", 'user = "'),
    "a missing key of a mapping": (changed('tab = "planes"\n', ""), 21, "no tab", "tab = "),
    "a section as a list": (changed("[kafka]", "[[kafka]]"), 7, "one section", "[kafka]"),
    "a mapping as a section": (changed("[[mapping]]", "[mapping]"), 21, "list", "[[mapping]]"),
    "a section as a value": (changed("[database]", "sink = 1\n[database]"), 1, "one", "[sink]"),
    # types and ranges
    "a host that is a number": (changed('host = "127.0.0.1"', "host = 1"), 2, "text", "quotes"),
    "a blank user": (changed('user = "sheetbridge"', 'user = " "'), 4, "empty", "user ="),
    "a host with its port": (changed('host = "127.0.0.1"', 'host = "db:3306"'), 2, "host", "alone"),
    "tombstones that go before the edit ids": (
        appended("[retention]\nedit_ids = 20\ntombstones = 10"),
        LAST + 3, "could bring a deleted row back", "tombstones = 20",
    ),
    "retention of no day": (
        appended("[retention]\nconflicts = 0"), LAST + 2, "conflicts", "conflicts = 365",
    ),
    "a port as text": (changed("port = 3307", 'port = "3307"'), 3, "whole number", "quotes"),
    "a port that is true": (changed("port = 3307", "port = true"), 3, "whole number", "port ="),
    "a port out of range": (changed("port = 3307", "port = 70000"), 3, "70000", "65535"),
    "a broker without a port": (changed('"127.0.0.1:9092"', '"kafka"'), 8, "host:port", "9092"),
    "a broker with port 0": (changed('"127.0.0.1:9092"', '"k:0"'), 8, "host:port", "9092"),
    "an address without scheme": (
        changed('"http://127.0.0.1:8083/"', '"127.0.0.1:8083"'), 11, "address", "http://",
    ),
    "an address with a strange port": (
        changed('"http://127.0.0.1:8083/"', '"http://a:99999"'), 11, "no address", "http://",
    ),
    "a public address with a path of ours": (
        changed("[webhook]", '[webhook]\npublic_url = "https://a.example/v1/edits"'),
        19, "path", "/v1",
    ),
    "a replay window of zero": (
        changed("[webhook]", "[webhook]\nreplay_window = 0"), 19, "replay_window", "from 1",
    ),
    "unknown credentials": (
        changed("[google]", '[google]\ncredentials = "service-account"'),
        16, "'service-account'", "'service_account'",
    ),
    "no credentials file": (
        changed('credentials_file = "service-account.json"\n', ""),
        15, "credentials_file", "application_default",
    ),
    "a reconcile timer in words": (
        WHOLE.replace("[[mapping]]", '[sink]\nreconcile_every = "5 min"\n[[mapping]]'),
        22, "whole number", "300",
    ),
    # secrets
    "an unset variable": (
        changed("${env:DATABASE_PASSWORD}", "${env:NOT_SET}"), 5, "NOT_SET", "export NOT_SET",
    ),
    "an empty variable": (changed("${env:DATABASE_PASSWORD}", "${env:EMPTY}"), 5, "empty", "EMPTY"),
    "a missing file": (changed("webhook-secret", "nowhere"), 19, "nowhere", "Write the secret"),
    "a locked file": (changed("webhook-secret", "locked"), 19, "Permission denied", "may read"),
    "an empty secret file": (changed("webhook-secret", "empty"), 19, "empty", "Write"),
    "a binary secret file": (changed("webhook-secret", "binary"), 19, "UTF-8", "Write"),
    "a short webhook secret": (changed("webhook-secret", "short"), 19, "shorter", "openssl"),
    "three webhook secrets": (
        changed('["${file:webhook-secret}"]', '["${env:A}", "${env:B}", "${env:C}"]'),
        19, "two", "secrets =",
    ),
    "no webhook secrets": (
        changed('secrets = ["${file:webhook-secret}"]', "port = 1"), 18, "secrets", "${file:",
    ),
    "one webhook secret outside a list": (
        changed('["${file:webhook-secret}"]', '"${file:webhook-secret}"'), 19, "list", "[",
    ),
    # mappings
    "a name with a capital": (changed('name = "planes"', 'name = "Planes"'), 22, "Planes", "lower"),
    "a name too long": (changed('name = "planes"', f'name = "{"a" * 42}"'), 22, "aaa", "41"),
    "a table without its database": (
        changed('"demo.planes"', '"planes"'), 23, "'planes'", "shop.orders",
    ),
    "a table of ours": (
        changed('"demo.planes"', '"sheetbridge.state"'), 23, "'sheetbridge'", "own schema",
    ),
    "a spreadsheet's address": (
        changed('"1AbC_d-9"', '"https://docs.google.com/spreadsheets/d/1AbC_d-9/edit#gid=0"'),
        24, "no spreadsheet's id", 'spreadsheet = "1AbC_d-9"',
    ),
    "a spreadsheet's title": (changed('"1AbC_d-9"', '"My sheet"'), 24, "My sheet", "/d/"),
    "a key that is no list": (changed('["tailnum"]', '"tailnum"'), 26, "list", 'key = ["id"]'),
    "an empty key": (changed('["tailnum"]', "[]"), 26, "at least one", 'key = ["id"]'),
    "a key twice in the list": (changed('["tailnum"]', '["id", "id"]'), 26, "'id' twice", "Remove"),
    "a number in the key": (changed('["tailnum"]', '["id", 3]'), 26, "text", "quotes"),
    "columns as a number": (appended("columns = 3"), LAST + 1, "columns", '"*"'),
    "columns in words": (appended('columns = "all"'), LAST + 1, "columns", '"*"'),
    "no columns in a table": (appended("columns = {}"), LAST + 1, "no column", '"*"'),
    "a header that is a number": (appended("columns = {a = 1}"), LAST + 1, "'a'", '"Header"'),
    "a header with spaces around": (appended('columns = {a = " A"}'), LAST + 1, "' A'", "Remove"),
    "two columns under one header": (
        appended('columns = {a = "X", b = "X"}'), LAST + 1, "share the header 'X'", "its own",
    ),
    "a column under the key's header": (
        appended('columns = {a = "tailnum"}'), LAST + 1, "share the header 'tailnum'", "its own",
    ),
    "a misspelt policy": (
        appended('policy = "last_writer_wins"'),
        LAST + 1, "'last_writer_wins'", "'last_write_wins'",
    ),
    "a misspelt side": (appended('prefer = "shet"'), LAST + 1, "'shet'", "'sheet'"),
    "a policy that is no function": (appended('policy = "a.b"'), LAST + 1, "'a.b'", "module:f"),
    "a policy that is a number": (appended("policy = 1"), LAST + 1, "a number", "module:function"),
    "the policy 'function'": (appended('policy = "function"'), LAST + 1, "'function'", "module:f"),
    "policies that are no table": (appended('policies = "x"'), LAST + 1, "table", "policies = {"),
    "a misspelt policy of a column": (
        appended('[mapping.policies]\nprice = "database_win"'),
        LAST + 2, "policies.price", "'database_wins'",
    ),
    "a policy for a column that is not mapped": (
        appended('columns = ["price"]\npolicies = { prise = "sheet_wins" }'),
        LAST + 2, "'prise'", "'price'",
    ),
    "a misspelt direction": (
        appended('direction = "to_sheets"'), LAST + 1, "to_sheets", "'to_sheet'",
    ),
    "an unknown time zone": (
        appended('time_zone = "europe/berlin"'), LAST + 1, "europe/berlin", "'Europe/Berlin'",
    ),
    "a time zone that is a path": (appended('time_zone = "../x"'), LAST + 1, "time zone", "IANA"),
    "a guard in per cent": (
        appended("guards = { max_deletes = 10 }"), LAST + 1, "max_deletes", "0.1",
    ),
    "a misspelt guard": (
        appended("[mapping.guards]\nmax_delete = 0.1"), LAST + 2, "max_delete", "'max_deletes'",
    ),
    "no rewrites at all": (
        appended("[mapping.guards]\nmax_rewrites = 0"), LAST + 2, "max_rewrites", "from 1",
    ),
    "two mappings of one name": (
        WHOLE + MAPPING.replace('tab = "planes"', 'tab = "other"'), LAST + 2, "line 22", "another",
    ),
    "two mappings on one tab": (
        WHOLE + MAPPING.replace('name = "planes"', 'name = "b"').replace('tab = "p', 'tab = "P'),
        LAST + 5, "'planes' already", "its own",
    ),
    "a fault of the second mapping": (
        WHOLE + MAPPING.replace('name = "planes"', 'name = "b"').replace("demo.planes", "x"),
        LAST + 3, "'x'", "shop.orders",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_a_malformed_file_is_named_with_line_and_mend(case: str) -> None:
    text, line, problem, mend = CASES[case]
    with pytest.raises(ConfigurationError) as caught:
        parsed(text)
    error = caught.value
    assert (error.source, error.line) == ("my.toml", line), str(error)
    assert problem in error.problem, str(error)
    assert mend in error.mend, str(error)
    assert str(error).startswith(f"my.toml:{line}: ")
    assert "\n" not in str(error)


@pytest.mark.parametrize("key", ["password", "database_password", "secrets"])
@pytest.mark.parametrize(
    "written", ['"hunter2"', '"${env:A} hunter2"', '"hunter2${file:b}"', "{hunter2 = 1}", "7117"]
)
def test_plain_text_where_a_secret_belongs_is_refused_and_never_repeated(
    key: str, written: str
) -> None:
    lines = [
        (f"{key} = [{written}]" if key == "secrets" else f"{key} = {written}")
        if line.startswith(f"{key} = ")
        else line
        for line in WHOLE.splitlines()
    ]
    with pytest.raises(ConfigurationError) as caught:
        parsed("\n".join(lines))
    assert caught.value.line == next(
        number for number, line in enumerate(lines, 1) if line.startswith(f"{key} = ")
    )
    assert "${" in caught.value.mend
    assert "hunter2" not in str(caught.value)
    assert "7117" not in str(caught.value)


def test_a_password_inside_an_address_is_refused_and_never_repeated() -> None:
    with pytest.raises(ConfigurationError, match="password") as caught:
        parsed(changed("http://127.0.0.1", "http://admin:hunter2@127.0.0.1"))
    assert "hunter2" not in str(caught.value)


def test_the_line_is_right_after_long_values_and_comments() -> None:
    text = changed(
        '[kafka]\nbootstrap = "127.0.0.1:9092"\n',
        '# [kafka]\n[kafka] # "\nbootstrap = """\nno\n[sink]\n"""\n',
    )
    with pytest.raises(ConfigurationError) as caught:
        parsed(text)
    assert caught.value.line == 9
