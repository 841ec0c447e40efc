"""Bars as SVG: ours and what it is compared with, one group per figure, each on its own scale."""

from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape

from tests.benchmarks.figures import Figure
from tests.benchmarks.report import number

WIDTH, MARGIN, NAMES, BAR, GAP, HEAD = 720, 16, 150, 18, 5, 30
OURS, THEIRS = "#2f6fde", "#9aa4b2"
STYLE = (
    "<style>text{font:13px system-ui,sans-serif;fill:#1f2937}.head{font-weight:600}.small{font-size:11px}"
    "@media(prefers-color-scheme:dark){text{fill:#e5e7eb}}</style>"
)


def svg(figures: Sequence[Figure], caption: str) -> str:
    body, y = [STYLE], float(MARGIN)
    for figure in figures:
        body.extend(group(figure, y))
        y += height(figure)
    body.append(f'<text class="small" x="{MARGIN}" y="{y + 12:.0f}">{escape(caption)}</text>')
    size = f'width="{WIDTH}" height="{y + 24:.0f}" viewBox="0 0 {WIDTH} {y + 24:.0f}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">\n' + "\n".join(body) + "\n</svg>\n"


def height(figure: Figure) -> float:
    return HEAD + (1 + len(figure.references)) * (BAR + GAP) + MARGIN


def group(figure: Figure, y: float) -> Iterator[str]:
    better = "more is better" if figure.unit == "/s" else "less is better"
    title = escape(f"{figure.name}: {figure.unit}, {better}")
    yield f'<text class="head" x="{MARGIN}" y="{y + 14:.0f}">{title}</text>'
    bars = [("HireBuddha", figure.value.median), *((r.name, r.value.median) for r in figure.references)]
    most = max(value for _, value in bars)
    for place, (name, value) in enumerate(bars):
        yield from bar(
            name, value, value / most, OURS if place == 0 else THEIRS, y + HEAD + place * (BAR + GAP)
        )


def bar(name: str, value: float, share: float, colour: str, y: float) -> Iterator[str]:
    room = WIDTH - NAMES - 6 * MARGIN
    width = max(1.0, room * share)
    yield f'<text x="{MARGIN}" y="{y + 14:.0f}">{escape(name)}</text>'
    yield f'<rect x="{NAMES}" y="{y:.0f}" width="{width:.1f}" height="{BAR}" rx="3" fill="{colour}"/>'
    yield f'<text x="{NAMES + width + 6:.1f}" y="{y + 14:.0f}">{number(value)}</text>'
