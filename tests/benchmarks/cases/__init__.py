"""The cases, one a file; ``CASES`` names them in the order in which they run."""

from __future__ import annotations

from collections.abc import Callable

from tests.benchmarks.cases.edits_bulk import edits_bulk
from tests.benchmarks.cases.edits_single import edits_single
from tests.benchmarks.cases.merge import merge
from tests.benchmarks.figures import Result
from tests.benchmarks.ground import Ground

Case = Callable[[Ground, Result], None]

WITHOUT_STACK: dict[str, Callable[[Result], None]] = {"merge": merge}
ON_THE_STACK: dict[str, Case] = {"edits_single": edits_single, "edits_bulk": edits_bulk}
CASES = (*WITHOUT_STACK, *ON_THE_STACK)
