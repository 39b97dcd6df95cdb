"""Prints what the contract was run over: `python -m tests.contract.matrix`, from the root of the repository."""

import sys
import time

from activerecord.testing import RUNNERS
from activerecord.testing.contract import DriverContract
from tests import servers
from tests.contract.demands import demands, is_shortened
from tests.contract.subjects import SUBJECTS

__all__ = ["main"]


def main() -> int:
    """Make all demands; a cell is how many were met of how many were made. The number of those not met."""
    failures: list[str] = []
    start = time.monotonic()
    print(f"{'':20}" + "".join(f"{name:>12}" for name in RUNNERS))
    for subject in SUBJECTS:
        print(f"{subject.name:20}", end="", flush=True)
        for runner in RUNNERS.values():
            made = demands(subject, [runner])
            failed = [failure for demand in made if (failure := _failure(demand))]
            failures += failed
            print(f"{f'{len(made) - len(failed)}/{len(made)}':>12}", end="", flush=True)
        print("   the shorter list" if is_shortened(subject) else "")
    print("The shorter list (tests/contract/demands.py) is for the same driver over a unix socket instead of TCP.")
    print(f"{time.monotonic() - start:.0f} s", *failures, sep="\n")
    return len(failures)


def _failure(demand: DriverContract) -> str:
    try:
        with servers.given_back():
            demand.run()
    except Exception as error:
        return f"{demand}: {type(error).__name__}: {error}"
    return ""


if __name__ == "__main__":
    sys.exit(main())
