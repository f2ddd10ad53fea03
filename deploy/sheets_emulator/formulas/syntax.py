"""Formula tokens to a tree, by operator precedence.

Precedence, low to high: comparison, `&`, `+ -`, `* /`, `^`, unary `+ -`, `%`.
"""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from deploy.sheets_emulator.formulas.tokens import (
    FormulaSyntaxError,
    Reference,
    Token,
    tokenize,
)
from deploy.sheets_emulator.model.cell_value import ERROR_OF_TEXT, CellValue, number


@dataclass(frozen=True, slots=True)
class Literal:
    """A number, text, boolean or error written in the formula; None is an argument left out."""

    value: CellValue


@dataclass(frozen=True, slots=True)
class Name:
    """A named range."""

    name: str


@dataclass(frozen=True, slots=True)
class Unary:
    """`-x`, `+x` or `x%`."""

    operator: str
    operand: "Node"


@dataclass(frozen=True, slots=True)
class Binary:
    """`left operator right`."""

    operator: str
    left: "Node"
    right: "Node"


@dataclass(frozen=True, slots=True)
class Call:
    """A function with its arguments."""

    function: str
    arguments: "tuple[Node, ...]"


Node: TypeAlias = Literal | Name | Unary | Binary | Call | Reference

_PRECEDENCE = {
    "=": 1,
    "<>": 1,
    "<": 1,
    ">": 1,
    "<=": 1,
    ">=": 1,
    "&": 2,
    "+": 3,
    "-": 3,
    "*": 4,
    "/": 4,
    "^": 5,
}

_LITERALS: dict[str, Callable[[str], CellValue]] = {
    "number": lambda text: number(float(text)),
    "string": lambda text: text[1:-1].replace('""', '"'),
    "error": lambda text: ERROR_OF_TEXT[text],
}


@functools.lru_cache(maxsize=65536)
def parse(formula: str) -> Node:
    """The tree of a formula text that starts with `=`; FormulaSyntaxError if it has none."""
    tokens = [token for token in tokenize(formula) if token.kind != "space"]
    reader = _Reader(tokens)
    node = reader.expression(0)
    if reader.peek() is not None:
        raise FormulaSyntaxError("Formula parse error.")
    return node


class _Reader:
    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._at = 0

    def peek(self) -> Token | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _next(self) -> Token:
        token = self.peek()
        if token is None:
            raise FormulaSyntaxError("Formula parse error.")
        self._at += 1
        return token

    def _accept(self, text: str) -> bool:
        token = self.peek()
        if token is not None and token.kind == "operator" and token.text == text:
            self._at += 1
            return True
        return False

    def expression(self, lowest: int) -> Node:
        left = self._unary()
        while (token := self.peek()) is not None and token.kind == "operator":
            precedence = _PRECEDENCE.get(token.text, 0)
            if not precedence or precedence <= lowest:
                break
            self._at += 1
            left = Binary(token.text, left, self.expression(precedence))
        return left

    def _unary(self) -> Node:
        for sign in ("-", "+"):
            if self._accept(sign):
                return Unary(sign, self._unary())
        node = self._primary()
        while self._accept("%"):
            node = Unary("%", node)
        return node

    def _primary(self) -> Node:
        token = self._next()
        if token.reference is not None:
            return token.reference
        if token.kind in _LITERALS:
            return Literal(_LITERALS[token.kind](token.text))
        if token.kind == "name":
            return self._name(token.text)
        if token.text == "(":
            node = self.expression(0)
            if self._accept(")"):
                return node
        raise FormulaSyntaxError("Formula parse error.")

    def _name(self, text: str) -> Node:
        upper = text.upper()
        if self._accept("("):
            return Call(upper, self._arguments())
        return Literal(upper == "TRUE") if upper in ("TRUE", "FALSE") else Name(text)

    def _arguments(self) -> tuple[Node, ...]:
        arguments: list[Node] = []
        if self._accept(")"):
            return ()
        while True:
            token = self.peek()
            empty = token is not None and token.kind == "operator" and token.text in ",;)"
            arguments.append(Literal(None) if empty else self.expression(0))
            if self._accept(")"):
                return tuple(arguments)
            if not (self._accept(",") or self._accept(";")):
                raise FormulaSyntaxError("Formula parse error.")
