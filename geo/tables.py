"""All tables of a build: crosswalks, measures, towns, facilities, findings, what columns mean."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, replace

import pandas as pd

from .alignment import AREA
from .columns import COLUMNS, Meaning
from .content_tables import content_tables
from .findings import as_frame
from .indicator_tables import indicator_tables
from .overlap import pairs
from .partition import Partition
from .plan import Role
from .points import Points
from .study import Pair, Study
from .table import Table
from .words import Text


def tables(study: Study, more: Sequence[Table] = ()) -> list[Table]:
    """All tables of a build, `more` of them made elsewhere, the column dictionary last."""
    made = [
        _measures(study),
        *_sensitivity(study),
        *_lists(study),
        *(_zones(study, pair) for pair in study.zones),
        *(_crosswalk(study, pair) for pair in once(study)),
        *_towns(study),
        *_parts(study),
        *_repairs(study),
        *(_points(study, points) for points in study.points),
        *content_tables(study),
        *indicator_tables(study),
        Table("findings.csv", Text("点検結果", "Findings"), as_frame(study.findings)),
    ]
    made += more
    return [*made, _dictionary(study, made)]


def once(study: Study) -> list[Pair]:
    """Each pair of partitions in plan order, once (the other direction is the same table)."""
    order = list(study.partitions)
    return [(a, b) for a, b in study.crosswalks if order.index(a) < order.index(b)]


def _named(ids: pd.Series, partition: Partition) -> pd.Series:
    return ids.map(partition.zones["name"]).fillna("")


def _titles(study: Study, pair: Pair) -> tuple[Text, Text]:
    left, right = (study.partitions[key].title for key in pair)
    return left, right


def _crosswalk(study: Study, pair: Pair) -> Table:
    left, right = (study.partitions[key] for key in pair)
    rows = study.crosswalks[pair].reset_index()
    rows.insert(1, "left_name", _named(rows["left_id"], left))
    rows.insert(3, "right_name", _named(rows["right_id"], right))
    rows["way"], rows["weighting"] = str(study.way(pair)), str(study.weighting(pair))
    a, b = _titles(study, pair)
    title = Text(f"対応表: {a.ja} × {b.ja}", f"Crosswalk: {a.en} × {b.en}")
    own = _side("left", a) | _side("right", b)
    name = f"crosswalk_{left.key}_{right.key}.csv"
    refers = {"left_id": left.key, "right_id": right.key}
    return Table(name, title, rows, own, key=("left_id", "right_id"), refers=refers)


def _side(side: str, title: Text) -> dict[str, Meaning]:
    """What the columns of one side of a crosswalk mean."""
    ja, en = title.ja, title.en
    outside = Text(f"{ja}の ID（空欄: どの{ja}でもない）", f"zone of {en}; empty: none")
    return {
        f"{side}_id": (outside, ""),
        f"{side}_name": (Text(f"{ja}の名前", f"name of the zone of {en}"), ""),
        f"share_of_{side}": (
            Text(f"{ja}の面積に占める割合", f"share of the area of the zone of {en}"),
            "0-1",
        ),
    }


def _zones(study: Study, pair: Pair) -> Table:
    left, right = (study.partitions[key] for key in pair)
    frames = []
    for weight, zones in study.zones[pair].items():
        rows = zones.reset_index().rename(columns={"left_id": "zone_id"})
        rows.insert(1, "zone_name", _named(rows["zone_id"], left))
        rows.insert(2, "weight", weight)
        rows.insert(6, "main_name", _named(rows["main_id"], right))
        frames.append(rows)
    a, b = _titles(study, pair)
    title = Text(f"{a.ja}ごとの分かれ方（{b.ja}による）", f"{a.en}, zone by zone: split by {b.en}")
    rows = pd.concat(frames, ignore_index=True)
    refers = {"zone_id": left.key, "main_id": right.key}
    name = f"zones_{left.key}_{right.key}.csv"
    return Table(name, title, rows, key=("zone_id", "weight"), refers=refers)


def _measures(study: Study) -> Table:
    rows = [
        asdict(one)
        | {f"sliver_{name}": value for name, value in asdict(study.rule(pair)).items()}
        | {"way": str(study.way(pair)), "weighting": str(study.weighting(pair))}
        for pair, by_weight in study.alignments.items()
        for one in by_weight.values()
    ]
    title = Text("区域区分どうしの不一致（全体）", "How badly the partitions disagree")
    return Table("measures.csv", title, pd.DataFrame(rows), key=("left", "right", "weight"))


def _sensitivity(study: Study) -> list[Table]:
    """What would count if slivers were narrower or wider; no table where no width applies."""
    frames = []
    for pair, by_width in study.sensitivity.items():
        rows = by_width.reset_index()
        rows = rows.rename(columns={"width_m": "sliver_width_m", "pairs": "coordination_pairs"})
        frames.append(rows.assign(left=pair[0], right=pair[1]))
    if not frames:
        return []
    order = ["left", "right", "sliver_width_m", "split_zones", "coordination_pairs"]
    title = Text("幅の基準を変えたときの分かれた数", "Splits by the width of slivers")
    return [Table("sensitivity.csv", title, pd.concat(frames, ignore_index=True)[order])]


def _lists(study: Study) -> list[Table]:
    """The zones of every partition, with area and people; those of the towns are in towns.csv."""
    own = {AREA: (Text("面積", "area"), "m2")}
    found = []
    for key, one in study.partitions.items():
        if one.role is not Role.UNITS:
            names = one.zones["name"].rename("zone_name").rename_axis("zone_id")
            rows = names.to_frame().join(study.figures[key]).reset_index()
            title = Text(f"{one.title.ja}の一覧", f"List of {one.title.en}")
            found.append(Table(f"list_{key}.csv", title, rows, own, key=("zone_id",)))
    return found


def _towns(study: Study) -> list[Table]:
    """One row per town with its zone in every partition: a look-up for Excel.

    In a partition that is not made of towns, the zone that holds most of the town's area.
    """
    towns = study.with_role(Role.UNITS)
    if towns is None:
        return []
    rows = towns.zones[["name"]].rename(columns={"name": "town_name"}).rename_axis("town_id")
    own = {AREA: (Text("面積", "area"), "m2")}
    for key, partition in study.partitions.items():
        if partition is towns:
            continue
        ids, shares = partition.members, None
        if ids is None:
            ids, shares = _most_of(study.crosswalks[towns.key, key])
            own[f"{key}_share"] = (_share_of_town(partition.title), "0-1")
        ids = ids.reindex(rows.index).fillna("")
        rows[f"{key}_id"], rows[f"{key}_name"] = ids, _named(ids, partition)
        if shares is not None:
            rows[f"{key}_share"] = shares.reindex(rows.index)
    rows = rows.join(towns.area_m2).join(study.counts.table).reset_index()
    title = Text(f"{towns.title.ja}ごとの所属", f"{towns.title.en} and the zones they belong to")
    return [Table("towns.csv", title, pd.DataFrame(rows), own, key=("town_id",))]


def _most_of(crosswalk: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """The zone on the right with most of each zone on the left, and its share of the area.

    The first id on a tie; left zones that lie outside all are left out.
    """
    inner = pairs(crosswalk).reset_index()
    inner = inner.sort_values(["left_id", AREA, "right_id"], ascending=[True, False, True])
    first = inner.drop_duplicates("left_id").set_index("left_id")
    return first["right_id"], first["share_of_left"]


def _share_of_town(title: Text) -> Text:
    return Text(
        f"{title.ja}に入る面積の割合（最も広く入る区域について。1: 全部）",
        f"share of the town's area in its zone of {title.en}; of the zone that holds most of it",
    )


def _points(study: Study, points: Points) -> Table:
    """One row per facility, with the zone of every partition that it lies in."""
    rows = points.table[["name", "id", "category", "address", "lon", "lat"]].reset_index()
    own, refers = dict[str, Meaning](), dict[str, str]()
    if points.of:
        partition, served = study.partitions[points.of], points.table["zone"].reset_index(drop=True)
        rows["serves_id"], rows["serves_name"] = served, _named(served, partition)
        own, refers = _served(partition.title), {"serves_id": points.of}
    for key, partition in study.partitions.items():
        ids = points.zones[key].reset_index(drop=True)
        rows[f"{key}_id"], rows[f"{key}_name"] = ids, _named(ids, partition)
    title = Text(
        f"{points.title.ja}と、それぞれが入る区域", f"{points.title.en} and the zones they lie in"
    )
    return Table(f"points_{points.key}.csv", title, rows, own, refers=refers)


def _served(title: Text) -> dict[str, Meaning]:
    """What the columns of the zone that an office serves mean."""
    ja, en = title.ja, title.en
    return {
        "serves_id": (Text(f"担当する{ja}の ID", f"zone of {en} that it serves"), ""),
        "serves_name": (Text(f"担当する{ja}の名前", f"name of the zone of {en} it serves"), ""),
    }


def _parts(study: Study) -> list[Table]:
    """The towns that zones hold only in part; no table where there are none."""
    towns = study.with_role(Role.UNITS)
    frames = []
    for partition in study.partitions.values():
        rows = partition.parts.copy()
        rows.insert(0, "partition", partition.key)
        rows.insert(2, "town_name", _named(rows["town_id"], towns) if towns else "")
        rows.insert(4, "zone_name", _named(rows["zone_id"], partition))
        frames.append(rows[~rows["town_id"].isna()])
    found = pd.concat([frame for frame in frames if len(frame)] or frames[:1], ignore_index=True)
    if found.empty:
        return []
    title = Text("一部だけ入る町丁目", "Towns held only in part")
    return [Table("parts.csv", title, found)]


def _repairs(study: Study) -> list[Table]:
    """What cleaning and snapping moved; no table where the plan asks for neither."""
    asked = [one for one in study.plan.partition if one.clean_m or one.snap]
    frames = []
    for one in asked:
        partition = (study.partitions | study.earlier)[one.key]
        rows = partition.changes.copy()
        rows.insert(0, "partition", one.key)
        rows.insert(2, "zone_name", _named(rows["zone_id"], partition))
        frames.append(rows)
    if not frames:
        return []
    title = Text("動かした境界", "Borders moved")
    return [Table("repairs.csv", title, pd.concat(frames, ignore_index=True))]


def _dictionary(study: Study, made: list[Table]) -> Table:
    """What every column of every table means, its own among them."""
    columns = ["file", "column", "meaning_ja", "meaning_en", "unit"]
    title = Text("列の説明", "What each column means")
    own = {"unit": (Text("単位", "unit"), "")}
    itself = Table("columns.csv", title, pd.DataFrame(columns=columns), own)
    rows = [
        {
            "file": table.name,
            "column": column,
            "meaning_ja": meaning.ja,
            "meaning_en": meaning.en,
            "unit": unit,
        }
        for table in [*made, itself]
        for column, (meaning, unit) in meanings_in(table, study).items()
    ]
    return replace(itself, frame=pd.DataFrame(rows, columns=columns), key=("file", "column"))


def meanings_in(table: Table, study: Study) -> dict[str, Meaning]:
    """What each column of a table means, and its unit."""
    meaning = meanings(study)
    return {
        column: table.own[column] if column in table.own else meaning(column)
        for column in map(str, table.frame.columns)
    }


def meanings(study: Study) -> Callable[[str], Meaning]:
    """What a column means: from the list above, or from the plan for its counts and partitions."""
    known = dict(COLUMNS)
    for count in study.counts.defined:
        known[count.key] = (count.title, count.unit.en)
        known[f"{count.key}_missing_towns"] = (
            Text(
                f"{count.title.ja}がわからない町丁目の数",
                f"number of towns whose {count.title.en.lower()} is not known",
            ),
            "towns",
        )
    for partition in study.partitions.values():
        ja, en = partition.title.ja, partition.title.en
        known[f"{partition.key}_id"] = (Text(f"{ja}の ID", f"zone of {en}"), "")
        known[f"{partition.key}_name"] = (Text(f"{ja}の名前", f"name of the zone of {en}"), "")
    return known.__getitem__
