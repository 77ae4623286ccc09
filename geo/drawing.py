"""Zones → what a browser draws: layers of shapes in degrees with their figures.

The payload of a page is plain data; the page's script draws it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import isnan, nan
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from .alignment import AREA
from .attach import text_of
from .coverage import unite_by
from .cutting import OUTSIDE
from .findings import Finding, Severity
from .page import TILES
from .partition import Partition
from .phrases import figure, inside, names, parts_of, places, where
from .plan import Role
from .points import Points
from .positions import position
from .proposal_tables import option_title, rows
from .study import Study
from .words import Text, same

#: From this share of people outside the main zone a split zone is drawn darker.
LEVELS = (0.05, 0.20)
LEVEL_WORDS = (
    Text("分かれている（少数側 5% 未満）", "split, minority under 5 %"),
    Text("少数側 5〜20%", "minority 5–20 %"),
    Text("少数側 20% 以上", "minority 20 % or more"),
)
STYLE = {Role.UNITS: "town", Role.WARD: "ward", Role.DISTRICT: "district", Role.CARE: "care"}
#: Layers are drawn in this order, the lowest first.
DEPTH = (Role.UNITS, Role.OTHER, Role.CARE, Role.DISTRICT, Role.WARD)
#: So many colours of dots are in the style sheet.
DOT_COLOURS = 4
#: Degrees are written with five decimals: about one metre.
DECIMALS = 5


def both(text: Text) -> list[str] | str:
    """A text as the page's script takes it: [Japanese, English], or one word for both.

    >>> both(Text("区", "Ward")), both(Text("弁天", "弁天"))
    (['区', 'Ward'], '弁天')
    """
    return text.ja if text.ja == text.en else [text.ja, text.en]


def payload(
    layers: list[dict[str, Any]],
    *,
    main: str,
    ground: gpd.GeoDataFrame,
    cases: list[dict[str, str]] | None = None,
) -> dict[str, Any]:
    """What the script draws; the map opens on `ground`, which is painted as land."""
    unsent = ("depth", "classes", "note")
    shown = [{k: v for k, v in layer.items() if k not in unsent} for layer in layers]
    return {
        "bounds": bounds(ground),
        "land": land(ground),
        "main": main,
        "layers": shown,
        "points": [point for case in cases or [] if (point := _point(case))],
        "tiles": TILES,
    }


def _point(case: dict[str, str]) -> dict[str, Any] | None:
    """A case's dot; None where its position is not given or cannot be read.

    >>> case = {"title_ja": "会", "title_en": "club", "place_ja": "駅", "place_en": "station"}
    >>> _point(case | {"lon": "140度6分", "lat": "35度36分"})["at"]
    [35.6, 140.1]
    >>> _point(case | {"lon": "140.1", "lat": "nan"})
    """
    spot = position(case.get("lon", ""), case.get("lat", ""))
    if isnan(spot.lat):
        return None
    at = [round(spot.lat, DECIMALS), round(spot.lon, DECIMALS)]
    return {"at": at, "name": both(text_of(case, "title")), "place": both(text_of(case, "place"))}


def layer(
    study: Study,
    partition: Partition,
    *,
    on: bool,
    only: pd.Index | None = None,
    label: bool | None = None,
) -> dict[str, Any]:
    """One partition as a layer; `only` some of its zones, with their names written on the map."""
    zones = partition.zones if only is None else partition.zones.loc[only]
    label = partition.role is Role.WARD if label is None else label
    facts = _facts(study, partition)
    style = STYLE.get(partition.role, "other")
    layer = {
        "key": partition.key,
        "title": both(partition.title),
        "style": style,
        "on": on,
        "depth": DEPTH.index(partition.role),
        "zones": [
            zone | {"facts": facts[zone["id"]]} | ({"label": zone["name"]} if label else {})
            for zone in drawn(zones)
        ],
    }
    # A dashed border drawn once from each side would fill its own gaps.
    return layer | ({"borders": borders(zones.geometry)} if style == "care" else {})


def split_layer(study: Study, left: Partition, right: Partition) -> dict[str, Any]:
    """The split zones, darker the more people are on the minority side, with how many parts."""
    measured = study.zones[left.key, right.key][study.weight]
    split = measured[measured["parts"] > 1]
    share = (split["minority"] / split["total"]).fillna(0.0)
    level = 1 + np.digitize(share, LEVELS)
    title = Text(f"分かれている{left.title.ja}", f"Split {inside(left.title)}")
    facts = {
        zone_id: [
            [[right.title.ja, right.title.en], f"{part['name']} {part['share']}"]
            for part in parts_of(study, left, right, zone_id)
        ]
        for zone_id in split.index
    }
    parts, levels = split["parts"].to_dict(), dict(zip(split.index, level.tolist(), strict=True))
    return {
        "key": "split",
        "title": both(title),
        "style": "split",
        "on": True,
        "depth": -1,
        "classes": LEVEL_WORDS,
        "zones": [
            zone
            | {
                "facts": facts[zone["id"]],
                "level": levels[zone["id"]],
                "label": str(parts[zone["id"]]),
            }
            for zone in drawn(left.zones.loc[split.index])
        ],
    }


def dots(study: Study, number: int, *, within: Mapping[str, str] | None = None) -> dict[str, Any]:
    """A layer of points: one dot per spot, with the names of all that stand there.

    `number` says which one of the study's, from 0; `within` (partition key → zone id) shows only
    those in these zones.
    """
    points = study.points[number]
    here = points.table["lon"].notna()
    for key, zone_id in (within or {}).items():
        here &= points.zones[key] == zone_id
    spots: dict[tuple[float, float], list[list[str]]] = {}
    for cells in points.table[here].to_dict("records"):
        at = (round(cells["lat"], DECIMALS), round(cells["lon"], DECIMALS))
        spots.setdefault(at, []).append([cells["name"], cells["category"]])
    return {
        "key": f"points-{points.key}",
        "title": both(points.title),
        "style": f"dot-{number % DOT_COLOURS + 1}",
        "on": True,
        "depth": len(DEPTH),
        "zones": [],
        "dots": [[*at, names] for at, names in spots.items()],
        "note": _how_many(points, sum(map(len, spots.values()))),
    }


def findings_layer(study: Study) -> dict[str, Any]:
    """A layer of what is wrong with the data: one dot per place, with what is wrong there."""
    spots: dict[tuple[float, float], list[list[Any]]] = {}
    for finding in placed(study.findings):
        lon, lat = finding.at or (nan, nan)
        said = [both(finding.what), f"{where(study, finding).ja} {names(study, finding)}".strip()]
        spots.setdefault((round(lat, DECIMALS), round(lon, DECIMALS)), []).append(said)
    return {
        "key": "findings",
        "title": both(Text("点検結果", "Findings")),
        "style": "finding",
        "on": False,
        "depth": len(DEPTH) + 1,
        "zones": [],
        "dots": [[*at, said] for at, said in spots.items()],
        "note": Text(f"（{len(spots):,}か所）", f"({len(spots):,} places)"),
    }


def parts_layer(study: Study) -> dict[str, Any] | None:
    """The towns that a zone holds only in part, with the words that say which part."""
    towns = study.with_role(Role.UNITS)
    facts: dict[str, list[Any]] = {}
    for partition in study.partitions.values():
        for part in partition.parts.to_dict("records"):
            share = "" if isnan(part["share"]) else f" {part['share']:.0%}"
            name = partition.zones["name"].get(part["zone_id"], part["zone_id"])
            said = [both(partition.title), f"{name}: {part['words']}{share}"]
            facts.setdefault(str(part["town_id"]), []).append(said)
    if towns is None or not facts:
        return None
    return {
        "key": "parts",
        "title": both(Text("一部だけ入る町丁目", "Towns held only in part")),
        "style": "part",
        "on": True,
        "depth": 0,
        "zones": [
            zone | {"facts": facts[zone["id"]]} for zone in drawn(towns.zones.loc[list(facts)])
        ],
    }


def proposal_layers(study: Study) -> list[dict[str, Any]]:
    """A layer for each proposal: towns that would move, hatched, and the new borders of zones."""
    found = study.proposals
    if found is None:
        return []
    blocks, layers = found.front.blocks, []
    for option in found.options:
        title = option_title(option)
        moved = blocks.table.loc[option.moves.index, ["name", "geometry"]]
        facts = {str(row["block_id"]): _move_facts(study, row) for row in rows(option.moves)}
        zones = unite_by(blocks.table.geometry, option.proposal.zone)
        zones = gpd.GeoSeries(zones.drop(OUTSIDE, errors="ignore"), crs=blocks.table.crs)
        layers.append(
            {
                "key": f"option-{option.label}",
                "title": both(Text(f"{title.ja}で移る町丁目", f"Moves of {inside(title)}")),
                "style": "moved",
                "on": False,
                "depth": 0,
                "note": Text(f"（{len(moved):,}）", f"({len(moved):,})"),
                "zones": [zone | {"facts": facts[zone["id"]]} for zone in drawn(moved)],
                "borders": borders(zones),
            }
        )
    return layers


def _move_facts(study: Study, row: dict[str, Any]) -> list[Any]:
    """What a reader sees of a move: from, to, people, distance."""
    more = f"{row['metres_more']:+,.0f} m"
    return [
        [both(Text("変更前", "Before")), row["from_name"]],
        [both(Text("変更後", "After")), row["to_name"]],
        [both(study.people.title if study.people else Text("面積", "Area")),
         both(figure(study, row[study.weight]))],
        [both(Text("拠点までの距離の変化", "Way to the site")), more],
    ]  # fmt: skip


def placed(findings: Iterable[Finding]) -> list[Finding]:
    """The findings that have a place to go to, worst first."""
    order = list(Severity)
    there = (finding for finding in findings if finding.at is not None)
    return sorted(there, key=lambda finding: order.index(finding.severity))


def _how_many(points: Points, drawn: int) -> Text:
    """How many points the map shows: those without a position or elsewhere have no dot here."""
    if drawn == len(points.table):
        return Text(f"（{drawn:,}か所）", f"({drawn:,})")
    return Text(
        f"（{len(points.table):,}か所のうち{drawn:,}か所）", f"({drawn:,} of {len(points.table):,})"
    )


def _facts(study: Study, partition: Partition) -> dict[str, list[Any]]:
    """What a reader sees of a zone: its counts, its area, and the zones it lies in."""
    figures = study.figures[partition.key]
    titles = [(count.key, count.title) for count in study.counts.totals]
    titles.append((AREA, Text("面積", "Area")))
    facts: dict[str, list[Any]] = {zone_id: [] for zone_id in partition.zones.index}
    for key, title in titles:
        for zone_id, value in figures[key].items():
            facts[str(zone_id)].append([both(title), both(figure(study, value, key))])
    for points in study.points:
        here = points.per_zone(partition.key)
        for zone_id, said in facts.items():
            said.append([both(points.title), both(places(here.get(zone_id, 0)))])
    return facts


def legend(layers: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The layer list, the topmost layer first."""
    return [
        {
            "key": layer["key"],
            "title": Text(*layer["title"])
            if isinstance(layer["title"], list)
            else same(layer["title"]),
            "style": layer["style"],
            "on": layer["on"],
            "classes": layer.get("classes", ()),
            "note": layer.get("note"),
        }
        for layer in reversed(layers)
    ]


