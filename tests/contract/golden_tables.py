"""The tables of the golden events: every column type, with the values at its edges.

Values are SQL literals. A row takes the n-th value of each column, NULL where a column has fewer.
"""

from __future__ import annotations

from dataclasses import dataclass

DATABASE = "demo_golden"


@dataclass(frozen=True)
class GoldenTable:
    """A table by declared columns; ``key`` are its key columns (default: ``id``)."""

    name: str
    columns: dict[str, tuple[str, tuple[str, ...]]]
    key: tuple[str, ...] = ("id",)

    @property
    def rows(self) -> int:
        """How many rows it takes to show every value."""
        return max(len(values) for _, values in self.columns.values())


NUMBERS = GoldenTable(
    "numbers",
    {
        "tiny": ("TINYINT", ("-128", "127", "0", "1")),
        "tiny_u": ("TINYINT UNSIGNED", ("0", "255")),
        "truth": ("TINYINT(1)", ("0", "1", "2", "-128", "127")),
        "truth_word": ("BOOL", ("FALSE", "TRUE", "5")),
        "truth_u": ("TINYINT(1) UNSIGNED", ("0", "1", "200")),
        "small": ("SMALLINT", ("-32768", "32767")),
        "small_u": ("SMALLINT UNSIGNED", ("65535",)),
        "medium": ("MEDIUMINT", ("-8388608", "8388607")),
        "medium_u": ("MEDIUMINT UNSIGNED", ("16777215",)),
        "whole": ("INT", ("-2147483648", "2147483647")),
        "whole_u": ("INT UNSIGNED", ("4294967295", "2147483648")),
        "filled": ("INT(8) ZEROFILL", ("42", "4294967295")),
        "big": (
            "BIGINT",
            ("-9223372036854775808", "9223372036854775807", "9007199254740993", "0"),
        ),
        "big_u": (
            "BIGINT UNSIGNED",
            ("18446744073709551615", "9223372036854775808", "9007199254740993", "0", "1234"),
        ),
        "bit1": ("BIT(1)", ("b'0'", "b'1'")),
        "bit8": ("BIT(8)", ("b'10000001'", "0", "255")),
        "bit10": ("BIT(10)", ("b'1000000001'", "0", "1023")),
        "bit64": ("BIT(64)", ("18446744073709551615", "1", "9223372036854775808")),
        "price": ("DECIMAL(10,2)", ("12.5", "-0.00", "99999999.99", "-99999999.99", "1e3")),
        "price_u": ("DECIMAL(5,3) UNSIGNED", ("0.001", "99.999")),
        "count": ("DECIMAL(20,0)", ("99999999999999999999", "0", "-1")),
        "fine": (
            "DECIMAL(65,30)",
            (
                "12345678901234567890123456789012345.123456789012345678901234567890",
                "0.000000000000000000000000000001",
                "-0.000000000000000000000000000001",
            ),
        ),
        "filled_decimal": ("DECIMAL(8,2) ZEROFILL", ("1.5",)),
        "single": (
            "FLOAT",
            ("0.1", "16777217", "3.4028235e38", "1.4e-45", "-0e0", "1e0/3e0", "1.17549435e-38"),
        ),
        "single_u": ("FLOAT UNSIGNED", ("0.5",)),
        "single_fixed": ("FLOAT(10,6)", ("52.520008", "0.1", "-13.123456")),
        "single_bits": ("FLOAT(20)", ("0.3",)),
        "twice": (
            "DOUBLE",
            ("0.1e0+0.2e0", "1.7976931348623157e308", "5e-324", "-0e0", "1e0/3e0", "1e22", "1e15"),
        ),
        "twice_fixed": ("DOUBLE(12,3)", ("0.1005", "123456789.1235", "-0.0001")),
        "twice_bits": ("FLOAT(30)", ("0.3",)),
        "year": ("YEAR", ("1901", "2155", "0", "2004")),
    },
)

