"""The front as a chart: splits left against residents moved.

With :mod:`geo.canvas` the door to matplotlib. Importing it takes about a second: import it where a
chart is drawn.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import matplotlib.style
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, MaxNLocator
from matplotlib.transforms import offset_copy
from numpy.typing import NDArray

from .canvas import HALO, INK, SOFT, STYLE, png, said, svg
from .curves import END, PROVED, UNPROVED, Curve, X, described, refuse, y_axis
from .lettering import leads, place, steps, wrapped
from .words import Language, Text

WIDTH_IN, PLOT_IN, MARGIN_IN, LEFT_IN, BELOW_IN = 9.0, 4.1, 0.3, 0.95, 0.7
DPI, POINT_PX = 200, 200 / 72
RULE = "#e3e7ea"
#: Told apart by colour, by dashes and by marker: any one of them is enough.
LOOKS: tuple[dict[str, Any], ...] = (
    {"color": "#0072b2", "linestyle": "-", "marker": "o", "markersize": 8.5},
    {"color": "#b34700", "linestyle": (0, (5, 2)), "marker": "s", "markersize": 6},
    {"color": "#00674c", "linestyle": (0, (1, 1.4)), "marker": "^", "markersize": 7},
    {"color": "#7b2d8b", "linestyle": (0, (7, 2, 1, 2)), "marker": "D", "markersize": 5},
)
#: Markers shrink where more splits than this stand side by side.
CROWDED = 40
DOT: dict[str, Any] = {"linestyle": "", "markeredgewidth": 1.6, "clip_on": False, "zorder": 3}
#: Around points that have a name, and where no curve goes further.
RING: dict[str, Any] = {"marker": "o", "markersize": 15, "color": INK, "clip_on": False}
RING |= {"markeredgewidth": 1.2, "markerfacecolor": "none"}
WALL: dict[str, Any] = {"marker": "|", "markersize": 20, "markeredgewidth": 2.5, "clip_on": False}
LETTERS: dict[str, Any] = {"size": 9.5, "linespacing": 1.35, "va": "bottom", "path_effects": [HALO]}
#: Lines of text: their size in points and their colour.
TITLE, SUBTITLE, NOTE = (16.0, INK), (10.5, SOFT), (8.5, SOFT)

Say = Callable[[Text], str]


@dataclass(frozen=True)
class Chart:
    """One chart, drawn twice.

    `svg` has text as outlines, and a title and a description for screen readers; `png` is 1800
    pixels wide.
    """

    svg: bytes
    png: bytes


def front_chart(
    curves: Sequence[Curve],
    *,
    unit: Text,
    title: Text,
    subtitle: Text | None = None,
    note: Text | None = None,
    language: Language = "ja",
) -> Chart:
    """Fronts in one chart, from the most splits on the left to the fewest on the right.

    Parameters
    ----------
    curves
        One to four; the order of their points does not matter.
    unit
        What is counted: ``Text("人", "people")``.
    title, subtitle, note
        Above and below the chart, in as many lines as they need; the note says sources and 模式図.
    language
        Of all words in the chart.

    Raises
    ------
    UsageError
        If there is nothing to draw, or a curve contradicts itself.
    DataError
        If the font has no picture for a sign of a text.
    """
    refuse(curves)
    say = partial(said, language=language)
    head = [*_lines(say(title), TITLE), *_lines(say(subtitle) if subtitle else "", SUBTITLE)]
    foot = _lines(say(note) if note else "", NOTE)
    with matplotlib.style.context(["default", STYLE]):
        legend = _legend(curves, say)
        top_in = MARGIN_IN + _high(head) + 0.25 * -(-len(legend) // 2) + 0.45
        height_in = top_in + PLOT_IN + BELOW_IN + _high(foot) + 0.15
        figure = Figure((WIDTH_IN, height_in), dpi=DPI)
        _write(figure, head, MARGIN_IN)
        _write(figure, foot, top_in + PLOT_IN + BELOW_IN)
        _show_legend(figure, legend, MARGIN_IN + _high(head))
        axes = _axes(figure, top_in, curves)
        axes.set_xlabel(say(X), labelpad=8)
        axes.set_title(say(y_axis(unit)), loc="left", fontsize=10, color=SOFT, pad=10)
        for curve, look in zip(curves, LOOKS, strict=False):
            _draw(figure, axes, curve, look)
        _label(figure, axes, curves, say, unit)
        return Chart(svg(figure, say(title), say(described(curves, unit))), png(figure))


def _lines(text: str, look: tuple[float, str]) -> list[tuple[str, float, str]]:
    size, colour = look
    room = (WIDTH_IN - 2 * MARGIN_IN) * 72 / size
    return [(line, size, colour) for line in wrapped(text, room)] if text else []


def _high(lines: Sequence[tuple[str, float, str]]) -> float:
    """The height of lines in inches."""
    return sum(size * 1.55 / 72 for _, size, _ in lines)


def _write(figure: Figure, lines: Sequence[tuple[str, float, str]], down_in: float) -> None:
    for line, size, colour in lines:
        down_in += size * 1.55 / 72
        at = MARGIN_IN / WIDTH_IN, 1 - (down_in - size * 0.45 / 72) / figure.get_figheight()
        figure.text(*at, line, size=size, color=colour, va="baseline")


def _legend(curves: Sequence[Curve], say: Say) -> list[tuple[Line2D, str]]:
    """The curves, then what filled and hollow points mean."""
    shown = [
        (Line2D([], [], **look, linewidth=2), say(curve.title))
        for curve, look in zip(curves, LOOKS, strict=False)
    ]
    proved = [proved for curve in curves for _, _, proved in curve.points]
    dot: dict[str, Any] = {"linestyle": "", "marker": "o", "markersize": 7, "color": SOFT}
    if any(proved):
        shown.append((Line2D([], [], **dot), say(PROVED)))
    if not all(proved):
        shown.append((Line2D([], [], **dot, markerfacecolor="white"), say(UNPROVED)))
    return shown


def _show_legend(figure: Figure, shown: list[tuple[Line2D, str]], down_in: float) -> None:
    at = MARGIN_IN / WIDTH_IN, 1 - (down_in + 0.08) / figure.get_figheight()
    # The blank: matplotlib leaves out a label that begins with an underscore.
    handles, labels = [line for line, _ in shown], [f" {label}" for _, label in shown]
    figure.legend(
        handles,
        labels,
        loc="upper left",
        bbox_to_anchor=at,
        ncols=2,
        frameon=False,
        fontsize=9.5,
        borderpad=0,
        borderaxespad=0,
        handlelength=3.2,
        handletextpad=0.4,
        columnspacing=2.5,
        labelspacing=0.55,
    )


def _axes(figure: Figure, top_in: float, curves: Sequence[Curve]) -> Axes:
    """Axes for all points, the fewest splits on the right, nobody moved at the bottom."""
    high = figure.get_figheight()
    width = (WIDTH_IN - LEFT_IN - MARGIN_IN) / WIDTH_IN
    axes = figure.add_axes(
        (LEFT_IN / WIDTH_IN, 1 - (top_in + PLOT_IN) / high, width, PLOT_IN / high)
    )
    splits = [at for curve in curves for at, _, _ in curve.points]
    margin = max(0.6, 0.05 * (max(splits) - min(splits)))
    axes.set_xlim(max(splits) + margin, min(splits) - margin)
    axes.set_ylim(0, 1.18 * max(1.0, *(moved for curve in curves for _, moved, _ in curve.points)))
    for axis, most in ((axes.xaxis, 12), (axes.yaxis, 7)):
        axis.set_major_locator(MaxNLocator(most, integer=True, min_n_ticks=1))
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    axes.grid(axis="y", color=RULE, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(length=0, labelsize=10, pad=7)
    return axes


def _draw(figure: Figure, axes: Axes, curve: Curve, look: dict[str, Any]) -> None:
    """Steps: between two points nothing is cheaper than the next one."""
    line = {"color": look["color"], "linestyle": look["linestyle"]}
    splits, moved, _ = zip(*curve.sorted, strict=True)
    axes.plot(splits, moved, drawstyle="steps-pre", linewidth=1.8, alpha=0.75, **line)
    left, right = axes.get_xlim()
    dot = {**look, **DOT, "markersize": look["markersize"] * min(1, CROWDED / (left - right))}
    for at, its, sure in curve.sorted:
        axes.plot(at, its, **dot, markerfacecolor=look["color"] if sure else "white")
    for at, _ in curve.marked:
        axes.plot(at, dict(zip(splits, moved, strict=True))[at], **RING)
    if curve.end_proved:
        beside = offset_copy(axes.transData, figure, x=9, units="points")
        axes.plot(splits[-1], moved[-1], transform=beside, color=look["color"], **WALL)


def _label(figure: Figure, axes: Axes, curves: Sequence[Curve], say: Say, unit: Text) -> None:
    """Names of marked points and of proved ends, where they cover neither points nor lines."""
    words: list[tuple[int, float, Text, str]] = []
    for curve, look in zip(curves, LOOKS, strict=False):
        words += [(*named, INK) for named in curve.named(unit)]
        words += [(*curve.sorted[-1][:2], END, look["color"])] * curve.end_proved
    pixels = axes.transData.transform
    lines = [pixels([point[:2] for point in curve.sorted]) for curve in curves]
    taken = np.concatenate([steps(line, 9 * POINT_PX, 2 * POINT_PX) for line in lines])
    labels = np.empty((0, 4))
    for at, moved, name, colour in words:
        text = figure.text(0, 0, say(name), color=colour, **LETTERS)
        point, extent = pixels((at, moved)), text.get_window_extent()
        box = place(
            (extent.width, extent.height),
            point,
            taken=taken,
            labels=labels,
            inside=np.array(axes.bbox.extents),
            gap=14 * POINT_PX,
        )
        text.set_position(tuple(box[:2] / figure.bbox.size))
        _lead(figure, point, np.clip(point, box[:2], box[2:]))
        labels = np.vstack([labels, box, leads(point, box[None])])


def _lead(figure: Figure, point: NDArray[np.float64], label: NDArray[np.float64]) -> None:
    """A thin line from the ring around a point to its label."""
    start = point + (label - point) * min(1.0, 8 * POINT_PX / float(np.hypot(*(label - point))))
    xs, ys = (np.array([start, label]) / figure.bbox.size).T
    figure.add_artist(Line2D(xs, ys, color=SOFT, linewidth=0.8))
