"""Columns of every type, and values that they can hold, for property tests."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from sink.core.columns import Column
from sink.core.values.codec import Codec, Value
from sink.core.values.datetimes import DateTimeCodec
from sink.core.values.json_text import canonical_json
from sink.core.values.registry import codec_for
from sink.core.values.times import TimeCodec
from sink.core.values.timestamps import FIRST, LAST, TimestampCodec

ZONES = ("UTC", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kathmandu")
MEMBERS = ("small", "LARGE", "it's", "1", "Größe", "a\\b")

LONG_TEXTS = ("tinytext", "text", "mediumtext", "longtext")
BLOBS = ("tinyblob", "blob", "mediumblob", "longblob")


@dataclass(frozen=True)
class Case:
    """A codec and one of its values."""

    codec: Codec
    column: Column
    value: Value


def _case(column: Column, value: Value, zone: str = "UTC") -> Case:
    return Case(codec_for(column, time_zone=zone), column, value)


@st.composite
def integers(draw: st.DrawFn) -> Case:
    bits, data_type = draw(
        st.sampled_from(
            [(8, "tinyint"), (16, "smallint"), (24, "mediumint"), (32, "int"), (64, "bigint")]
        )
    )
    unsigned = draw(st.booleans())
    low, high = (0, 2**bits - 1) if unsigned else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
    column = Column("c", data_type, data_type, unsigned=unsigned)
    return _case(column, draw(st.integers(low, high)))


@st.composite
def booleans(draw: st.DrawFn) -> Case:
    number = draw(st.one_of(st.integers(0, 1), st.integers(-128, 127)))
    return _case(Column("c", "tinyint", "tinyint(1)"), bool(number) if number in (0, 1) else number)


@st.composite
def bits(draw: st.DrawFn) -> Case:
    size = draw(st.sampled_from([2, 7, 8, 10, 33, 64]))
    column = Column("c", "bit", f"bit({size})", precision=size)
    return _case(column, draw(st.integers(0, 2**size - 1) | st.just(2**size - 1)))


@st.composite
def decimals(draw: st.DrawFn) -> Case:
    precision = draw(st.integers(1, 65))
    scale = draw(st.integers(0, min(30, precision)))
    digits = draw(st.integers(0, 10 ** min(precision, draw(st.sampled_from([3, 15, 65]))) - 1))
    unsigned = draw(st.booleans())
    negative = digits > 0 and not unsigned and draw(st.booleans())
    text = format(Decimal((int(negative), tuple(map(int, str(digits))), -scale)), "f")
    column = Column(
        "c",
        "decimal",
        f"decimal({precision},{scale})",
        precision=precision,
        scale=scale,
        unsigned=unsigned,
    )
    return _case(column, text)


@st.composite
def floats(draw: st.DrawFn) -> Case:
    single = draw(st.booleans())
    column = Column("c", "float" if single else "double", "float" if single else "double")
    codec = codec_for(column, time_zone="UTC")
    raw = draw(
        st.one_of(
            st.floats(allow_nan=False, allow_infinity=False, width=32 if single else 64),
            st.decimals(-1000, 1000, places=2).map(float),
        )
    )
    return Case(codec, column, codec.from_row(raw))


@st.composite
def texts(draw: st.DrawFn, types: Sequence[str]) -> Case:
    data_type = draw(st.sampled_from(types))
    length = draw(st.integers(1, 60)) if data_type not in LONG_TEXTS else None
    column = Column("c", data_type, data_type, length=length, collation="utf8mb4_0900_ai_ci")
    tricky = st.sampled_from(["=1+1", "'a", "00123", "1.0", "TRUE", "2004-01-02", "#REF!", "null"])
    text = draw(st.one_of(tricky, st.text(st.characters(codec="utf-8"), min_size=1)))[
        : length or 60
    ]
    return _case(column, (text.rstrip(" ") or "x") if data_type == "char" else text)


@st.composite
def choices(draw: st.DrawFn) -> Case:
    column = Column("c", "enum", "enum(…)", members=MEMBERS)
    return _case(column, draw(st.sampled_from(MEMBERS)))


@st.composite
def sets(draw: st.DrawFn) -> Case:
    column = Column("c", "set", "set(…)", members=MEMBERS)
    chosen = draw(st.sets(st.sampled_from(MEMBERS), min_size=1))
    return _case(column, ",".join(name for name in MEMBERS if name in chosen))


@st.composite
def dates(draw: st.DrawFn) -> Case:
    day = draw(st.one_of(st.dates(), st.dates(date(1890, 1, 1), date(1910, 1, 1))))
    return _case(Column("c", "date", "date"), day.isoformat())


@st.composite
def datetimes(draw: st.DrawFn) -> Case:
    digits = draw(st.integers(0, 6))
    column = Column("c", "datetime", f"datetime({digits})", fraction=digits)
    codec = codec_for(column, time_zone="UTC")
    assert isinstance(codec, DateTimeCodec)
    wall = draw(st.datetimes())
    return Case(codec, column, codec.canonical(_coarse(wall, draw(st.integers(0, digits)))))


@st.composite
def timestamps(draw: st.DrawFn) -> Case:
    digits = draw(st.integers(0, 6))
    column = Column("c", "timestamp", f"timestamp({digits})", fraction=digits)
    codec = codec_for(column, time_zone=draw(st.sampled_from(ZONES)))
    assert isinstance(codec, TimestampCodec)
    around_clock_changes = st.builds(
        lambda base, seconds: base + timedelta(seconds=seconds),
        st.sampled_from(
            [
                datetime(2024, 11, 3, 6, tzinfo=UTC),
                datetime(2024, 3, 10, 7, tzinfo=UTC),
                datetime(2024, 10, 27, 1, tzinfo=UTC),
                datetime(2024, 4, 6, 15, tzinfo=UTC),
            ]
        ),
        st.integers(-7200, 7200),
    )
    anywhere = st.datetimes(
        FIRST.replace(tzinfo=None), LAST.replace(tzinfo=None), timezones=st.just(UTC)
    )
    instant = draw(st.one_of(around_clock_changes, anywhere))
    return Case(codec, column, codec.canonical(_coarse(instant, draw(st.integers(0, digits)))))


@st.composite
def times(draw: st.DrawFn) -> Case:
    digits = draw(st.integers(0, 6))
    column = Column("c", "time", f"time({digits})", fraction=digits)
    codec = codec_for(column, time_zone="UTC")
    assert isinstance(codec, TimeCodec)
    unit = 10 ** (6 - draw(st.integers(0, digits)))
    limit = 3020399 * 10**6 // unit
    duration = timedelta(microseconds=draw(st.integers(-limit, limit)) * unit)
    return Case(codec, column, codec.canonical(duration))


@st.composite
def years(draw: st.DrawFn) -> Case:
    year = draw(st.one_of(st.just(0), st.integers(1901, 2155)))
    return _case(Column("c", "year", "year"), year)


@st.composite
def documents(draw: st.DrawFn) -> Case:
    text = st.text(st.characters(codec="utf-8"), max_size=8)
    leaves = st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(2**63), 2**64 - 1),
        st.floats(allow_nan=False, allow_infinity=False),
        text,
    )
    document = draw(
        st.recursive(
            leaves,
            lambda inner: st.lists(inner, max_size=4) | st.dictionaries(text, inner, max_size=4),
            max_leaves=10,
        )
    )
    return _case(Column("c", "json", "json"), canonical_json(json.dumps(document)))


@st.composite
def binaries(draw: st.DrawFn, types: Sequence[str]) -> Case:
    data_type = draw(st.sampled_from(types))
    size = draw(st.integers(1, 40))
    content = draw(st.binary(min_size=1, max_size=size))
    if data_type == "binary":
        content = content.ljust(size, b"\0")
    column = Column("c", data_type, data_type, length=size)
    return _case(column, base64.b64encode(content).decode())


def _coarse(moment: datetime, digits: int) -> datetime:
    unit = 10 ** (6 - digits)
    return moment.replace(microsecond=moment.microsecond // unit * unit)


FAMILIES: dict[str, st.SearchStrategy[Case]] = {
    "integers": integers(),
    "booleans": booleans(),
    "bits": bits(),
    "decimals": decimals(),
    "floats": floats(),
    "texts": texts(("char", "varchar")),
    "long_texts": texts(LONG_TEXTS),
    "choices": choices(),
    "sets": sets(),
    "dates": dates(),
    "datetimes": datetimes(),
    "timestamps": timestamps(),
    "times": times(),
    "years": years(),
    "documents": documents(),
    "binaries": binaries(("binary", "varbinary")),
    "blobs": binaries(BLOBS),
}
