"""The tables on the terminal: of each engine and loop, and of the goals."""

import re
from collections.abc import Iterable, Sequence

from benchmarks.goals import Met
from benchmarks.rounds import Result
from benchmarks.workloads import WORKLOADS

__all__ = ["ahead_table", "amount", "goal_table", "series_table"]


def amount(result: Result) -> str:
    """A median in the unit that suits it."""
    median = result.median
    if median is None:
        return "-"
    measure = WORKLOADS[result.work].measure
    if measure != "time":
        return f"{median:.2f} {'MB' if measure == 'memory' else 'ms'}"
    for scale, unit in ((1, "s"), (1e3, "ms"), (1e6, "us")):
        if median * scale >= 1:
            return f"{median * scale:.3g} {unit}"
    return f"{median * 1e9:.0f} ns"


def series_table(title: str, results: Sequence[Result]) -> str:
    """One engine: a line for each piece of work, a column for each contestant.

    The first one's figures are times, the others' are ratios to them; where these cannot be compared, their own amount.
    Below it stands why figures are missing.
    """
    columns = list(dict.fromkeys((each.contestant, each.loop) for each in results))
    lines = [f"\n{title}", _head(columns)]
    reasons: dict[str, int] = {}
    for work in dict.fromkeys(each.work for each in results):
        found = {(each.contestant, each.loop): each for each in results if each.work == work}
        first = found.get(columns[0])
        cells = [_cell(found.get(column), first, reasons) for column in columns]
        lines.append(
            f"  {WORKLOADS[work].title:<38}" + "".join(f"{cell:>14}" for cell in cells) + _counted(found, columns)
        )
    lines += [f"  ({number}) {reason}" for reason, number in reasons.items()]
    return "\n".join(lines)


def _head(columns: Sequence[tuple[str, str]]) -> str:
    names = "".join(f"{name:>14}" for name, _ in columns)
    loops = "".join(f"{loop:>14}" for _, loop in columns)
    return f"  {'':<38}{names}\n  {'':<38}{loops}"


def _cell(result: Result | None, first: Result | None, reasons: dict[str, int]) -> str:
    if result is None:
        return ""
    if result.median is None:
        reason = re.sub(r"\s+", " ", result.failure or "no figures")[:160]
        return f"({reasons.setdefault(reason, len(reasons) + 1)})"
    if result is first or first is None or not first.median or WORKLOADS[result.work].measure != "time":
        return amount(result)
    return f"{result.median / first.median:.2f}" + ("~" if result.spread + first.spread > 0.3 else "")


def _counted(found: dict[tuple[str, str], Result], columns: Sequence[tuple[str, str]]) -> str:
    counts = [found[column].statements if column in found else None for column in columns]
    if all(count is None for count in counts):
        return ""
    told = " ".join("-" if count is None else f"{count:.3g}" for count in counts)
    return f"   statements: {told}"


def goal_table(met: Iterable[Met], imported: float | None) -> str:
    """Goals and figures side by side."""
    lines = [f"\n  {'goal':<46}{'engine':>12}{'at most':>9}{'figure':>9}"]
    for each in met:
        goal = each.goal
        figure = "-" if each.figure is None else f"{each.figure:.2f}"
        met_ = "" if each.figure is None else "  met" if each.figure <= goal.most else "  missed"
        noisy = " ~" if each.spread > 0.3 else ""
        lines.append(f"  {goal.title:<46}{goal.engine:>12}{goal.most:>9.2f}{figure:>9}{met_}{noisy}")
    if imported is not None:
        lines.append(
            f"  {'import, ms':<46}{'':>12}{150:>9}{imported:>9.0f}{'  met' if imported <= 150 else '  missed'}"
        )
    return "\n".join(lines)


def ahead_table(ahead: Sequence[tuple[Result, float]]) -> str:
    """Where peers were faster."""
    if not ahead:
        return "\nNo peer was faster anywhere."
    lines = ["\nPeers that were faster than ours (their time / our time):"]
    for result, ratio in sorted(ahead, key=lambda each: each[1]):
        where = f"{result.engine}, {result.loop}"
        lines.append(f"  {WORKLOADS[result.work].title:<40}{where:<22}{result.contestant:<14}{ratio:>6.2f}")
    return "\n".join(lines)
