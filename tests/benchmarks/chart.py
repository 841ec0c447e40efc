"""Lines as SVG, in the style of the bars."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from tests.benchmarks.lines import Chart, Line, Point
from tests.benchmarks.plot import MARGIN, OURS, STYLE, THEIRS, WIDTH
from tests.benchmarks.report import number

HEIGHT, TOP, LEFT, RIGHT, BOTTOM, HEADROOM = 240, 34, 60, 160, 44, 1.15
COLOURS = (OURS, "#e07b39", "#3a9d6a", "#8a5cd1")


@dataclass(frozen=True)
class Scale:
    """From the chart's values to the picture's places; both axes begin at 0."""

    most_x: float
    most_y: float
    y: float

    def place(self, point: Point) -> tuple[float, float]:
        wide, high = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
        return LEFT + wide * point.x / self.most_x, self.floor - high * point.y / self.most_y

    @property
    def floor(self) -> float:
        return self.y + HEIGHT - BOTTOM


def svg(charts: Sequence[Chart], caption: str) -> str:
    body, high = [STYLE], len(charts) * HEIGHT
    for place, chart in enumerate(charts):
        body.extend(drawn(chart, place * HEIGHT))
    body.append(f'<text class="small" x="{MARGIN}" y="{high + 12}">{escape(caption)}</text>')
    size = f'width="{WIDTH}" height="{high + 24}" viewBox="0 0 {WIDTH} {high + 24}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">\n' + "\n".join(body) + "\n</svg>\n"


def drawn(chart: Chart, y: float) -> Iterator[str]:
    points = [point for line in chart.lines for point in line.points]
    scale = Scale(max(p.x for p in points), max(p.y for p in points) * HEADROOM, y)
    yield f'<text class="head" x="{MARGIN}" y="{y + 20:.0f}">{escape(chart.title)}</text>'
    yield from axes(scale, sorted({point.x for point in points if point.note}), chart.across)
    for line, colour in zip(chart.lines, colours(chart.lines), strict=True):
        yield from line_drawn(line, colour, scale)


def colours(lines: Sequence[Line]) -> list[str]:
    ours = iter(COLOURS)
    return [THEIRS if line.ideal else next(ours) for line in lines]


def axes(scale: Scale, marks: Sequence[float], across: str) -> Iterator[str]:
    right = WIDTH - RIGHT
    yield f'<path d="M{LEFT} {scale.y + TOP} V{scale.floor} H{right}" fill="none" stroke="{THEIRS}"/>'
    for mark in marks:
        x, _ = scale.place(Point(mark, 0))
        yield text(x, scale.floor + 14, f"{mark:,.0f}", "middle")
    yield text(right + 8, scale.floor + 14, across)
    for share in (0.5, 1.0):
        value = scale.most_y / HEADROOM * share
        _, y = scale.place(Point(0, value))
        yield text(LEFT - 6, y + 4, number(value), "end")


def line_drawn(line: Line, colour: str, scale: Scale) -> Iterator[str]:
    places = [scale.place(point) for point in line.points]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    dashes = ' stroke-dasharray="4 4"' if line.ideal else ""
    yield f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"{dashes}/>'
    for point, (x, y) in zip(line.points, places, strict=True):
        if not line.ideal:
            yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>'
        if point.note:
            yield text(x, y - 8, point.note, "middle")
    x, y = places[-1]
    yield text(x + 8, y + 4, line.name)


def text(x: float, y: float, words: str, anchor: str = "start") -> str:
    return f'<text class="small" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'
