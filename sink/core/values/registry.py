"""Which codec serves a column."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sink.core.columns import Column
from sink.core.errors import ConfigurationError
from sink.core.values.binaries import BLOB_BYTES, BinaryCodec
from sink.core.values.bits import BitCodec
from sink.core.values.booleans import BooleanCodec
from sink.core.values.choices import EnumCodec
from sink.core.values.codec import Codec
from sink.core.values.dates import DateCodec
from sink.core.values.datetimes import DateTimeCodec
from sink.core.values.decimals import DecimalCodec
from sink.core.values.floats import FloatCodec
from sink.core.values.integers import INTEGER_BITS, IntegerCodec
from sink.core.values.json_text import JsonCodec
from sink.core.values.sets import SetCodec
from sink.core.values.text import TEXT_BYTES, TextCodec
from sink.core.values.times import TimeCodec
from sink.core.values.timestamps import TimestampCodec
from sink.core.values.years import YearCodec

ZONED = "timestamp"


def fits_a_cell(data_type: str) -> bool:
    """Whether there is a codec for columns of the type; spatial types and VECTOR have none."""
    return data_type == ZONED or data_type in FAMILIES


def codec_for(column: Column, *, time_zone: str) -> Codec:
    """The codec of ``column``; ``time_zone`` (IANA) is where its TIMESTAMP shows.

    Raises ConfigurationError for a type that cannot be kept in step, or an unknown zone.
    """
    if column.data_type == ZONED:
        return TimestampCodec(column, zone=_zone(time_zone))
    make = FAMILIES.get(column.data_type)
    if make is None:
        raise ConfigurationError(
            f"column {column.name} is declared {column.declaration}, which no cell can hold",
            mend="Leave it out of the mapping's columns",
        )
    return make(column)


def _integer(column: Column) -> Codec:
    bits = INTEGER_BITS[column.data_type]
    low, high = (0, 2**bits - 1) if column.unsigned else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
    if column.declaration.startswith("tinyint(1)"):
        return BooleanCodec(column, minimum=low, maximum=high)
    return IntegerCodec(column, minimum=low, maximum=high)


def _decimal(column: Column) -> Codec:
    precision = 10 if column.precision is None else column.precision
    scale = column.scale or 0
    return DecimalCodec(column, whole=precision - scale, scale=scale)


def _characters(column: Column) -> Codec:
    return TextCodec(column, characters=column.length, size=None)


def _bytes_of_text(column: Column) -> Codec:
    return TextCodec(column, characters=None, size=TEXT_BYTES[column.data_type])


def _bit(column: Column) -> Codec:
    bits = column.precision or 1
    if bits == 1:
        return BooleanCodec(column, minimum=0, maximum=1)
    return BitCodec(column, minimum=0, maximum=2**bits - 1)


def _blob(column: Column) -> Codec:
    return BinaryCodec(column, size=BLOB_BYTES[column.data_type])


FAMILIES: Mapping[str, Callable[[Column], Codec]] = {
    **dict.fromkeys(INTEGER_BITS, _integer),
    "decimal": _decimal,
    "float": lambda column: FloatCodec(column, single=True),
    "double": lambda column: FloatCodec(column, single=False),
    "char": _characters,
    "varchar": _characters,
    **dict.fromkeys(TEXT_BYTES, _bytes_of_text),
    "enum": EnumCodec,
    "set": SetCodec,
    "bit": _bit,
    "year": lambda column: YearCodec(column, minimum=1901, maximum=2155),
    "json": JsonCodec,
    "binary": lambda column: BinaryCodec(column, size=column.length or 1, fixed=True),
    "varbinary": lambda column: BinaryCodec(column, size=column.length or 0),
    **dict.fromkeys(BLOB_BYTES, _blob),
    "date": DateCodec,
    "datetime": DateTimeCodec,
    "time": TimeCodec,
}
"""All types but TIMESTAMP, which needs a zone."""


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ConfigurationError(
            f"time_zone {name!r} is not known",
            mend="Write a name of the IANA database, such as Europe/Berlin or UTC",
        ) from error