def drawn(zones: gpd.GeoDataFrame) -> list[dict[str, Any]]:
    """Zones with their shape in degrees, box and a point inside for a label."""
    lonlat = zones.geometry.to_crs(4326)
    shapes = _rounded(lonlat)
    labels = shapely.point_on_surface(lonlat.to_numpy())
    return [
        {
            "id": str(zone_id),
            "name": name,
            "shape": shapely.geometry.mapping(shape),
            "box": [round(value, DECIMALS) for value in shape.bounds],
            "at": [round(point.y, DECIMALS), round(point.x, DECIMALS)],
        }
        for zone_id, name, shape, point in zip(
            zones.index, zones["name"], shapes, labels, strict=True
        )
    ]


def borders(shapes: gpd.GeoSeries) -> list[Any]:
    """Every border once, as joined lines in degrees."""
    rings = shapely.boundary(_rounded(shapes.to_crs(4326)))
    lines = shapely.line_merge(shapely.union_all(rings))
    return [shapely.get_coordinates(line).tolist() for line in shapely.get_parts(lines)]


def bounds(zones: gpd.GeoDataFrame) -> list[list[float]]:
    """Leaflet's bounds: [[south, west], [north, east]]."""
    west, south, east, north = (round(float(v), DECIMALS) for v in zones.to_crs(4326).total_bounds)
    return [[south, west], [north, east]]


def land(zones: gpd.GeoDataFrame) -> Any:
    """All zones as one shape: the ground under the layers."""
    lonlat = gpd.GeoSeries([shapely.union_all(zones.geometry.to_numpy())], crs=zones.crs)
    return shapely.geometry.mapping(_rounded(lonlat.to_crs(4326))[0])


def _rounded(lonlat: gpd.GeoSeries) -> np.ndarray:
    return shapely.transform(lonlat.to_numpy(), lambda xy: np.round(xy, DECIMALS))
