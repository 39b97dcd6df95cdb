"""`python -m benchmarks`: our verbs, the raw drivers and the peers on the same work, in rounds that alternate.

Without options the short form: some minutes. `--full` is all of it. Results go to build/benchmarks.json and .svg.
"""

import argparse
import json
import os
import platform
import sqlite3
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.asked import Size
from benchmarks.contestant import CONTESTANTS, Entrant
from benchmarks.databases import Copies
from benchmarks.goals import import_time, judged, peers_ahead
from benchmarks.plot import plot
from benchmarks.rounds import Result, Told, count_statements, measure
from benchmarks.table import ahead_table, goal_table, series_table
from benchmarks.workloads import SHORT, WORKLOADS, Work
from tests import servers

ENGINES = ("postgresql", "sqlite", "mariadb")
LOOPS = ("asyncio", "uvloop")
RAW = {"postgresql": "asyncpg", "sqlite": "aiosqlite", "mariadb": "asyncmy"}


def players(engine: str, loop: str, only: Sequence[str]) -> tuple[list[tuple[Entrant, str]], list[str]]:
    """Who takes part on an engine and a loop, the raw driver first, and why others do not.

    Those of trio and of plain sync code are measured beside asyncio's.
    """
    loops = (loop, "trio", "sync") if loop == "asyncio" else (loop,)
    found: list[tuple[Entrant, str]] = []
    absent: list[str] = []
    for entrant in CONTESTANTS:
        if only and entrant.name not in (*only, RAW[engine]):
            continue
        where = [each for each in entrant.loops if each in loops]
        reason = entrant.absent(engine)
        if reason is None:
            found += [(entrant, each) for each in where]
        elif where and (entrant.peer or engine in entrant.engines):
            absent.append(f"{entrant.name}: {reason}")
    found.sort(key=lambda each: (each[0].name != RAW[engine], each[0].peer))
    return found, absent


def works(options: argparse.Namespace) -> list[Work]:
    """The work that was asked for."""
    chosen: list[str] = options.works
    if chosen:
        return [WORKLOADS[key] for key in chosen]
    return [work for work in WORKLOADS.values() if options.full or work.key in SHORT]


def parsed() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--full", action="store_true", help="all work, with more rounds and rows, on uvloop too")
    parser.add_argument("--rounds", type=int, help="rounds of each piece of work (7, full 15)")
    parser.add_argument("--engines", nargs="+", choices=ENGINES, default=ENGINES)
    parser.add_argument("--loops", nargs="+", choices=LOOPS, help="asyncio, which trio and sync go with, and uvloop")
    parser.add_argument("--works", nargs="+", choices=WORKLOADS, metavar="WORK", default=[], help="; ".join(WORKLOADS))
    parser.add_argument("--only", nargs="+", default=[], help="contestants by name; the raw driver is always there")
    parser.add_argument("--statements", action="store_true", help="count statements too, as --full does")
    parser.add_argument("--out", type=Path, default=Path("build"), help="folder of benchmarks.json and benchmarks.svg")
    return parser.parse_args()


def run(options: argparse.Namespace) -> list[Result]:
    """Measure everything that was asked for, and print each engine's table when it is there."""
    size = Size(1000, 1_000_000, full=True) if options.full else Size(200, 100_000, full=False)
    rounds = options.rounds or (15 if options.full else 7)
    loops = options.loops or (LOOPS if options.full else ("asyncio",))
    results: list[Result] = []
    log = options.out / "benchmarks.log"
    log.unlink(missing_ok=True)
    told = Told(size, rounds, log, _progress)
    for engine in options.engines:
        with tempfile.TemporaryDirectory() as folder:
            copies = Copies(engine, Path(folder), size.events)
            if not copies.available():
                print(f"\n{engine} is not installed (scripts/servers installs it)")
                continue
            for loop in loops:
                found, absent = players(engine, loop, options.only)
                made = measure(copies, found, works(options), told)
                if (options.full or options.statements) and engine != "sqlite" and loop == "asyncio":
                    count_statements(copies, found, works(options), told, made)
                print(
                    "\r" + series_table(f"{engine}, {loop}: times of {RAW[engine]}, ratios of the others", made),
                    flush=True,
                )
                for reason in absent:
                    print(f"  {reason}", flush=True)
                results += made
    return results


def _progress(work: Work) -> None:
    if sys.stdout.isatty():
        print(f"\r\033[K{work.title}", end="", flush=True)


def described(options: argparse.Namespace) -> dict[str, object]:
    """The circumstances of a run."""
    versions = {each.package: each.version() for each in CONTESTANTS}
    return {
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors",
        "sqlite": sqlite3.sqlite_version,
        "full": options.full,
        "load": os.getloadavg(),
        "versions": {name: version for name, version in versions.items() if version},
    }


def main() -> None:
    """Measure, print, and keep."""
    options = parsed()
    options.out.mkdir(parents=True, exist_ok=True)
    about = described(options)
    print(f"Python {about['python']}, {about['machine']}, load {os.getloadavg()[0]:.1f}")
    try:
        results = run(options)
    finally:
        servers.end()
    imported = import_time()
    print("\nGoals: our time to another's. `~` is noise: quartiles further apart than three tenths of the medians.")
    print(goal_table(judged(results), imported))
    print(ahead_table(peers_ahead(results, {each.name for each in CONTESTANTS if each.peer})))
    about["import_ms"] = imported
    kept = {**about, "results": [each.as_json() for each in results]}
    (options.out / "benchmarks.json").write_text(json.dumps(kept, indent=1))
    shown = [each for each in results if each.loop == "asyncio"]
    note = f"Time as a multiple of the raw driver's. Python {about['python']}, {about['machine']}, {about['when']}."
    (options.out / "benchmarks.svg").write_text(plot(shown, note))
    print(
        f"\n{options.out}/benchmarks.json, {options.out}/benchmarks.svg; what failed is in {options.out}/benchmarks.log"
    )


if __name__ == "__main__":
    main()