TEXTS = GoldenTable(
    "texts",
    {
        "fixed": ("CHAR(5)", ("'a  '", "''", "'  a'", "'ééééé'")),
        "varying": (
            "VARCHAR(40)",
            (
                "'a  '",
                "''",
                "'=1+1'",
                "'00123'",
                "'It''s \"q\" \\\\ /'",
                "_utf8mb4 0xF09F9880",
                "CONCAT('a', CHAR(0), CHAR(1), CHAR(31), CHAR(127), '\\t\\r\\n')",
                "'''quoted'",
                "CONVERT(0xE280A8 USING utf8mb4)",
                "'TRUE'",
                "'2004-01-02'",
            ),
        ),
        "latin": ("VARCHAR(10) CHARACTER SET latin1", ("'é€ß'", "''")),
        "three": ("VARCHAR(10) CHARACTER SET utf8mb3", ("'é€ß'",)),
        "cyrillic": ("VARCHAR(10) CHARACTER SET cp1251", ("'Привет'",)),
        "tiny": ("TINYTEXT", ("'tiny'", "''", "REPEAT('x', 255)")),
        "plain": ("TEXT", ("'text'", "''", "REPEAT('é', 3000)")),
        "medium": ("MEDIUMTEXT", ("'medium'", "REPEAT('x', 50001)")),
        "long_text": ("LONGTEXT", ("'long'",)),
        "choice": (
            "ENUM('small','it''s','a\"b','1','2','Größe','a\\\\b')",
            ("'small'", "'it''s'", "'a\"b'", "'1'", "'2'", "'Größe'", "'a\\\\b'", "''"),
        ),
        "several": (
            "SET('a','b','c d','1','it''s')",
            ("'b,a'", "''", "'a,b,c d,1,it''s'", "'1'", "'c d'"),
        ),
        "document": (
            "JSON",
            (
                """'{"bb": 1, "a": [1, 2.0, 1.5, null, true, "é"], "": {}}'""",
                "'null'",
                "'[]'",
                "'\"text\"'",
                "'18446744073709551615'",
                "'[-9223372036854775808, 18446744073709551616, 1e20, 1E-7, 0.1, -0.0]'",
                "JSON_OBJECT('p', CAST(12.50 AS DECIMAL(10,2)))",
                '\'{"a": 1, "a": 2}\'',
                r"""'["\\u00e9\\ud83d\\ude00", "\\u0001\\t\\n\\"\\\\/"]'""",
                "JSON_OBJECT('d', CAST('2004-01-02' AS DATE))",
                "JSON_OBJECT('t', CAST('2004-01-02 03:04:05.120' AS DATETIME(6)))",
                "JSON_ARRAY(CAST('-12:34:56.5' AS TIME(3)))",
                "'true'",
                "JSON_ARRAY(1e0/3e0, 1e22, 123456789012345678e0, 1e-5, 100e0, 12345678.9e0)",
            ),
        ),
        "bytes_fixed": ("BINARY(4)", ("0x00010000", "''", "0xFFFFFFFF", "'a'")),
        "bytes": ("VARBINARY(10)", ("0x00FF00", "''", "0x30")),
        "blob_tiny": ("TINYBLOB", ("0x00", "''")),
        "blob_plain": ("BLOB", ("0xDEADBEEF", "REPEAT(0x00FF, 3000)")),
        "blob_medium": ("MEDIUMBLOB", ("0x01",)),
        "blob_long": ("LONGBLOB", ("0x02",)),
        "uuid": ("BINARY(16)", ("UUID_TO_BIN('6ccd780c-baba-1026-9564-5b8c656024db')",)),
    },
)

_DATETIMES = ("'2004-01-02 03:04:05.123456'", "'9999-12-31 23:59:59'", "'1000-01-01 00:00:00'")

