"""Texts that are not plain Latin letters, and as long as a cell can hold, in both directions."""

from __future__ import annotations

import pytest

from sink.core.marks import is_tint
from tests.integration.bridge import Bridge, eventually
from tests.integration.tab_features.rows import (
    cell,
    compare_now,
    insert,
    update,
    written_by_a_program,
)

pytestmark = pytest.mark.stack

TEXTS = {
    "right to left": "שלום עולם",
    "right to left with vowels and digits": "مَرْحَبًا ١٢٣",
    "both directions, marked": "\u202babc \u05d0\u05d1\u202c\u200e (\u2067\u05d2\u2069)\u200f",
    "an override": "\u202egnp.exe\u202c",
    "emoji with joiners": "👩‍👩‍👧‍👦 🏳️‍🌈 👍🏽 🇮🇱",
    "letters put together": "e\u0301 \u1112\u1161\u11ab नमस्ते",
    "controls": "bell\x07 tab\t escape\x1b[0m delete\x7f next\x85 null\x00.",
    "line ends": "one\ntwo\u2028three",
}
LIMIT = 50_000


def test_a_text_is_the_same_on_both_sides_whoever_writes_it(features: Bridge, prefix: str) -> None:
    typed = {f"{prefix}{at}": text for at, text in enumerate(TEXTS.values())}
    written = {f"{prefix}{at}": text for at, text in enumerate(reversed(TEXTS.values()))}
    insert(features, *typed)
    first = features.place(next(iter(typed)))
    for key, text in typed.items():
        features.edit(cell(features, "name", key), [[text]])
    letter = features.letter("words")
    features.edit(
        f"{letter}{first}:{letter}{first + len(typed) - 1}", [[t] for t in typed.values()]
    )
    for key, text in typed.items():
        features.row_becomes({"name": text, "words": text}, id=key)

    for key, text in written.items():
        update(features, key, words=text)
    for key, text in written.items():
        features.sheet_shows({"words": text}, key)
    # a comparison, and an edit beside them, change nothing
    compare_now(features)
    for key in written:
        features.edit(cell(features, "size", key), [[77]])
    for key, text in written.items():
        features.row_becomes({"size": 77, "words": text}, id=key)


def test_controls_that_a_spreadsheet_does_not_keep_stay_in_the_table(
    features: Bridge, prefix: str
) -> None:
    insert(features, prefix)
    stored = TEXTS["controls"]
    update(features, prefix, words=stored)
    features.sheet_shows({"words": stored}, prefix)
    kept = "".join(each for each in stored if (each >= " " and each != "\x7f") or each == "\t")
    written_by_a_program(features, prefix, "words", {"stringValue": kept})
    compare_now(features)
    features.sheet_shows({"words": kept}, prefix)
    features.row_becomes({"words": stored}, id=prefix)


def test_a_key_may_be_any_text(features: Bridge, prefix: str) -> None:
    typed, made = f"{prefix}א👍", f"{prefix}👩‍👧"
    insert(features, made)
    features.edit(f"A{features.place(made) + 1}", [[typed, "typed"]])
    features.row_becomes({"name": "typed"}, id=typed)
    update(features, typed, size=5)
    features.sheet_shows({"size": 5}, typed)
    features.edit(cell(features, "size", made), [[6]])
    features.row_becomes({"size": 6}, id=made)
    features.delete_rows(features.place(made))
    features.row_becomes(None, id=made)
    features.row_becomes({"size": 5}, id=typed)


def test_a_text_as_long_as_a_cell_goes_both_ways(features: Bridge, prefix: str) -> None:
    key = f"{prefix}1"
    insert(features, key)
    longest = "ab" * (LIMIT // 2)
    features.edit(cell(features, "words", key), [[longest]])
    features.row_becomes({"words": longest}, id=key)
    family = "👩‍👧"  # five UTF-16 code units, by which Google counts
    joined = family * (LIMIT // 5)
    update(features, key, words=joined)
    features.sheet_shows({"words": joined}, key)


def test_a_text_longer_than_a_cell_is_shown_cut_and_not_to_be_typed_over(
    features: Bridge, prefix: str
) -> None:
    key = f"{prefix}1"
    insert(features, key)
    place = cell(features, "words", key)
    with pytest.raises(AssertionError, match="maximum of 50000 characters"):
        features.edit(place, [["a" * (LIMIT + 1)]])  # Google's own refusal

    stored = "a" * LIMIT + "z"
    update(features, key, words=stored)
    shown = eventually(
        lambda: str((features.shown(key) or {})["words"]),
        lambda words: words.endswith("]"),
        "the beginning and a notice",
    )
    assert shown.startswith("a" * 40_000)
    assert "cut by Sheetbridge: 50001 characters" in shown

    features.edit(place, [[f"corrected {shown}"]])
    eventually(
        lambda: features.face(place),
        lambda face: is_tint(face.background) and "only the beginning of a text" in face.note,
        "the refusal's mark",
    )
    features.row_becomes({"words": stored}, id=key)
    features.edit(place, [[shown]])
    eventually(lambda: features.face(place).note, lambda note: note == "", "no mark any more")
    features.edit(place, [["short"]])
    features.row_becomes({"words": "short"}, id=key)
