"""The figures as a drawing: a panel for each engine, a line for each piece of work, a dot for each contestant."""

import math
from collections.abc import Sequence
from html import escape

from benchmarks.rounds import Result
from benchmarks.workloads import WORKLOADS

__all__ = ["plot"]

LEFT, WIDTH, LINE, HEAD = 250, 640, 20, 46
COLOURS = (
    "#d62728",
    "#1f77b4",
    "#2ca02c",
    "#9467bd",
    "#ff7f0e",
    "#17becf",
    "#8c564b",
    "#e377c2",
    "#7f7f7f",
    "#bcbd22",
    "#393b79",
)
TICKS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100)


def plot(results: Sequence[Result], note: str) -> str:
    """An SVG. Further to the right is slower; the line at 1 is the raw driver, and the scale is logarithmic."""
    names = list(dict.fromkeys(_name(each) for each in results))
    colours = {name: COLOURS[number % len(COLOURS)] for number, name in enumerate(names)}
    body: list[str] = []
    y = 30 + LINE * ((len(names) + 3) // 4)
    for engine in dict.fromkeys(each.engine for each in results):
        panel, height = _panel(engine, [each for each in results if each.engine == engine], colours)
        body.append(f'<g transform="translate(0 {y})">{panel}</g>')
        y += height
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {LEFT + WIDTH + 30} {y + 20}" '
        'font-family="sans-serif" font-size="12"><rect width="100%" height="100%" fill="white"/>'
        f"{_legend(colours)}{''.join(body)}"
        f'<text x="10" y="{y + 10}" fill="#555" font-size="11">{escape(note)}</text></svg>\n'
    )


def _name(result: Result) -> str:
    return result.contestant if result.loop == "asyncio" else f"{result.contestant} ({result.loop})"


def _legend(colours: dict[str, str]) -> str:
    made: list[str] = []
    for number, (name, colour) in enumerate(colours.items()):
        x, y = 16 + number % 4 * 220, 18 + number // 4 * LINE
        made.append(
            f'<circle cx="{x}" cy="{y}" r="5" fill="{colour}"/><text x="{x + 10}" y="{y + 4}">{escape(name)}</text>'
        )
    return "".join(made)


def _panel(engine: str, results: Sequence[Result], colours: dict[str, str]) -> tuple[str, int]:
    works = [work for work in dict.fromkeys(each.work for each in results) if WORKLOADS[work].measure == "time"]
    bottom = HEAD + LINE * len(works)
    made = [f'<text x="10" y="20" font-size="15" font-weight="bold">{engine}</text>']
    made += [_tick(tick, bottom) for tick in TICKS]
    for number, work in enumerate(works):
        made.append(_line(HEAD + LINE * number + 10, [each for each in results if each.work == work], colours))
    return "".join(made), bottom + 16


def _x(ratio: float) -> float:
    low, high = math.log(TICKS[0]), math.log(TICKS[-1])
    return LEFT + WIDTH * (min(max(math.log(ratio), low), high) - low) / (high - low)


def _tick(tick: float, bottom: int) -> str:
    x, colour = _x(tick), "#333" if tick == 1 else "#ddd"
    return (
        f'<line x1="{x:.1f}" y1="{HEAD - 6}" x2="{x:.1f}" y2="{bottom}" stroke="{colour}"/>'
        f'<text x="{x:.1f}" y="{HEAD - 10}" text-anchor="middle" fill="#555">{tick:g}</text>'
    )


def _line(y: int, results: Sequence[Result], colours: dict[str, str]) -> str:
    made = [f'<text x="{LEFT - 12}" y="{y + 4}" text-anchor="end">{escape(WORKLOADS[results[0].work].title)}</text>']
    first = results[0].median
    for each in results[1:]:
        if each.median is not None and first:
            told = f"{_name(each)}: {each.median / first:.2f}"
            dot = f'<circle cx="{_x(each.median / first):.1f}" cy="{y}" r="5" fill="{colours[_name(each)]}" fill-opacity="0.85">'
            made.append(f"{dot}<title>{escape(told)}</title></circle>")
    return "".join(made)
