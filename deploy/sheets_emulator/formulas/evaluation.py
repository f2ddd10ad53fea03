"""The value of a formula's tree.

Errors are values: an operand that is a CellError is the result. Cells are read through a
`Workbook`, so that this module knows nothing of sheets.
"""

import datetime
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from deploy.sheets_emulator.formulas.syntax import Binary, Call, Literal, Name, Node, Unary, parse
from deploy.sheets_emulator.formulas.tokens import FormulaSyntaxError, Reference
from deploy.sheets_emulator.model.cell_value import CellError, CellValue, number

Matrix: TypeAlias = list[list[CellValue]]
Result: TypeAlias = CellValue | Matrix


class Workbook(Protocol):
    """What a formula can see."""

    def block(self, tab: str | None, reference: Reference) -> Matrix | CellError:
        """The values of a reference; `tab` is where the formula stands."""

    def named(self, name: str) -> Matrix | CellError:
        """The values of a named range."""

    def now(self) -> datetime.datetime:
        """The wall clock in the spreadsheet's time zone."""


@dataclass(slots=True)
class FormulaError(Exception):
    """A formula's error on its way up."""

    error: CellError


@dataclass(slots=True)
class Place:
    """Where a formula stands and what it sees."""

    workbook: Workbook
    functions: "Mapping[str, Function]"
    tab: str
    row: int
    column: int


Function: TypeAlias = Callable[[Place, "tuple[Node, ...]"], Result]

VALUE_ERROR = CellError("VALUE")


def value_of(formula: str, place: Place) -> CellValue:
    """What the cell shows; a block shows its first cell, an empty cell reads as 0."""
    try:
        result = evaluate(parse(formula), place)
        if isinstance(result, list):
            result = result[0][0] if result and result[0] else None
    except FormulaSyntaxError:
        result = CellError("ERROR", "Formula parse error.")
    except FormulaError as failure:
        result = failure.error
    except OverflowError:
        result = CellError("NUM")
    except RecursionError:
        result = CellError("REF", "Too many formulas depend on each other.")
    if isinstance(result, float):
        return number(result) if math.isfinite(result) else CellError("NUM")
    return 0 if result is None else result


def evaluate(node: Node, place: Place) -> Result:
    """The value of a tree, a block as a matrix."""
    match node:
        case Literal(value=CellError() as error):
            raise FormulaError(error)
        case Literal():
            result: Result = node.value
        case Reference():
            result = _checked(place.workbook.block(place.tab, node))
        case Name():
            result = _checked(place.workbook.named(node.name))
        case Unary():
            operand = to_number(scalar(node.operand, place))
            result = {"%": operand / 100, "-": -operand, "+": operand}[node.operator]
        case Binary():
            result = _binary(node, place)
        case Call():
            result = _call(node, place)
    return result


def _checked(block: Matrix | CellError) -> Result:
    if isinstance(block, CellError):
        raise FormulaError(block)
    return block


def scalar(node: Node, place: Place) -> CellValue:
    """One value; a block of one cell is its cell, a larger one its first."""
    result = evaluate(node, place)
    value = (result[0][0] if result and result[0] else None) if isinstance(result, list) else result
    if isinstance(value, CellError):
        raise FormulaError(value)
    return value


def to_number(value: CellValue) -> int | float:
    """A value used in arithmetic; text that reads as a number counts as one."""
    if value is None:
        return 0
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, int | float):
        return value
    if isinstance(value, str):
        try:
            return float(value)
        except ValueError:
            raise FormulaError(VALUE_ERROR) from None
    raise FormulaError(value)


def to_text(value: CellValue) -> str:
    """A value used in text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, CellError):
        raise FormulaError(value)
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return format(value, ".15g") if isinstance(value, float) else str(value)


def to_boolean(value: CellValue) -> bool:
    """A value used as a condition."""
    if isinstance(value, str):
        if value.upper() in ("TRUE", "FALSE"):
            return value.upper() == "TRUE"
        raise FormulaError(VALUE_ERROR)
    return bool(to_number(value))


def flatten(nodes: Iterable[Node], place: Place) -> list[tuple[CellValue, bool]]:
    """All values of the arguments, each with whether it came out of cells."""
    values: list[tuple[CellValue, bool]] = []
    for node in nodes:
        result = evaluate(node, place)
        if isinstance(result, list):
            values.extend((value, True) for row in result for value in row)
        else:
            values.append((result, False))
    return values


def _rank(value: CellValue) -> int:
    if isinstance(value, bool):
        return 3
    return 2 if isinstance(value, str) else 1


def compare(left: CellValue, right: CellValue) -> int:
    """-1, 0 or 1: numbers before text before booleans; text without regard to case."""
    if left is None:
        left = "" if isinstance(right, str) else False if isinstance(right, bool) else 0
    if right is None:
        right = "" if isinstance(left, str) else False if isinstance(left, bool) else 0
    if _rank(left) != _rank(right):
        return -1 if _rank(left) < _rank(right) else 1
    if isinstance(left, str) and isinstance(right, str):
        first, second = left.casefold(), right.casefold()
        return (first > second) - (first < second)
    one, two = to_number(left), to_number(right)
    return (one > two) - (one < two)


_COMPARISONS: dict[str, Callable[[int], bool]] = {
    "=": lambda order: order == 0,
    "<>": lambda order: order != 0,
    "<": lambda order: order < 0,
    ">": lambda order: order > 0,
    "<=": lambda order: order <= 0,
    ">=": lambda order: order >= 0,
}


def arithmetic(operator: str, left: int | float, right: int | float) -> int | float:
    """The result of `+ - * / ^`; division by zero is an error value."""
    if operator == "+":
        return left + right
    if operator == "-":
        return left - right
    if operator == "*":
        return left * right
    if operator == "/":
        if right == 0:
            raise FormulaError(
                CellError("DIVIDE_BY_ZERO", "Function DIVIDE parameter 2 cannot be zero.")
            )
        return left / right
    try:
        power = float(left) ** float(right)
    except ZeroDivisionError:
        raise FormulaError(CellError("DIVIDE_BY_ZERO")) from None
    if isinstance(power, complex):
        raise FormulaError(CellError("NUM"))
    return float(power)


def _binary(node: Binary, place: Place) -> CellValue:
    left, right = scalar(node.left, place), scalar(node.right, place)
    if node.operator in _COMPARISONS:
        return _COMPARISONS[node.operator](compare(left, right))
    if node.operator == "&":
        return to_text(left) + to_text(right)
    return number(arithmetic(node.operator, to_number(left), to_number(right)))


def _call(node: Call, place: Place) -> Result:
    function = place.functions.get(node.function)
    if function is None:
        raise FormulaError(CellError("NAME", f"Unknown function: '{node.function}'."))
    return function(place, node.arguments)
