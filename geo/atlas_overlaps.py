"""The layers of the atlas that say how partitions disagree, and what moves or has moved."""

from __future__ import annotations

from collections.abc import Iterator

import geopandas as gpd
import numpy as np
import pandas as pd

from . import atlas_looks as looks
from .atlas_layers import Tables, compared, figures, layer, shaped
from .columns import Meaning
from .coverage import unite_by
from .drawing import LEVELS
from .geopackage import Layer
from .moved import moved_land
from .origins import sources_of
from .overlap import Way, pairs
from .partition import Partition
from .phrases import inside
from .pieces import overlap_pieces
from .plan import Role, Source
from .proposal_tables import option_title
from .qgis_style import field
from .slivers import counting
from .study import Study
from .table import Table
from .words import Text

LEVEL: Meaning = (
    Text(
        "少数側の大きさ（0: なし、1: 5%未満、2: 5〜20%、3: 20%以上）",
        "size of the minority (0: none, 1: under 5 %, 2: 5–20 %, 3: 20 % or more)",
    ),
    "",
)


# --- earlier editions, and what moved -------------------------------------------------------------


def earlier(study: Study, made: Tables) -> Iterator[Layer]:
    """What changed its zone from one edition of a partition to the next, and the earlier zones."""
    for key, found in study.editions.items():
        land = moved_land(found, study.with_role(Role.UNITS))
        if land is not None:
            listed = made[f"period_{key}.csv"]
            rows = listed.frame.astype({"number": str})
            shapes = np.asarray(land.zones.geometry.reindex(rows["number"]))
            frame = gpd.GeoDataFrame(listed.frame, geometry=shapes, crs=land.zones.crs)
            table = Table(f"period_{key}", listed.title, frame, listed.own)
            sources = [*found.before.sources, *found.after.sources, *study.counts.sources]
            yield layer(study, table, looks.moved("to_name"), sources, shown=False)
    for one in study.earlier.values():
        style = looks.zones(one.role, "zone_name")
        yield layer(study, figures(study, one), style, one.sources, one.note, shown=False)


# --- how they disagree ----------------------------------------------------------------------------


def splits(study: Study, made: Tables) -> Iterator[Layer]:
    """The zones that are split, in classes by their minorities."""
    for left, right in _compared(study):
        listed = made[f"zones_{left.key}_{right.key}.csv"]
        rows = listed.frame[listed.frame["weight"] == study.weight]
        rows = rows[rows["parts"] > 1].reset_index(drop=True)
        rows = rows.assign(level=_level(rows["minority"] / rows["total"]))
        title = Text(f"分かれている{left.title.ja}", f"Split {inside(left.title)}")
        own = dict(listed.own) | {"level": LEVEL}
        table = Table(f"split_{left.key}_{right.key}", title, shaped(rows, left), own)
        style = looks.levels(field("parts"), field("zone_name"), whole=True)
        note = Text(
            f"数字は、いくつの{right.title.ja}に分かれているか",
            f"Numbers say into how many {inside(right.title)}",
        )
        yield layer(study, table, style, _sources(study, left, right), note)


def pieces(study: Study) -> Iterator[Layer]:
    """What the zones of compared partitions share: a piece of land for each pair."""
    for left, right in _compared(study):
        rows = _piece_rows(study, left, right)
        shapes = _shared(left, right, study.with_role(Role.UNITS))
        asked = pd.MultiIndex.from_frame(rows[["left_id", "right_id"]])
        crs = left.zones.crs
        frame = gpd.GeoDataFrame(rows, geometry=shapes.reindex(asked).to_numpy(), crs=crs)
        title = Text(
            f"{left.title.ja}と{right.title.ja}の重なり",
            f"Overlaps of {inside(left.title)} and {inside(right.title)}",
        )
        table = Table(
            f"pieces_{left.key}_{right.key}", title, frame, _sides(left, right) | {"level": LEVEL}
        )
        number = f"format_number({field(study.weight)}, 0)" if study.people else "NULL"
        both = f"{field('left_name')} || ' × ' || {field('right_name')}"
        style = looks.levels(number, both, whole=False)
        note = STATED if study.way((left.key, right.key)) is Way.BY_SHARES else None
        sources = _sources(study, left, right)
        yield layer(study, table, style, sources, note, shown=False)


