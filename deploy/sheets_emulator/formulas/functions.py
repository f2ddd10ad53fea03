"""The functions that formulas can call.

Behaviour: https://support.google.com/docs/table/25273. A small set: what sheets next to a synced
table commonly use; any other name is `#NAME?`.
"""

import contextlib
import datetime
import math
from collections.abc import Callable, Mapping
from decimal import ROUND_DOWN, ROUND_HALF_UP, ROUND_UP, Decimal

from deploy.sheets_emulator.formulas.evaluation import (
    FormulaError,
    Function,
    Matrix,
    Place,
    Result,
    compare,
    evaluate,
    flatten,
    scalar,
    to_boolean,
    to_number,
    to_text,
)
from deploy.sheets_emulator.formulas.syntax import Literal, Node
from deploy.sheets_emulator.formulas.tokens import Reference
from deploy.sheets_emulator.model.cell_value import CellError, CellValue, number
from deploy.sheets_emulator.serial_date import from_datetime, to_datetime

Arguments = tuple[Node, ...]

_DIVIDE_BY_ZERO = CellError("DIVIDE_BY_ZERO")
_NOT_AVAILABLE = CellError("N_A", "Did not find value.")


def _numbers(place: Place, arguments: Arguments) -> list[int | float]:
    """Numbers as SUM sees them: in cells only true numbers count, errors end it."""
    found: list[int | float] = []
    for value, from_cells in flatten(arguments, place):
        if isinstance(value, CellError):
            raise FormulaError(value)
        if isinstance(value, int | float) and not isinstance(value, bool):
            found.append(value)
        elif not from_cells and value is not None:
            found.append(to_number(value))
    return found


def _sum(place: Place, arguments: Arguments) -> Result:
    return number(math.fsum(_numbers(place, arguments)))


def _average(place: Place, arguments: Arguments) -> Result:
    numbers = _numbers(place, arguments)
    if not numbers:
        raise FormulaError(_DIVIDE_BY_ZERO)
    return number(math.fsum(numbers) / len(numbers))


def _count(place: Place, arguments: Arguments) -> Result:
    return sum(
        isinstance(value, int | float) and (not isinstance(value, bool) or not from_cells)
        for value, from_cells in flatten(arguments, place)
    )


def _count_a(place: Place, arguments: Arguments) -> Result:
    return sum(value is not None for value, _ in flatten(arguments, place))


def _count_blank(place: Place, arguments: Arguments) -> Result:
    return sum(value is None or value == "" for value, _ in flatten(arguments, place))


def _min(place: Place, arguments: Arguments) -> Result:
    return min(_numbers(place, arguments), default=0)


def _max(place: Place, arguments: Arguments) -> Result:
    return max(_numbers(place, arguments), default=0)


def _if(place: Place, arguments: Arguments) -> Result:
    chosen = 1 if to_boolean(scalar(arguments[0], place)) else 2
    if chosen < len(arguments):
        return evaluate(arguments[chosen], place)
    return False


def _if_error(place: Place, arguments: Arguments) -> Result:
    try:
        return scalar(arguments[0], place)
    except FormulaError:
        return evaluate(arguments[1], place) if len(arguments) > 1 else ""


def _is_error(place: Place, arguments: Arguments) -> Result:
    try:
        scalar(arguments[0], place)
    except FormulaError:
        return True
    return False


def _and(place: Place, arguments: Arguments) -> Result:
    return all(to_boolean(value) for value, _ in flatten(arguments, place) if value is not None)


def _or(place: Place, arguments: Arguments) -> Result:
    return any(to_boolean(value) for value, _ in flatten(arguments, place) if value is not None)


def _concatenate(place: Place, arguments: Arguments) -> Result:
    return "".join(to_text(value) for value, _ in flatten(arguments, place))


def _rounding(mode: str) -> Function:
    def run(place: Place, arguments: Arguments) -> Result:
        value = to_number(scalar(arguments[0], place))
        places = int(to_number(scalar(arguments[1], place))) if len(arguments) > 1 else 0
        exact = Decimal(repr(value)).quantize(Decimal(1).scaleb(-places), rounding=mode)
        return number(float(exact))

    return run


def _modulo(place: Place, arguments: Arguments) -> Result:
    divisor = to_number(scalar(arguments[1], place))
    if divisor == 0:
        raise FormulaError(_DIVIDE_BY_ZERO)
    return number(to_number(scalar(arguments[0], place)) % divisor)


