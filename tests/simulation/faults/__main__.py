"""``python -m tests.simulation.faults``: search for each fault from seed 0, and tell what finds it.

The seeds that it prints are those of the catalogue, from which the tests begin to save time.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.simulation.faults.catalogue import ENOUGH, FAULTS
from tests.simulation.faults.planting import search


def main() -> int:
    """Search for those whose names hold the first argument, else for all; the exit status."""
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    missed = 0
    for fault in FAULTS:
        if wanted not in fault.name:
            continue
        with tempfile.TemporaryDirectory() as directory:
            found = search(fault, Path(directory), first=0, seeds=ENOUGH)
        missed += found is None
        told = "not found" if found is None else f"seed {found.seed}: {found.violation}"
        print(f"{fault.name}: {told:.160}", flush=True)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
