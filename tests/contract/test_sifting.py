"""What a comparison passes by is as believed, and all else is looked at; over both stores."""

from __future__ import annotations

from sink.core.cell import CellContent
from sink.core.slices import in_one_go
from sink.sifting import sift_sheet, sift_table
from sink.writers.sheets.layout import TabLayout
from sink.writers.sheets.reading import Formulas, Gathering, Reading
from sink.writers.sheets.row_json import rows_json
from tests.contract.stores.bench import Bench, image, key

NUMBERS = range(1, 9)


def synced(bench: Bench) -> None:
    """Rows of which the first sync has stored what the table holds."""
    for number in NUMBERS:
        bench.program(number, image(a=f"a{number}", b=None, n=number))
    store = bench.worker()
    with store.begin() as transaction:
        for part in store.scan():
            transaction.save_as_read(part)


def reading_of(
    bench: Bench, rows: dict[int, list[CellContent]], formulas: dict[int, Formulas] | None = None
) -> Reading:
    columns = {column: at for at, column in enumerate(bench.table.columns)}
    gathering = Gathering(tuple(columns))
    cells = [(number, *row) for number, row in rows.items()]
    gathering.add(0, [key(number) for number in rows], rows_json(cells), formulas)
    return gathering.reading(TabLayout("items", 0, 1, 100, 6, 10, columns))


def shown() -> dict[int, list[CellContent]]:
    return {number: [f"a{number}", "", "", number, ""] for number in NUMBERS}


def test_rows_of_the_sheet_that_are_as_they_were_left_are_passed_by(bench: Bench) -> None:
    synced(bench)
    side = in_one_go(sift_sheet(reading_of(bench, shown()), bench.worker(), bench.table))
    assert (side.doubtful, side.missing) == ([], [])


def test_every_other_row_of_the_sheet_is_looked_at(bench: Bench) -> None:
    synced(bench)
    store, rows = bench.worker(), shown()
    rows[2][0] = "typed"
    rows[3][3] = ""
    changed = store.states([key(4)])[key(4)]
    changed.unfit["a"] = "what the column does not take"
    with store.begin() as transaction:
        transaction.save([changed])
    del rows[5]
    rows[99] = ["new", "", "", 1, ""]
    reading = reading_of(bench, rows, {5 - 1: {"n": "=2*3"}})  # the fifth row left is that of 6
    side = in_one_go(sift_sheet(reading, store, bench.table))
    assert sorted(side.doubtful) == [key(number) for number in (2, 3, 4, 6, 99)]
    assert side.missing == [key(5)]


def test_rows_of_the_table_that_are_as_they_were_left_are_passed_by(bench: Bench) -> None:
    synced(bench)
    side = in_one_go(sift_table(bench.worker(), bench.table))
    assert (side.doubtful, side.missing) == ([], [])


def test_every_other_row_of_the_table_is_looked_at(bench: Bench) -> None:
    synced(bench)
    store = bench.worker()
    bench.program(2, image(a="other", b=None, n=2))
    bench.program(3, None)
    bench.program(99, image(a="new"))
    changed = store.states([key(4)])[key(4)]
    changed.unfit["a"] = "what the column does not take"
    with store.begin() as transaction:
        transaction.save([changed])
    side = in_one_go(sift_table(store, bench.table))
    assert sorted(side.doubtful) == [key(number) for number in (2, 4, 99)]
    assert side.missing == [key(3)]
