"""The planners' page as a programmer writes it with folium or geopandas.explore.

The same layers as ours, with the same ones shown at first: partitions, split zones in three
colours, the overlaps of both partitions, the towns that each proposal moves and the zones that it
leaves, figures by colour, points, findings. Ours have more (names on the map, a search, a swipe);
these have a base map. What it takes to prepare the layers is not measured.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import folium
import geopandas as gpd
import mapclassify
import numpy as np
import pandas as pd
import shapely

from geo.coverage import unite_by
from geo.partition import Partition
from geo.phrases import counted
from geo.pieces import only_polygons
from geo.plan import Role
from geo.study import Pair, Study

COLOURS = {Role.WARD: "#222222", Role.DISTRICT: "#0072b2", Role.CARE: "#d55e00"}
OTHER, MOVED, DOT = "#777777", "#cc79a7", "#009e73"
SPLIT = ("#fee8c8", "#fdbb84", "#e34a33")
INDICATOR = ("#edf8fb", "#b3cde3", "#8c96c6", "#8856a7", "#810f7c")
#: From this share of people outside the main zone a split zone is drawn darker.
LEVELS = (0.05, 0.20)
BLANK, FILLED = 0.05, 0.6
#: Fills a desktop with the city.
ZOOM = 12


@dataclass(frozen=True)
class Layer:
    """Zones or points with the columns that a reader sees, and how they are drawn.

    `colour`: one for all, or the column that classes are told by, with `classes` in order.
    """

    name: str
    frame: gpd.GeoDataFrame
    colour: str
    shown: bool
    classes: tuple[str, ...] = ()

    @property
    def columns(self) -> list[str]:
        return [column for column in self.frame if column not in ("geometry", self.class_column)]

    @property
    def class_column(self) -> str | None:
        return self.colour if self.classes else None


def layers(study: Study, compare: Pair, indicators: list[Pair]) -> list[Layer]:
    """The layers of our planners' page that compares these two partitions, the lowest first.

    `indicators`: the figures that it can colour zones by, (key of a partition, key of a count).
    """
    partitions = sorted(study.partitions.values(), key=lambda one: one.role is not Role.UNITS)
    return [
        *(_indicator(study, *one) for one in indicators),
        *(_zones(study, one) for one in partitions),
        _split(study, *(study.partitions[key] for key in compare)),
        _overlaps(study, *(study.partitions[key] for key in compare)),
        *_proposals(study),
        *_points(study),
        _findings(study),
    ]


def _zones(study: Study, partition: Partition) -> Layer:
    colour = COLOURS.get(partition.role, OTHER)
    shown = partition.role is not Role.UNITS
    return Layer(partition.title.ja, _figures(study, partition), colour, shown)


def _figures(study: Study, partition: Partition) -> gpd.GeoDataFrame:
    """Zones with what we tell of each: its name, its counts, its area."""
    zones = partition.zones[["name", "geometry"]].join(study.figures[partition.key].round())
    return zones.reset_index(drop=True)


def _indicator(study: Study, key: str, count: str) -> Layer:
    """Zones of one partition in five classes of one of their counts, equally many in each."""
    partition = study.partitions[key]
    title = next(one.title for one in study.counts.totals if one.key == count)
    frame = _figures(study, partition)[["name", count, "geometry"]].dropna()
    classes = mapclassify.Quantiles(frame[count], k=len(INDICATOR)).yb
    name = f"{partition.title.ja}の{title.ja}"
    return Layer(name, frame.assign(level=classes), "level", False, INDICATOR)


def _split(study: Study, left: Partition, right: Partition) -> Layer:
    measured = study.zones[left.key, right.key][study.weight]
    split = measured[measured["parts"] > 1]
    share = (split["minority"] / split["total"]).fillna(0.0)
    frame = left.zones.loc[split.index, ["name", "geometry"]].assign(
        parts=_parts(study, left, right).reindex(split.index),
        level=np.digitize(share, LEVELS),
    )
    title = f"分かれている{left.title.ja}"
    return Layer(title, frame.reset_index(drop=True), "level", True, SPLIT)


def _parts(study: Study, left: Partition, right: Partition) -> pd.Series:
    """The zones of `right` that share each zone of `left`, in one line, by its id."""
    table = study.crosswalks[left.key, right.key].reset_index()
    parts = table[(table["left_id"] != "") & ~table["is_sliver"]]
    names = parts["right_id"].map(right.zones["name"]).fillna("–")
    shares = parts["share_of_left"].map("{:.0%}".format)
    return (names + " " + shares).groupby(parts["left_id"]).agg(", ".join)


def _overlaps(study: Study, left: Partition, right: Partition) -> Layer:
    """The land that zones of both partitions share, with the people of it."""
    table = counted(study.crosswalks[left.key, right.key]).reset_index()
    one, other = (
        np.asarray(side.zones.geometry.reindex(table[f"{name}_id"]))
        for name, side in (("left", left), ("right", right))
    )
    frame = gpd.GeoDataFrame(
        {
            "name": table["left_id"].map(left.zones["name"]).to_numpy(),
            "with": table["right_id"].map(right.zones["name"]).to_numpy(),
            study.weight: table[study.weight].round().to_numpy(),
            "share": table["share_of_left"].round(4).to_numpy(),
        },
        geometry=only_polygons(shapely.intersection(one, other)),
        crs=left.zones.crs,
    )
    return Layer(f"{left.title.ja}×{right.title.ja}", frame, OTHER, False)


def _findings(study: Study) -> Layer:
    found = [finding for finding in study.findings if finding.at is not None]
    spots = gpd.points_from_xy([f.at[0] for f in found], [f.at[1] for f in found], crs=4326)
    words = {
        "name": [finding.what.ja for finding in found],
        "place": ["、".join(finding.place) for finding in found],
        "remedy": [finding.remedy.ja for finding in found],
    }
    return Layer("点検結果", gpd.GeoDataFrame(words, geometry=spots), MOVED, False)


def _proposals(study: Study) -> Iterator[Layer]:
    if study.proposals is None:
        return
    blocks = study.proposals.front.blocks.table
    for option in study.proposals.options:
        moves = option.moves
        columns = ["name", "from_name", "to_name", study.weight, "metres_more"]
        told = moves[columns].round({study.weight: 0, "metres_more": 0})
        frame = gpd.GeoDataFrame(told, geometry=blocks.geometry.loc[moves.index], crs=blocks.crs)
        yield Layer(f"案{option.label}", frame.reset_index(drop=True), MOVED, False)
        moving = study.proposals.front.blocks.moving
        outlines = unite_by(blocks.geometry, option.proposal.zone)
        zones = gpd.GeoDataFrame(geometry=gpd.GeoSeries(outlines, crs=blocks.crs))
        zones["name"] = moving.zones["name"].reindex(zones.index)
        named = zones.dropna(subset="name").reset_index(drop=True)
        yield Layer(f"案{option.label}の{moving.title.ja}", named, COLOURS[Role.CARE], False)


def _points(study: Study) -> Iterator[Layer]:
    for points in study.points:
        table = points.table[points.table["lon"].notna()]
        spots = gpd.points_from_xy(table["lon"], table["lat"], crs=4326)
        frame = gpd.GeoDataFrame(table[["name", "category"]], geometry=spots)
        yield Layer(points.title.ja, frame.reset_index(drop=True), DOT, True)


# --- the two pages --------------------------------------------------------------------------------


def by_folium(layers: list[Layer]) -> str:
    """One folium.GeoJson for each layer, with a tooltip and a popup."""
    area_map = folium.Map(location=_middle(layers), zoom_start=ZOOM, tiles="OpenStreetMap")
    for layer in layers:
        _add(area_map, layer)
    return _page(area_map)


def _add(area_map: folium.Map, layer: Layer) -> None:
    def style(feature: dict) -> dict:
        level = feature["properties"].get(layer.class_column)
        fill = layer.colour if level is None else layer.classes[level]
        opacity = BLANK if level is None else FILLED
        line = layer.colour if level is None else "#555555"
        return {"color": line, "weight": 1, "fillColor": fill, "fillOpacity": opacity}

    folium.GeoJson(
        layer.frame,
        name=layer.name,
        show=layer.shown,
        style_function=style,
        highlight_function=lambda _: {"weight": 3},
        marker=folium.CircleMarker(radius=4, fill=True),
        tooltip=folium.GeoJsonTooltip(["name"], labels=False),
        popup=folium.GeoJsonPopup(layer.columns),
    ).add_to(area_map)


def by_explore(layers: list[Layer]) -> str:
    """One call of GeoDataFrame.explore for each layer."""
    area_map = None
    for layer in layers:
        colour = {"color": layer.colour}
        if layer.classes:
            cmap = list(layer.classes)
            colour = {"column": layer.colour, "categorical": True, "cmap": cmap, "legend": False}
            colour |= {"categories": list(range(len(cmap)))}
        area_map = layer.frame.explore(
            **colour,
            m=area_map,
            name=layer.name,
            show=layer.shown,
            tooltip=["name"],
            popup=layer.columns,
            style_kwds={"weight": 1, "fillOpacity": FILLED if layer.classes else BLANK},
        )
    assert area_map is not None  # noqa: S101
    return _page(area_map)


def _page(area_map: folium.Map) -> str:
    folium.LayerControl(collapsed=False).add_to(area_map)
    html: str = area_map.get_root().render()
    return html


def _middle(layers: list[Layer]) -> list[float]:
    """Latitude and longitude of the middle of all layers."""
    boxes = pd.DataFrame([layer.frame.to_crs(4326).total_bounds for layer in layers])
    (west, south), (east, north) = boxes[[0, 1]].min(), boxes[[2, 3]].max()
    return [(south + north) / 2, (west + east) / 2]
