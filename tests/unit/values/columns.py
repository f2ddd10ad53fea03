"""Codecs by declaration, as short as a test can read them."""

from __future__ import annotations

import re
from datetime import datetime

import pytest

from sink.core.cell import CellContent, LocalDateTime
from sink.core.columns import Column
from sink.core.declaration import members
from sink.core.errors import UnfitValueError
from sink.core.values.codec import Codec
from sink.core.values.registry import codec_for

_NUMBERS = re.compile(r"\((\d+)(?:,(\d+))?\)")


def column(
    declaration: str, *, nullable: bool = True, collation: str | None = "utf8mb4_0900_ai_ci"
) -> Column:
    """The column that MySQL would describe for ``declaration``."""
    data_type = re.split(r"[( ]", declaration)[0]
    found = _NUMBERS.search(declaration)
    first = int(found[1]) if found else None
    second = int(found[2]) if found and found[2] else None
    chosen = data_type in ("enum", "set")
    return Column(
        "price",
        data_type,
        declaration,
        nullable=nullable,
        length=first if data_type in ("char", "varchar", "binary", "varbinary") else None,
        precision=first,
        scale=second if data_type != "decimal" else second or 0,
        fraction=first or 0 if data_type in ("datetime", "timestamp", "time") else 0,
        unsigned="unsigned" in declaration,
        members=members(declaration) if chosen else (),
        collation=collation,
    )


def codec(
    declaration: str,
    *,
    nullable: bool = True,
    zone: str = "UTC",
    collation: str | None = "utf8mb4_0900_ai_ci",
) -> Codec:
    """The codec of a column declared so."""
    return codec_for(column(declaration, nullable=nullable, collation=collation), time_zone=zone)


def refusal(of: Codec, content: CellContent) -> str:
    """The reason for which the codec refuses ``content``."""
    with pytest.raises(UnfitValueError) as refused:
        of.from_cell(content)
    return refused.value.reason


def wall(text: str) -> LocalDateTime:
    """A date cell as Apps Script tells it."""
    return LocalDateTime(datetime.fromisoformat(text))