TIMES = GoldenTable(
    "times",
    {
        "day": (
            "DATE",
            (
                "'2004-02-29'",
                "'9999-12-31'",
                "'1000-01-01'",
                "'1899-12-31'",
                "'1582-10-10'",
                "'0001-01-01'",
                "'0042-03-04'",
                "'1970-01-01'",
            ),
        ),
        "moment": ("DATETIME", (*_DATETIMES, "'0001-01-01 00:00:00'", "'0042-03-04 01:02:03'")),
        "moment1": ("DATETIME(1)", _DATETIMES),
        "moment3": ("DATETIME(3)", (*_DATETIMES, "'1899-12-31 23:59:59.999'")),
        "moment4": ("DATETIME(4)", _DATETIMES),
        "moment6": ("DATETIME(6)", (*_DATETIMES, "'9999-12-31 23:59:59.499999'")),
        "instant": (
            "TIMESTAMP NULL",
            (
                "'2004-01-02 03:04:05'",
                "'1970-01-01 00:00:01'",
                "'2038-01-19 03:14:07'",
                "'2024-11-03 05:30:00'",
                "'2024-11-03 06:30:00'",
            ),
        ),
        "instant3": ("TIMESTAMP(3) NULL", ("'2004-01-02 03:04:05.120'", "'2004-01-02 03:04:05'")),
        "instant6": (
            "TIMESTAMP(6) NULL",
            ("'2004-01-02 03:04:05.123456'", "'2038-01-19 03:14:07.499999'"),
        ),
        "clock": (
            "TIME",
            (
                "'12:34:56'",
                "'-838:59:59'",
                "'838:59:59'",
                "'00:00:00'",
                "'-00:00:01'",
                "'24:00:00'",
            ),
        ),
        "clock3": ("TIME(3)", ("'12:34:56.789'", "'-00:00:00.001'", "'-12:34:56.500'")),
        "clock6": (
            "TIME(6)",
            ("'12:34:56.789012'", "'-838:59:58.999999'", "'838:59:58.999999'", "'-1:00:00.5'"),
        ),
    },
)

_ZERO = ("'0000-00-00 00:00:00'", "'2004-00-01 01:02:03'")

ZERO_DATES = GoldenTable(
    "zero_dates",
    {
        "day": ("DATE", ("'0000-00-00'", "'2004-00-00'")),
        "day_filled": ("DATE NOT NULL", ("'0000-00-00'", "'2004-00-00'")),
        "moment": ("DATETIME", _ZERO),
        "moment_filled": ("DATETIME NOT NULL", _ZERO),
        "instant": ("TIMESTAMP NULL", (_ZERO[0], _ZERO[0])),
        "instant_filled": ("TIMESTAMP NOT NULL", (_ZERO[0], _ZERO[0])),
    },
)

KEYS = (
    GoldenTable("key_big", {"id": ("BIGINT UNSIGNED", ("18446744073709551615", "1", "1234"))}),
    GoldenTable(
        "key_text",
        {
            "id": (
                "VARCHAR(20)",
                (
                    "'N10156'",
                    "'é/\"\\\\'",
                    "_utf8mb4 0xF09F9880",
                    "CONCAT('a', CHAR(1), CHAR(31), CHAR(127), '\\t')",
                    "CONVERT(0xE280A8 USING utf8mb4)",
                    "'trail '",
                ),
            )
        },
    ),
    GoldenTable("key_decimal", {"id": ("DECIMAL(10,2)", ("12.5", "0", "-1"))}),
    GoldenTable("key_day", {"id": ("DATE", ("'2004-01-02'", "'1969-12-31'"))}),
    GoldenTable("key_moment", {"id": ("DATETIME(3)", ("'2004-01-02 03:04:05.120'",))}),
    GoldenTable("key_instant", {"id": ("TIMESTAMP(6)", ("'2004-01-02 03:04:05.120'",))}),
    GoldenTable("key_clock", {"id": ("TIME", ("'-12:00:00'",))}),
    GoldenTable("key_bytes", {"id": ("BINARY(4)", ("0x00010000", "0xFFFFFFFF"))}),
    GoldenTable("key_choice", {"id": ("ENUM('a','b')", ("'b'",))}),
    GoldenTable("key_truth", {"id": ("TINYINT(1)", ("1", "0", "5"))}),
    GoldenTable("key_double", {"id": ("DOUBLE", ("0.5", "1e22", "1e0/3e0"))}),
    GoldenTable(
        "key_two",
        {
            "b": ("INT", ("1", "1", "2")),
            "a": ("VARCHAR(10)", ("'x'", "'y'", "'x'")),
        },
        key=("b", "a"),
    ),
)

TABLES = (NUMBERS, TEXTS, TIMES, ZERO_DATES, *KEYS)