def _on_number(function: Callable[[float], float]) -> Function:
    def run(place: Place, arguments: Arguments) -> Result:
        try:
            return number(function(to_number(scalar(arguments[0], place))))
        except ValueError:
            raise FormulaError(CellError("NUM")) from None

    return run


def _on_text(function: Callable[[str], CellValue]) -> Function:
    return lambda place, arguments: function(to_text(scalar(arguments[0], place)))


def _left(place: Place, arguments: Arguments) -> Result:
    count = int(to_number(scalar(arguments[1], place))) if len(arguments) > 1 else 1
    return to_text(scalar(arguments[0], place))[:count]


def _right(place: Place, arguments: Arguments) -> Result:
    count = int(to_number(scalar(arguments[1], place))) if len(arguments) > 1 else 1
    text = to_text(scalar(arguments[0], place))
    return text[len(text) - count :] if count < len(text) else text


def _mid(place: Place, arguments: Arguments) -> Result:
    text, start, count = (scalar(argument, place) for argument in arguments[:3])
    first = int(to_number(start)) - 1
    return to_text(text)[first : first + int(to_number(count))]


def _value(place: Place, arguments: Arguments) -> Result:
    return number(to_number(scalar(arguments[0], place)))


def _now(place: Place, _arguments: Arguments) -> Result:
    return from_datetime(place.workbook.now())


def _today(place: Place, _arguments: Arguments) -> Result:
    return math.floor(from_datetime(place.workbook.now()))


def _date(place: Place, arguments: Arguments) -> Result:
    year, month, day = (int(to_number(scalar(argument, place))) for argument in arguments[:3])
    month_index = year * 12 + month - 1
    try:
        first = datetime.datetime.fromisoformat(
            f"{month_index // 12:04}-{month_index % 12 + 1:02}-01T00:00:00"
        )
    except ValueError:
        raise FormulaError(CellError("NUM")) from None
    return number(from_datetime(first) + day - 1)


def _part(name: str) -> Function:
    def run(place: Place, arguments: Arguments) -> Result:
        moment = to_datetime(to_number(scalar(arguments[0], place)))
        part = getattr(moment, name)
        return int(part)

    return run


def _is_blank(place: Place, arguments: Arguments) -> Result:
    result = evaluate(arguments[0], place)
    return (result[0][0] if isinstance(result, list) else result) is None


def _is_number(place: Place, arguments: Arguments) -> Result:
    value = scalar(arguments[0], place)
    return isinstance(value, int | float) and not isinstance(value, bool)


def _row(place: Place, arguments: Arguments) -> Result:
    if not arguments:
        return place.row + 1
    first = arguments[0]
    return (first.row or 0) + 1 if isinstance(first, Reference) else place.row + 1


def _column(place: Place, arguments: Arguments) -> Result:
    if not arguments:
        return place.column + 1
    first = arguments[0]
    return (first.column or 0) + 1 if isinstance(first, Reference) else place.column + 1


def _matrix(node: Node, place: Place) -> Matrix:
    result = evaluate(node, place)
    return result if isinstance(result, list) else [[result]]


_COMPARE: tuple[tuple[str, Callable[[int], bool]], ...] = (
    ("<=", lambda order: order <= 0),
    (">=", lambda order: order >= 0),
    ("<>", lambda order: order != 0),
    ("<", lambda order: order < 0),
    (">", lambda order: order > 0),
    ("=", lambda order: order == 0),
)


def _criterion(value: CellValue) -> Callable[[CellValue], bool]:
    """A COUNTIF criterion such as `5`, `"abc"` or `">=5"`."""
    test: Callable[[int], bool] = _COMPARE[-1][1]
    wanted = value
    if isinstance(value, str):
        for sign, candidate in _COMPARE:
            if value.startswith(sign):
                test, wanted = candidate, value[len(sign) :]
                break
        with contextlib.suppress(ValueError):
            wanted = float(wanted) if isinstance(wanted, str) else wanted
    numeric = isinstance(wanted, int | float) and not isinstance(wanted, bool)

    def matches(cell: CellValue) -> bool:
        if cell is None or isinstance(cell, CellError):
            return False
        if numeric and (isinstance(cell, str | bool)):
            return False
        return test(compare(cell, wanted))

    return matches


def _count_if(place: Place, arguments: Arguments) -> Result:
    matches = _criterion(scalar(arguments[1], place))
    return sum(matches(value) for row in _matrix(arguments[0], place) for value in row)


