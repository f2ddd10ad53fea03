"""Each deliberate fault is found within 3,000 seeds, in a copy of the code that has it.

The search begins at the catalogue's seed, which ``python -m tests.simulation.faults`` found first
from seed 0 on; should the simulation have changed since, it goes on from there.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.simulation.faults.catalogue import ENOUGH, FAULTS, Fault
from tests.simulation.faults.planting import ROOT, search
from tests.simulation.test_simulation import SEEDS


def test_the_faults_are_many_and_each_has_a_name() -> None:
    assert len({fault.name for fault in FAULTS}) == len(FAULTS) >= 10


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_fits_the_code_as_it_is(fault: Fault) -> None:
    assert (ROOT / fault.file).read_text().count(fault.old) == 1


@pytest.mark.skipif(
    SEEDS < ENOUGH, reason="the faults are planted where everything is tested (make test)"
)
@pytest.mark.timeout(600)
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_is_found(fault: Fault, tmp_path: Path) -> None:
    found = search(fault, tmp_path, first=fault.seed, seeds=ENOUGH - fault.seed)
    assert found is not None, f"not found within {ENOUGH} seeds"
    assert found.violation.startswith(fault.shows), f"seed {found.seed} shows {found.violation!r}"
    print(f"{fault.name}: seed {found.seed}: {found.violation}")
