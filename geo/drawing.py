"""Partitions → layers that a page draws: outlines, names, figures, classes.

A layer is plain data, its numbers in columns: the page's script draws it, and reads figures out.
Texts stand as [Japanese, English], or as one word for both.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from markupsafe import Markup
from numpy.typing import ArrayLike, NDArray

from .alignment import AREA, by_zone
from .cutting import OUTSIDE
from .fitting import fitted
from .linework import middles
from .outcome import contingency
from .page import TILES
from .partition import Partition
from .phrases import counted, inside
from .plan import CountKind, Role
from .proposal_tables import option_title, rows
from .proposals import Option
from .shapes import Faces, Shapes, zone_of
from .still import Shown, still
from .stream import Steps
from .study import Study
from .topology import SCALE, Ints, Topology
from .words import Text

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
#: The layer of areas that are smaller than a zone; no partition can be called so.
OUTLINES = "small-areas"
#: Square metres of the last digit of an area: 0.01 km².
AREA_STEP_M2 = 1e4

Data = dict[str, Any]


def both(text: Text) -> list[str] | str:
    """A text as the page's script takes it: [Japanese, English], or one word for both.

    >>> both(Text("区", "Ward")), both(Text("弁天", "弁天"))
    (['区', 'Ward'], '弁天')
    """
    return text.ja if text.ja == text.en else [text.ja, text.en]


def whole(values: ArrayLike) -> Any:
    """Figures rounded to whole numbers: an array, or a list with None where one is missing.

    >>> whole([1.2, 3]), whole([1.2, float("nan")])
    (array([1, 3]), [1, None])
    """
    numbers = np.asarray(values, dtype=float)
    known = np.isfinite(numbers)
    if known.all():
        return np.round(numbers).astype(np.int64)
    return [round(float(n)) if k else None for n, k in zip(numbers, known, strict=True)]


def degrees(values: ArrayLike) -> Steps:
    """Coordinates in grid lines."""
    return Steps(np.round(np.asarray(values, dtype=float) * SCALE).astype(np.int64))


def levels(
    study: Study, left: Partition, right: Partition, zones: pd.Index
) -> tuple[NDArray[np.int64], pd.Series]:
    """How much zones on the left are split: their class (0: not), and in how many parts."""
    return classes(study.zones[left.key, right.key][study.weight].loc[zones])


def classes(measured: pd.DataFrame) -> tuple[NDArray[np.int64], pd.Series]:
    """The same from what :func:`geo.alignment.by_zone` says of zones."""
    share = (measured["minority"] / measured["total"]).fillna(0.0)
    level = np.where(measured["parts"] > 1, 1 + np.digitize(share, LEVELS), 0)
    return level, measured["parts"]


class Drawing:
    """What one page draws.

    Parameters
    ----------
    study
        What was computed.
    shapes
        The shapes of its partitions as this page draws them.
    only
        The zones to draw, by partition key; of a partition that is not named, all.
    """

    def __init__(
        self, study: Study, shapes: Shapes, only: Mapping[str, pd.Index] | None = None
    ) -> None:
        self.study, self.shapes, self.only = study, shapes, only or {}
        self.faces = Faces()
        self.layers: list[Data] = []

    # --- partitions -------------------------------------------------------------------------------

    def partitions(self, shown: Iterable[Partition], *, on: Iterable[str]) -> None:
        """A layer for each partition, those of `on` visible at first."""
        shown = sorted(shown, key=lambda one: DEPTH.index(one.role))
        made = self._made_of(shown)
        for one in shown:
            layer = self._zones(one, on=one.key in on)
            if one.key not in made:
                layer["faces"] = self.faces.add(gpd.GeoSeries(self.shapes.of(one)[self.ids(one)]))
            self.layers.append(layer | made.get(one.key, {}))

    def ids(self, partition: Partition) -> pd.Index:
        """The zones of a partition that the page draws."""
        asked = self.only.get(partition.key)
        return partition.zones.index if asked is None else asked

    def _made_of(self, shown: list[Partition]) -> dict[str, Data]:
        """For partitions that are put together in the browser: of which layer, and how.

        That layer is the towns, or the parts of towns that may move, or, where a page draws no
        towns, the largest pieces that no border cuts.
        """
        towns = self.shapes.towns
        joined = [one for one in shown if self.shapes.joined(one)]
        if towns is None or towns not in shown:
            return self._made_of_atoms(joined) if joined else {}
        blocks = self._blocks()
        if blocks is None:
            town_ids = self.ids(towns)
            return {one.key: self._made(one, towns.key, zone_of(one, town_ids)) for one in joined}
        self.layers.append({"key": "block", "kind": "base", "faces": self.faces.add(blocks)})
        return {
            one.key: self._made(one, "block", zone_of(one, self._town_of_block())) for one in joined
        } | {towns.key: self._made(towns, "block", self._town_of_block())}

    def _made_of_atoms(self, joined: list[Partition]) -> dict[str, Data]:
        towns = self.shapes.towns
        assert towns is not None  # noqa: S101  (joined partitions are made of them)
        drawn = np.zeros(len(towns.zones), dtype=bool)
        for one in joined:
            drawn |= zone_of(one, towns.zones.index).isin(self.ids(one)).to_numpy()
        pieces, kinds = self.shapes.atoms(joined, towns.zones.index[drawn])
        self.layers.append({"key": "atom", "kind": "base", "faces": self.faces.add(pieces)})
        places = [one.zones.index.take(kinds[:, i]) for i, one in enumerate(joined)]
        return {
            one.key: self._made(one, "atom", np.where(kinds[:, i] < 0, "", place))
            for i, (one, place) in enumerate(zip(joined, places, strict=True))
        }

    def _made(self, partition: Partition, of: str, zones: ArrayLike) -> Data:
        return {"of": of, "row": self._rows(partition, zones)}

    def _blocks(self) -> gpd.GeoSeries | None:
        """The parts of towns that may move, fitted to the towns; None where there are none."""
        found, towns = self.study.proposals, self.shapes.towns
        if found is None or not found.options or towns is None or not self.shapes.towns_meet:
            return None
        outlines = gpd.GeoSeries(towns.zones.geometry)
        blocks = found.front.blocks
        width_m = self.study.rule((blocks.kept.key, blocks.moving.key)).width_m
        parts = gpd.GeoSeries(blocks.table.geometry)
        return fitted(parts, blocks.table["town_id"], outlines, width_m)

    def _town_of_block(self) -> pd.Index:
        assert self.study.proposals is not None  # noqa: S101  (only asked where there are blocks)
        table = self.study.proposals.front.blocks.table
        town_ids: pd.Index = pd.Index(list(table["town_id"]))
        return town_ids

    def _rows(self, partition: Partition, zones: ArrayLike) -> Ints:
        """The number of each zone among those drawn, counted from 1; 0: none of them."""
        found = self.ids(partition).get_indexer(pd.Index(np.asarray(zones)))
        return np.asarray(found + 1, dtype=np.int64)

    def _zones(self, partition: Partition, *, on: bool) -> Data:
        ids = self.ids(partition)
        return {
            "key": partition.key,
            "kind": "zones",
            "title": both(partition.title),
            "style": STYLE.get(partition.role, "other"),
            "on": on,
            "ids": ids.astype(str).tolist(),
            "names": partition.zones.loc[ids, "name"].tolist(),
            "columns": self._columns(partition, ids),
            **_labels(gpd.GeoSeries(partition.zones.geometry.loc[ids])),
        }

    def _columns(self, partition: Partition, ids: pd.Index) -> list[Data]:
        """What a reader sees of each zone: its counts, its area, and the places in it."""
        figures = self.study.figures[partition.key].loc[ids]
        columns = [
            {
                "key": count.key,
                "title": both(count.title),
                "unit": both(count.unit),
                "values": whole(figures[count.key]),
            }
            for count in self.study.counts.totals
        ]
        area = {"key": AREA, "title": both(Text("面積", "Area")), "unit": "km²", "digits": 2,
                "values": whole(figures[AREA] / AREA_STEP_M2)}  # fmt: skip
        places = [
            {
                "key": f"points-{points.key}",
                "title": both(points.title),
                "unit": both(Text("か所", "")),
                "values": whole([points.per_zone(partition.key).get(one, 0) for one in ids]),
            }
            for points in self.study.points
            if points.of in (None, partition.key)
        ]
        return [*columns, area, *places]

    # --- how they disagree ------------------------------------------------------------------------

    def split(self, left: Partition, right: Partition) -> None:
        """How much each zone is split, today and by each proposal drawn: its class, its parts."""
        self.layers.append(
            {
                "key": "split",
                "kind": "classes",
                "title": both(Text(f"分かれている{left.title.ja}", f"Split {inside(left.title)}")),
                "style": "split",
                "on": True,
                "of": left.key,
                "with": right.key,
                **_splits(*levels(self.study, left, right, self.ids(left))),
                "proposed": self._splits_proposed(left, right),
                "classes": LEVEL_WORDS,
            }
        )

    def _splits_proposed(self, left: Partition, right: Partition) -> Data:
        """The splits of each proposal for these two partitions, by the key of its layer."""
        found = self.study.proposals
        if found is None or {left.key, right.key} != {
            found.front.blocks.kept.key,
            found.front.blocks.moving.key,
        }:
            return {}
        front = found.front
        rules = replace(front.rules, reverse=left.key == front.blocks.moving.key)
        tables = {
            option_key(one): contingency(front.blocks, one.proposal.zone, rules)
            for one in found.options
        }
        return {
            key: _splits(*classes(by_zone(table, self.study.weight).reindex(self.ids(left))))
            for key, table in tables.items()
        }

    def pairs(self, left: Partition, right: Partition) -> Data:
        """Which zones share people (or land), most first: the parts that count."""
        table = counted(self.study.crosswalks[left.key, right.key])
        rows_of = [self.ids(one).get_indexer(table.index.get_level_values(level))
                   for level, one in enumerate((left, right))]  # fmt: skip
        drawn = (rows_of[0] >= 0) & (rows_of[1] >= 0)
        people = self.study.people
        return {
            "left": left.key,
            "right": right.key,
            "lefts": rows_of[0][drawn],
            "rights": rows_of[1][drawn],
            "values": whole(table[self.study.weight][drawn] / (1 if people else AREA_STEP_M2)),
            "title": both(people.title if people else Text("面積", "Area")),
            "unit": both(people.unit) if people else "km²",
            "digits": 0 if people else 2,
        }

    def parts(self) -> None:
        """The towns that a zone holds only in part, with the words that say which part."""
        towns = self.study.with_role(Role.UNITS)
        said: dict[str, list[Any]] = {}
        for partition in self.study.partitions.values():
            for part in partition.parts.to_dict("records"):
                share = "" if pd.isna(part["share"]) else f" {part['share']:.0%}"
                name = partition.zones["name"].get(part["zone_id"], part["zone_id"])
                words = [both(partition.title), f"{name}: {part['words']}{share}"]
                said.setdefault(str(part["town_id"]), []).append(words)
        if towns is None or not said:
            return
        zones = towns.zones.loc[list(said)]
        self.layers.append(
            {
                "key": "parts",
                "kind": "zones",
                "title": both(Text("一部だけ入る町丁目", "Towns held only in part")),
                "style": "part",
                "on": True,
                "ids": list(said),
                "names": zones["name"].tolist(),
                "said": list(said.values()),
                "faces": self.faces.add(zones.geometry),
                **_labels(zones.geometry),
            }
        )

    def outlines(self, names: Mapping[str, Text], title: Text) -> None:
        """The areas of cases that are smaller than a zone: the names of cases by their id."""
        known = self.study.content.outlines
        shapes = gpd.GeoSeries(known[[id_ for id_ in names if id_ in known.index]])
        if shapes.empty:
            return
        self.layers.append(
            {
                "key": OUTLINES,
                "kind": "zones",
                "title": both(title),
                "style": "part",
                "on": True,
                "ids": list(shapes.index),
                "names": [names[id_].ja for id_ in shapes.index],
                "faces": self.faces.add(shapes),
                **_labels(shapes),
            }
        )

    def flag(self, key: str, title: Text, said: Mapping[str, Iterable[Text]]) -> None:
        """What flags the zones of a layer that is there: texts by zone id."""
        layer = next(layer for layer in self.layers if layer["key"] == key)
        texts = [list(said.get(zone_id, ())) for zone_id in layer["ids"]]
        layer["said"] = [[[both(title), both(text)] for text in one] for one in texts]
        layer["flagged"] = [row for row, one in enumerate(texts) if one]

    # --- how they could agree ---------------------------------------------------------------------

    def proposals(self) -> None:
        """The towns and parts of towns that may move, and for each proposal which do, and where."""
        found = self.study.proposals
        if found is None or not found.options:
            return
        blocks = found.front.blocks
        if not any(layer["key"] == "block" for layer in self.layers):
            faces = self.faces.add(gpd.GeoSeries(blocks.table.geometry))
            self.layers.append({"key": "block", "kind": "base", "faces": faces})
        for option in found.options:
            title = option_title(option)
            moved = rows(option.moves)
            names = [row["name"] for row in moved]
            self.layers.append(
                {
                    "key": option_key(option),
                    "kind": "zones",
                    "title": both(Text(f"{title.ja}の{blocks.moving.title.ja}",
                                       f"{blocks.moving.title.en}, {inside(title)}")),
                    "style": "moved",
                    "on": False,
                    "ids": blocks.moving.zones.index.astype(str).tolist(),
                    "names": blocks.moving.zones["name"].tolist(),
                    "of": "block",
                    "row": self._rows(blocks.moving, option.proposal.zone.where(
                        option.proposal.zone != OUTSIDE, "")),
                    "moved": blocks.table.index.get_indexer(option.moves.index),
                    "moves": {"names": names, "said": [self._move(row) for row in moved]},
                    **_labels(blocks.moving.zones.geometry),
                    "note": Text(f"（{len(moved):,}町丁目が移る）", f"({len(moved):,} towns move)"),
                }
            )  # fmt: skip

    def _move(self, row: dict[str, Any]) -> list[Any]:
        """What a reader sees of a move: from, to, people, distance."""
        people = self.study.people
        value = row[self.study.weight]
        unit = people.unit if people else Text("km²", "km²")
        said = Text("不明", "not known")
        if not pd.isna(value):
            amount = f"{value:,.0f}" if people else f"{value / 1e6:,.2f} "
            said = Text(f"{amount}{unit.ja}", f"{amount} {unit.en}".strip())
        return [
            [both(Text("変更前", "Before")), row["from_name"]],
            [both(Text("変更後", "After")), row["to_name"]],
            [both(people.title if people else Text("面積", "Area")), both(said)],
            [
                both(Text("拠点までの距離の変化", "Way to the site")),
                f"{row['metres_more']:+,.0f} m",
            ],
        ]

    # --- the first picture ------------------------------------------------------------------------

    def still(self, ground: Partition, title: Text, *, label: Role = Role.WARD) -> Markup:
        """What is on at first as a static picture: until the map is alive, and without a script.

        Zones of the role `label` have their names on it.
        """
        shown: list[Shown] = []
        for layer in self.layers:
            if layer["kind"] == "classes" and layer["on"]:
                shown = [*self._still_levels(layer), *shown]
            if layer["kind"] != "zones" or not layer["on"] or layer["style"] == "part":
                continue
            partition = self.study.partitions[layer["key"]]
            names = partition.zones.loc[self.ids(partition), "name"]
            labels = names.to_dict() if partition.role is label else {}
            outlines = gpd.GeoSeries(partition.zones.geometry[names.index])
            shown.append(Shown(layer["style"], outlines, labels))
        return still(shown, ground.zones.loc[self.ids(ground)], title)

    def _still_levels(self, layer: Data) -> list[Shown]:
        partition = self.study.partitions[layer["of"]]
        zones = partition.zones.geometry[self.ids(partition)]
        return [
            Shown(f"split level-{level}", gpd.GeoSeries(zones[layer["level"] == level]))
            for level in range(1, len(LEVEL_WORDS) + 1)
        ]

    # --- the page's data --------------------------------------------------------------------------

    def payload(self, *, main: str, ground: Partition, **more: Any) -> Data:
        """All of it; the map opens on the zones of `ground`, which are painted as land.

        Zones of `main` can be reached by keyboard and are described first.
        """
        unsent = ("classes", "note")
        found = self.faces.topology()
        return {
            "bounds": bounds(ground.zones.loc[self.ids(ground)]),
            "ground": ground.key,
            "main": main,
            "scale": SCALE,
            "arcs": _arcs(found),
            "faces": _faces(found),
            "layers": [{k: v for k, v in one.items() if k not in unsent} for one in self.layers],
            "rates": [count.key for count in self.study.counts.defined
                      if count.kind is CountKind.RATE],
            "tiles": TILES,
            "credit": both(self._credit()),
            **more,
        }  # fmt: skip

    def _credit(self) -> Text:
        """What stands on the map at all times: whose data it shows, and of when."""
        plan, sources = self.study.plan, self.study.sources
        ja = list(dict.fromkeys(source.publisher.ja for source in sources))
        en = list(dict.fromkeys(source.publisher.en for source in sources))
        return Text(
            f"出典: {'、'.join(ja)}（{plan.date}）", f"Sources: {', '.join(en)} ({plan.date})"
        )

    def legend(self) -> list[Data]:
        """The layer list, the topmost layer first."""
        return [
            {
                "key": layer["key"],
                "title": Text(*layer["title"]) if isinstance(layer["title"], list)
                else Text(layer["title"], layer["title"]),
                "style": layer["style"],
                "on": layer["on"],
                "classes": layer.get("classes", ()),
                "note": layer.get("note"),
            }
            for layer in reversed(self.layers)
            if layer["kind"] != "base"
        ]  # fmt: skip


def option_key(option: Option) -> str:
    """The key of the layer of a proposal."""
    return f"option-{option.label}"


def _splits(level: NDArray[np.int64], parts: pd.Series) -> Data:
    return {"level": level, "number": whole(parts.where(level > 0, 0))}


def _labels(shapes: gpd.GeoSeries) -> Data:
    """A point for the label of each zone: the middle of its widest place."""
    inner = gpd.GeoSeries(shapely.points(middles(shapes)), crs=shapes.crs).to_crs(4326)
    return {"lat": degrees(inner.y), "lng": degrees(inner.x)}


def _arcs(found: Topology) -> Data:
    return {"lengths": found.lengths, "x": Steps(found.x), "y": Steps(found.y)}


def _faces(found: Topology) -> Data:
    return {
        "parts": found.parts_of_face,
        "rings": found.rings_of_part,
        "sizes": found.arcs_of_ring,
        "arcs": found.arcs_again,
    }


def bounds(zones: gpd.GeoDataFrame) -> list[list[float]]:
    """Leaflet's bounds: [[south, west], [north, east]]."""
    west, south, east, north = (round(float(v), 5) for v in zones.to_crs(4326).total_bounds)
    return [[south, west], [north, east]]
