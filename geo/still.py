"""The still of a map: a small SVG in the page, there before its script runs and without it."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

import geopandas as gpd
import numpy as np
from markupsafe import Markup

from .lettering import ems
from .linework import Frame, Layer, borders, joined, lost, middles, outlines, simpler
from .topology import Ints
from .words import Text

#: Units of the longer side of a still.
SIZE = 1000
#: How far borders are made simpler, in units: the first that makes the still small enough.
TOLERANCES = tuple(np.geomspace(1.5, 8.0, 8).tolist())
#: Sizes of letters in ``app.css``, in these units: on wide screens and on phones.
LETTERS, PHONE_LETTERS = 24, 38
#: How high a line of them is, in their size.
LINE = 1.5
#: Leaflet draws in spherical Mercator.
MERCATOR = 3857
#: Styles whose borders are drawn; zones of other styles are filled.
LINES = {"town", "other", "care", "district", "ward", "before", "after"}
#: What stands for a zone that is too small for the grid: one unit there and back.
DASH = np.array([[0, 0], [1, 0], [0, 0]])


@dataclass(frozen=True, eq=False)
class Shown:
    """Zones of one look.

    Attributes
    ----------
    style
        A style of ``app.css``: one of LINES, or classes of filled zones (``split level-1``).
    shapes
        Polygons in the plan's CRS, by zone id.
    labels
        What is written on zones, by zone id; of names that would cover each other that of the
        larger zone.
    """

    style: str
    shapes: gpd.GeoSeries
    labels: Mapping[str, str] = field(default_factory=dict)


def still(
    shown: Sequence[Shown],
    ground: gpd.GeoDataFrame,
    title: Text,
    *,
    most_bytes: int = 12_000,
) -> Markup:
    """Zones as a static SVG, drawn as Leaflet would: what stands in a map until it is alive.

    It is as fine as `most_bytes` allow and no finer than is seen; only if the coarsest of
    TOLERANCES is not enough is it larger. Borders are made simpler as a coverage. Layers with gaps
    of less than a tenth of a unit are closed before; other layers that are no coverage keep all
    their vertices. Filled zones are joined to one shape; a zone that is too small for the grid is a
    dash of one unit.

    Parameters
    ----------
    shown
        The lowest first. Zones far from `ground` are left out.
    ground
        What fills the still, painted as land.
    title
        What the map shows, for those who cannot see it.
    most_bytes
        Of the whole SVG in UTF-8.
    """
    land = ground.geometry.to_crs(MERCATOR)
    frame = Frame.around(land, SIZE)
    layers = [frame.near(one.shapes.to_crs(MERCATOR)) for one in shown]
    meeting = [joined(layer, 1 / frame.scale) for layer in (land, *layers)]
    finest = simpler(meeting, TOLERANCES[0] / frame.scale)

    @cache
    def drawn(step: int) -> Markup:
        return _drawn(shown, simpler(finest, TOLERANCES[step] / frame.scale), frame, title)

    steps = range(len(TOLERANCES) - 1)
    return drawn(bisect(steps, False, key=lambda step: len(drawn(step).encode()) <= most_bytes))


def _drawn(shown: Sequence[Shown], layers: Sequence[Layer], frame: Frame, title: Text) -> Markup:
    land, *placed = (frame.place(one.shapes) for one in layers)
    parts = [
        _path("land", path(outlines(land), closed=True)),
        *(_layer(one, shapes) for one, shapes in zip(shown, placed, strict=True)),
        *(_labels(one, shapes) for one, shapes in zip(shown, placed, strict=True)),
    ]
    return Markup(
        '<svg class="still" viewBox="0 0 {} {}" preserveAspectRatio="xMidYMid meet" role="img">'
        "<title>{} / {}</title>{}</svg>"
    ).format(frame.width, frame.height, title.ja, title.en, Markup("").join(parts))


def _layer(one: Shown, shapes: gpd.GeoSeries) -> Markup:
    dashes = [spot + DASH for spot in lost(shapes)]
    if one.style in LINES:
        return _path(f"border {one.style}", path([*borders(shapes), *dashes]))
    return _path(f"zone {one.style}", path([*outlines(shapes), *dashes], closed=True))


def _path(classes: str, drawn: str) -> Markup:
    """A path, unless nothing is drawn."""
    return Markup('<path class="{}" d="{}"/>').format(classes, drawn) if drawn else Markup("")


def _labels(one: Shown, shapes: gpd.GeoSeries) -> Markup:
    named = gpd.GeoSeries(shapes[shapes.index.isin(list(one.labels))])
    spots = np.round(middles(named)).astype(int)
    texts = [one.labels[str(zone_id)] for zone_id in named.index]
    large = np.argsort(-named.area.to_numpy(), kind="stable").tolist()
    kept = _apart(texts, spots, large, PHONE_LETTERS)
    fine = set(_apart(texts, spots, [*kept, *large], LETTERS)) - set(kept)
    words = [
        Markup('<text x="{}" y="{}"{}>{}</text>').format(
            *spots[i].tolist(), Markup(' class="fine"') if i in fine else "", texts[i]
        )
        for i in sorted({*kept, *fine})
    ]
    group = Markup('<g class="{}">{}</g>').format(one.style, Markup("").join(words))
    return group if words else Markup("")


def _apart(texts: Sequence[str], spots: Ints, order: Iterable[int], letters: int) -> list[int]:
    """Those of the texts, asked in this order, that stand over none before them."""
    found: list[int] = []
    for i in order:
        wide = [(ems(texts[i]) + ems(texts[other])) * letters / 2 for other in found]
        away = np.abs(spots[found] - spots[i])
        if ((away[:, 0] >= wide) | (away[:, 1] >= LINE * letters)).all():
            found.append(i)
    return found


def path(lines: Iterable[Ints], *, closed: bool = False) -> str:
    """Lines of whole numbers as the data of one SVG path, in few letters; `closed`: rings.

    >>> path([np.array([[0, 0], [9, 0], [9, 9], [0, 0]]), np.array([[20, 5], [21, 4]])])
    'm0 0 9 0 0 9-9-9m20 5 1-1'
    >>> path([np.array([[0, 0], [9, 0], [9, 9], [0, 0]])], closed=True)
    'm0 0 9 0 0 9z'
    """
    written, at = [], np.zeros(2, dtype=np.int64)
    for line in lines:
        steps = np.diff(line[: len(line) - closed], axis=0, prepend=at[None])
        numbers = " ".join(map(str, steps.ravel().tolist())).replace(" -", "-")
        written.append(f"m{numbers}z" if closed else f"m{numbers}")
        at = line[0] if closed else line[-1]
    return "".join(written)
