"""How headers that a tab lacks are told."""

from __future__ import annotations

import pytest

from sink.writers.sheets.layout import MissingHeaderError


@pytest.mark.parametrize(
    ("headers", "names", "mend"),
    [
        (["a"], "'a'", "Write 'a' into row 1 above its column"),
        (["a", "b"], "'a' and 'b'", "Write them into row 1 above their columns"),
        (["a", "b", "c"], "'a', 'b' and 'c'", "Write them into row 1 above their columns"),
    ],
)
def test_every_missing_header_is_named_once(headers: list[str], names: str, mend: str) -> None:
    error = MissingHeaderError({header: header for header in headers}, "t")
    assert error.problem == f"the tab 't' has no column with the header {names}"
    assert error.mend == mend
