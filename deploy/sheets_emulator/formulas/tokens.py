"""Formula text to tokens and back, and the references among them.

Syntax: https://support.google.com/docs/answer/46977 (operators, references, `Sheet1!A1`).
"""

import functools
import re
from dataclasses import dataclass

from deploy.sheets_emulator.a1 import column_index, column_name, quote_title


class FormulaSyntaxError(Exception):
    """The text is no formula that we can read; the cell shows `#ERROR!`."""


_TOKEN = re.compile(
    r"""
    (?P<space>\s+)
  | (?P<string>"(?:[^"]|"")*")
  | (?P<reference>
        (?:(?:'(?:[^']|'')+'|[^\W\d][\w.]*)!)?
        (?: \$?[A-Za-z]{1,3}\$?[0-9]+ (?: : \$?[A-Za-z]{1,3}(?:\$?[0-9]+)? )?
          | \$?[A-Za-z]{1,3} : \$?[A-Za-z]{1,3}(?:\$?[0-9]+)?
          | \$?[0-9]+ : \$?[0-9]+
        ) (?![\w(.!])
    )
  | (?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
  | (?P<error>\#(?:REF!|DIV/0!|VALUE!|N/A|NAME\?|NUM!|NULL!|ERROR!))
  | (?P<name>[^\W\d][\w.]*)
  | (?P<operator><=|>=|<>|[-+*/^&=<>%(),;{}])
    """,
    re.VERBOSE,
)

_REFERENCE = re.compile(
    r"(?:(?P<tab>'(?:[^']|'')+'|[^!:]+)!)?"
    r"(?P<abs_c1>\$?)(?P<c1>[A-Za-z]*)(?P<abs_r1>\$?)(?P<r1>[0-9]*)"
    r"(?P<colon>:?)(?P<abs_c2>\$?)(?P<c2>[A-Za-z]*)(?P<abs_r2>\$?)(?P<r2>[0-9]*)"
)


@dataclass(frozen=True, slots=True)
class Reference:
    """A cell or block named in a formula; indexes from 0, both ends included, None is open."""

    tab: str | None
    row: int | None
    column: int | None
    last_row: int | None
    last_column: int | None
    is_block: bool
    fixed: tuple[bool, bool, bool, bool] = (False, False, False, False)  # row, column, last…

    def text(self) -> str:
        """The reference as it stands in a formula."""
        row_fixed, column_fixed, last_row_fixed, last_column_fixed = self.fixed
        tab = f"{quote_title(self.tab)}!" if self.tab is not None else ""
        text = tab + _corner(self.row, self.column, row_fixed, column_fixed)
        if self.is_block:
            text += ":" + _corner(
                self.last_row, self.last_column, last_row_fixed, last_column_fixed
            )
        return text


def _corner(row: int | None, column: int | None, row_fixed: bool, column_fixed: bool) -> str:
    text = ""
    if column is not None:
        text += ("$" if column_fixed else "") + column_name(column)
    if row is not None:
        text += ("$" if row_fixed else "") + str(row + 1)
    return text


@dataclass(frozen=True, slots=True)
class Token:
    """One piece of a formula: its kind (a group of `_TOKEN`), text, and reference if it is one."""

    kind: str
    text: str
    reference: Reference | None = None


def parse_reference(text: str) -> Reference:
    """The parts of a reference token, its corners in reading order."""
    match = _REFERENCE.fullmatch(text)
    if match is None:
        raise FormulaSyntaxError(text)
    tab = match["tab"]
    if tab is not None and tab.startswith("'"):
        tab = tab[1:-1].replace("''", "'")
    row = int(match["r1"]) - 1 if match["r1"] else None
    column = column_index(match["c1"]) if match["c1"] else None
    fixed_first = (bool(match["abs_r1"]), bool(match["abs_c1"]))
    if not match["colon"]:
        return Reference(tab, row, column, row, column, False, (*fixed_first, *fixed_first))
    last_row = int(match["r2"]) - 1 if match["r2"] else None
    last_column = column_index(match["c2"]) if match["c2"] else None
    if row is not None and last_row is not None and row > last_row:
        row, last_row = last_row, row
    if column is not None and last_column is not None and column > last_column:
        column, last_column = last_column, column
    fixed = (*fixed_first, bool(match["abs_r2"]), bool(match["abs_c2"]))
    return Reference(tab, row, column, last_row, last_column, True, fixed)


@functools.lru_cache(maxsize=65536)
def tokenize(formula: str) -> tuple[Token, ...]:
    """The tokens of a formula text that starts with `=` (spaces kept)."""
    tokens: list[Token] = []
    at = 1
    while at < len(formula):
        match = _TOKEN.match(formula, at)
        if match is None or match.lastgroup is None:
            raise FormulaSyntaxError(f"Formula parse error at {formula[at:]!r}.")
        text = match[0]
        if match.lastgroup == "reference":
            tokens.append(Token("reference", text, parse_reference(text)))
        else:
            tokens.append(Token(match.lastgroup, text))
        at = match.end()
    return tuple(tokens)


def normalize(formula: str) -> str:
    """The formula as Sheets keeps it: references and function names in capitals."""
    try:
        tokens = tokenize(formula)
    except FormulaSyntaxError:
        return formula
    parts = ["="]
    for at, token in enumerate(tokens):
        following = tokens[at + 1].text if at + 1 < len(tokens) else ""
        if token.reference is not None:
            parts.append(token.reference.text())
        elif token.kind == "name" and (following == "(" or token.text.upper() in ("TRUE", "FALSE")):
            parts.append(token.text.upper())
        else:
            parts.append(token.text)
    return "".join(parts)
