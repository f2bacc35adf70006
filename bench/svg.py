# SPDX-License-Identifier: BSD-3-Clause
"""Two kinds of plots, as SVG."""
import math
from xml.sax.saxutils import escape

COLOURS = ("#1b6ca8", "#d1495b", "#3a7d44", "#8d6a9f", "#edae49")


class Canvas:
    def __init__(self, width, height, title):
        self.parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
            f'width="{width}" height="{height}" font-family="sans-serif" font-size="12">',
            f'<rect width="{width}" height="{height}" fill="#ffffff"/>']
        self.text(12, 22, title, size=15)

    def text(self, x, y, text, anchor="start", size=12, colour="#222222"):
        self.parts.append(f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" '
                          f'font-size="{size}" fill="{colour}">{escape(text)}</text>')

    def line(self, x1, y1, x2, y2, colour="#888888", width=1, dash=""):
        self.parts.append(f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" '
                          f'stroke="{colour}" stroke-width="{width}" stroke-dasharray="{dash}"/>')

    def rect(self, x, y, width, height, colour):
        self.parts.append(f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 0):.1f}" '
                          f'height="{height:.1f}" fill="{colour}"/>')

    def path(self, points, colour):
        where = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        self.parts.append(f'<polyline points="{where}" fill="none" stroke="{colour}" '
                          'stroke-width="2"/>')
        for x, y in points:
            self.parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>')

    def write(self, path):
        with open(path, "w", encoding="utf-8") as f:
            f.write("\n".join(self.parts + ["</svg>", ""]))


def bars(path, title, rows):
    """rows: (label, value, low, high, goal or None). A whisker is the interval, a mark the goal."""
    left, width, step = 330, 900, 22
    canvas = Canvas(width, 60 + step * len(rows), title)
    top = max(max(high, goal or 0) for _, _, _, high, goal in rows) * 1.05

    def x(value):
        return left + (width - left - 70) * min(value / top, 1)

    for i, (label, value, low, high, goal) in enumerate(rows):
        y = 40 + step * i
        canvas.text(left - 8, y + 13, label, "end")
        canvas.rect(left, y + 3, x(value) - left, step - 8, COLOURS[0])
        canvas.line(x(low), y + step / 2 - 1, x(high), y + step / 2 - 1, "#111111", 1.5)
        if goal is not None:
            canvas.line(x(goal), y, x(goal), y + step - 2, COLOURS[1], 3)
        canvas.text(max(x(value), x(high), x(goal or 0)) + 6, y + 13, f"{value:.2f}")
    canvas.write(path)


def curves(path, title, unit, series):
    """series: {name: [(x, y)]}; both axes logarithmic."""
    width, height, left, bottom = 640, 400, 70, 350
    canvas = Canvas(width, height, title)
    xs = sorted({p[0] for points in series.values() for p in points})
    ys = [p[1] for points in series.values() for p in points]
    low, high = math.log10(min(ys) / 1.3), math.log10(max(ys) * 1.3)
    right = width - 170

    def at(px, py):
        span = math.log(xs[-1] / xs[0]) or 1
        return (left + (right - left) * math.log(px / xs[0]) / span,
                bottom - (bottom - 50) * (math.log10(py) - low) / (high - low))

    for value in (m * 10 ** e for e in range(-3, 10) for m in (1, 2, 5)):
        if low <= math.log10(value) <= high:
            _, y = at(xs[0], value)
            canvas.line(left, y, right, y, "#dddddd")
            canvas.text(left - 6, y + 4, f"{value:g}", "end")
    for value in xs:
        x, _ = at(value, ys[0])
        canvas.text(x, bottom + 18, str(value), "middle")
    canvas.text((left + right) / 2, bottom + 38, "payload, bytes", "middle")
    canvas.text(left - 50, 42, unit)
    for i, (name, points) in enumerate(series.items()):
        colour = COLOURS[i % len(COLOURS)]
        canvas.path([at(*p) for p in points], colour)
        canvas.text(right + 10, at(*points[-1])[1] + 4, name, colour=colour)
    canvas.write(path)