STATED = Text(
    "一部だけ入る町丁目の中の境界はわからないため、図形の面積は面積の列と違うところがある",
    "Borders within towns held in part are not known: there, shapes differ from their areas",
)


def _piece_rows(study: Study, left: Partition, right: Partition) -> pd.DataFrame:
    """The crosswalk of two partitions with the class of each piece: how many of a zone it parts."""
    crosswalk = study.crosswalks[left.key, right.key]
    counts = counting(crosswalk).to_numpy()
    rows = pairs(crosswalk).reset_index()
    rows.insert(1, "left_name", rows["left_id"].map(left.zones["name"]))
    rows.insert(3, "right_name", rows["right_id"].map(right.zones["name"]))
    weight = rows[study.weight]
    share = weight / weight.groupby(rows["left_id"]).transform("sum")
    main = study.zones[left.key, right.key][study.weight]["main_id"]
    minor = counts & (rows["right_id"] != rows["left_id"].map(main))
    return rows.assign(level=_level(share).where(minor, 0))


def _sides(left: Partition, right: Partition) -> dict[str, Meaning]:
    """What the ids and the names of both sides mean."""
    found: dict[str, Meaning] = {}
    for side, one in (("left", left), ("right", right)):
        found[f"{side}_id"] = (Text(f"{one.title.ja}の ID", f"zone of {one.title.en}"), "")
        name = Text(f"{one.title.ja}の名前", f"name of the zone of {one.title.en}")
        found[f"{side}_name"] = (name, "")
    return found


def _level(share: pd.Series) -> pd.Series:
    """The class of a share of people outside the main zone: 1 to 3."""
    return pd.Series(1 + np.digitize(share.fillna(0.0), LEVELS), share.index)


def _compared(study: Study) -> Iterator[tuple[Partition, Partition]]:
    for left, right in compared(study):
        yield study.partitions[left], study.partitions[right]


def _sources(study: Study, left: Partition, right: Partition) -> list[Source]:
    return [*sources_of(study, [left, right]), *study.counts.sources]


def _shared(left: Partition, right: Partition, towns: Partition | None) -> pd.Series:
    """The land of each pair of zones, by left and right id."""
    sides = [_outlines(one, towns) for one in (left, right)]
    i, j, shapes = overlap_pieces(*(side.to_numpy() for side in sides))
    index = pd.MultiIndex.from_arrays([sides[0].index[i], sides[1].index[j]])
    return pd.Series(shapes, index=index, dtype=object)


def _outlines(one: Partition, towns: Partition | None) -> pd.Series:
    """Zones as crosswalks take them: those made of towns as the sum of these."""
    if one.members is None or one.joined or towns is None or one is towns:
        return pd.Series(one.zones.geometry)
    zone_of = one.members.reindex(towns.zones.index).dropna()
    return unite_by(pd.Series(towns.zones.geometry[zone_of.index]), zone_of)


# --- proposals ------------------------------------------------------------------------------------


def moves(study: Study, made: Tables) -> Iterator[Layer]:
    """What changes zone under each proposal."""
    found = study.proposals
    if found is None:
        return
    blocks = found.front.blocks
    for option in found.options:
        listed = made["align_moves.csv"]
        rows = listed.frame[listed.frame["option"] == option.label].reset_index(drop=True)
        shapes = np.asarray(blocks.table.geometry.reindex(rows["block_id"]))
        frame = gpd.GeoDataFrame(rows, geometry=shapes, crs=blocks.table.crs)
        called = option_title(option)
        title = Text(f"{called.ja}で移る町丁目", f"Towns that move in {inside(called)}")
        table = Table(f"moves_{option.label.lower()}", title, frame, listed.own)
        sources = _sources(study, blocks.kept, blocks.moving)
        yield layer(study, table, looks.moved("to_name"), sources, shown=False)