def _sum_if(place: Place, arguments: Arguments) -> Result:
    matches = _criterion(scalar(arguments[1], place))
    tested = [value for row in _matrix(arguments[0], place) for value in row]
    summed_from = arguments[2] if len(arguments) > 2 else arguments[0]
    summed = [value for row in _matrix(summed_from, place) for value in row]
    return number(
        math.fsum(
            value
            for test, value in zip(tested, summed, strict=False)
            if matches(test) and isinstance(value, int | float) and not isinstance(value, bool)
        )
    )


def _vertical_lookup(place: Place, arguments: Arguments) -> Result:
    key = scalar(arguments[0], place)
    table = _matrix(arguments[1], place)
    column = int(to_number(scalar(arguments[2], place))) - 1
    is_sorted = to_boolean(scalar(arguments[3], place)) if len(arguments) > 3 else True
    if column < 0 or (table and column >= len(table[0])):
        raise FormulaError(CellError("VALUE" if column < 0 else "REF"))
    best: CellValue = _NOT_AVAILABLE
    for row in table:
        if row[0] is None or isinstance(row[0], CellError):
            continue
        order = compare(row[0], key)
        if order == 0:
            return row[column]
        if is_sorted and order < 0:
            best = row[column]
    if isinstance(best, CellError):
        raise FormulaError(best)
    return best


def _checked(least: int, most: int | None, function: Function, name: str) -> Function:
    def run(place: Place, arguments: Arguments) -> Result:
        count = 0 if arguments == (Literal(None),) else len(arguments)
        if count < least or (most is not None and count > most):
            message = f"Wrong number of arguments to {name}."
            raise FormulaError(CellError("N_A", message))
        return function(place, arguments)

    return run


_DEFINITIONS: dict[str, tuple[int, int | None, Function]] = {
    "SUM": (1, None, _sum),
    "AVERAGE": (1, None, _average),
    "COUNT": (1, None, _count),
    "COUNTA": (1, None, _count_a),
    "COUNTBLANK": (1, None, _count_blank),
    "COUNTIF": (2, 2, _count_if),
    "SUMIF": (2, 3, _sum_if),
    "MIN": (1, None, _min),
    "MAX": (1, None, _max),
    "IF": (2, 3, _if),
    "IFERROR": (1, 2, _if_error),
    "ISERROR": (1, 1, _is_error),
    "ISBLANK": (1, 1, _is_blank),
    "ISNUMBER": (1, 1, _is_number),
    "AND": (1, None, _and),
    "OR": (1, None, _or),
    "NOT": (1, 1, lambda place, arguments: not to_boolean(scalar(arguments[0], place))),
    "CONCATENATE": (1, None, _concatenate),
    "CONCAT": (2, 2, _concatenate),
    "ROUND": (1, 2, _rounding(ROUND_HALF_UP)),
    "ROUNDUP": (1, 2, _rounding(ROUND_UP)),
    "ROUNDDOWN": (1, 2, _rounding(ROUND_DOWN)),
    "INT": (1, 1, _on_number(math.floor)),
    "ABS": (1, 1, _on_number(abs)),
    "SQRT": (1, 1, _on_number(math.sqrt)),
    "MOD": (2, 2, _modulo),
    "LEN": (1, 1, _on_text(len)),
    "UPPER": (1, 1, _on_text(str.upper)),
    "LOWER": (1, 1, _on_text(str.lower)),
    "TRIM": (1, 1, _on_text(lambda text: " ".join(text.split()))),
    "LEFT": (1, 2, _left),
    "RIGHT": (1, 2, _right),
    "MID": (3, 3, _mid),
    "VALUE": (1, 1, _value),
    "NOW": (0, 0, _now),
    "TODAY": (0, 0, _today),
    "DATE": (3, 3, _date),
    "YEAR": (1, 1, _part("year")),
    "MONTH": (1, 1, _part("month")),
    "DAY": (1, 1, _part("day")),
    "HOUR": (1, 1, _part("hour")),
    "MINUTE": (1, 1, _part("minute")),
    "ROW": (0, 1, _row),
    "COLUMN": (0, 1, _column),
    "VLOOKUP": (3, 4, _vertical_lookup),
}

FUNCTIONS: Mapping[str, Function] = {
    name: _checked(least, most, function, name)
    for name, (least, most, function) in _DEFINITIONS.items()
}

#: Functions whose result changes by itself, and the number format that a new cell takes from them.
RESULT_FORMATS: Mapping[str, tuple[str, str]] = {
    "NOW": ("DATE_TIME", "M/d/yyyy H:mm:ss"),
    "TODAY": ("DATE", "M/d/yyyy"),
    "DATE": ("DATE", "M/d/yyyy"),
}
