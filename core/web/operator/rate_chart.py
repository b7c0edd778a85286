"""Geometry of the chart of rates: numbers in, coordinates out. Pure; the template draws."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

WIDTH, HEIGHT = 360, 220
LEFT, RIGHT, TOP, BOTTOM = 54, 12, 12, 26
MOST_POINTS = 240
MARKED = 45
"""Lines with at most so many points show each of them."""

STYLES = 6
GRID = 4


@dataclass(frozen=True, slots=True)
class Mark:
    """One point of a line, in the units of the drawing; ``value`` and ``day`` say what it is."""

    x: str
    y: str
    day: date
    value: Decimal


@dataclass(frozen=True, slots=True)
class Line:
    """One series: ``style`` numbers its colour and dashes from 1, ``path`` is for a polyline."""

    label: str
    style: int
    path: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Tick:
    """A grid line with what is written at it; ``anchor`` is the text's alignment."""

    at: str
    day: date | None = None
    value: Decimal | None = None
    anchor: str = "end"


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing of ``width`` by ``height`` with the extremes in words."""

    lines: tuple[Line, ...]
    levels: tuple[Tick, ...]
    days: tuple[Tick, ...]
    lowest: Mark
    highest: Mark
    newest: Mark
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    floor: int = HEIGHT - BOTTOM


def chart_of(series: Mapping[str, Sequence[tuple[date, Decimal]]]) -> Chart | None:
    """Return the chart of some series by label, each oldest first; None without a point."""
    points = [point for line in series.values() for point in line]
    if not points:
        return None
    frame = _Frame(points)
    lines = tuple(
        _line(label, number, frame, _thinned(line))
        for number, (label, line) in enumerate(series.items())
        if line
    )
    return Chart(
        lines=lines,
        levels=frame.levels(),
        days=frame.days(),
        lowest=frame.mark(*min(points, key=lambda one: one[1])),
        highest=frame.mark(*max(points, key=lambda one: one[1])),
        newest=frame.mark(*max(points, key=lambda one: one[0])),
    )


class _Frame:
    """Places days and values; a single day or a single value is in the middle."""

    def __init__(self, points: Sequence[tuple[date, Decimal]]) -> None:
        days = [day for day, _value in points]
        values = [value for _day, value in points]
        self.first, self.last = min(days), max(days)
        low, high = min(values), max(values)
        room = (high - low) / 10 or high / 100
        self.low, self.high = low - room, high + room

    def x(self, day: date) -> Decimal:
        span = (self.last - self.first).days
        share = Decimal((day - self.first).days) / Decimal(span) if span else Decimal("0.5")
        return LEFT + share * (WIDTH - RIGHT - LEFT)

    def y(self, value: Decimal) -> Decimal:
        share = (value - self.low) / (self.high - self.low)
        return HEIGHT - BOTTOM - share * (HEIGHT - BOTTOM - TOP)

    def mark(self, day: date, value: Decimal) -> Mark:
        return Mark(_written(self.x(day)), _written(self.y(value)), day, value)

    def levels(self) -> tuple[Tick, ...]:
        step = (self.high - self.low) / GRID
        values = [self.low + step * number for number in range(GRID + 1)]
        return tuple(Tick(_written(self.y(value)), value=value) for value in values)

    def days(self) -> tuple[Tick, ...]:
        span = (self.last - self.first).days
        if not span:
            return (Tick(_written(self.x(self.first)), day=self.first, anchor="middle"),)
        return (
            Tick(_written(self.x(self.first)), day=self.first, anchor="start"),
            Tick(_written(self.x(self.last)), day=self.last, anchor="end"),
        )


def _line(label: str, number: int, frame: _Frame, points: Sequence[tuple[date, Decimal]]) -> Line:
    marks = tuple(frame.mark(*point) for point in points)
    path = " ".join(f"{mark.x},{mark.y}" for mark in marks)
    return Line(label, number % STYLES + 1, path, marks if len(marks) <= MARKED else marks[-1:])


def _thinned(points: Sequence[tuple[date, Decimal]]) -> Sequence[tuple[date, Decimal]]:
    """Keep every n-th point and the last, so that a drawing stays small."""
    step = -(-len(points) // MOST_POINTS)
    kept = list(points[::step])
    return kept if kept[-1] == points[-1] else [*kept, points[-1]]


def _written(number: Decimal) -> str:
    return f"{number:.1f}"
