"""Indicators by zone, one table per partition: every figure with its basis, date and source."""

from __future__ import annotations

import pandas as pd

from .columns import Meaning
from .indicators import Estimate
from .partition import Partition
from .study import Study
from .table import Table
from .words import Text

#: What the columns mean that only these tables have.
COLUMNS: dict[str, Meaning] = {
    "zone_id": (
        Text("区域の ID（空欄: どの区域にも入らない分）", "zone; empty: what lies in none"),
        "",
    ),
    "zone_name": (Text("区域の名前", "its name"), ""),
    "indicator": (Text("指標の key", "key of the indicator"), ""),
    "title_ja": (Text("指標の名前（日本語）", "its title, in Japanese"), ""),
    "title_en": (Text("指標の名前（英語）", "its title, in English"), ""),
    "value": (Text("値（空欄: 不明）", "figure; empty: not known"), "unit"),
    "unit_ja": (Text("単位（日本語）", "its unit, in Japanese"), ""),
    "unit_en": (Text("単位（英語）", "its unit, in English"), ""),
    "covered": (
        Text(
            "区域の人のうち、値がわかっている人の割合（人のいない区域は面積の割合）",
            "share of the zone's people whose figure is known; of its land where it has none",
        ),
        "0-1",
    ),
    "basis": (
        Text(
            "何によるか（stated: その区域の値、whole_zones: 分けずに合計・平均、people: 人の数で"
            "配分、area: 面積で配分、people_and_area: 両方、denominator: 率の分母で平均）",
            "stated: for this very zone; whole_zones: nothing divided; people, area, "
            "people_and_area: divided zones shared out by these; denominator: mean by what a rate "
            "is per",
        ),
        "",
    ),
    "by": (Text("元の値はどの区域ごとか", "whose figures the table states"), ""),
    "way": (
        Text(
            "計算方法（stated: 計算なし、by_towns: 町丁目ごとに集計、by_shares: 同じく、一部は"
            "計画の割合で、by_area: 境界を重ね合わせて計算）",
            "stated: not computed; by_towns: added up town by town; by_shares: the same, parts by "
            "stated shares; by_area: borders intersected",
        ),
        "",
    ),
    "date": (Text("いつの値か", "of when it is"), ""),
    "source_ja": (Text("出典（日本語）", "source, in Japanese"), ""),
    "source_en": (Text("出典（英語）", "source, in English"), ""),
}


def indicator_tables(study: Study) -> list[Table]:
    """A table for each partition; none where the plan declares no indicators."""
    found = []
    for key, partition in study.partitions.items():
        frames = [_rows(one, partition) for one in study.indicators if one.of == key]
        if frames:
            title = Text(
                f"指標: {partition.title.ja}ごと", f"Indicators by zone: {partition.title.en}"
            )
            rows = pd.concat(frames, ignore_index=True)
            name = f"indicators_{key}.csv"
            found.append(Table(name, title, rows, own=COLUMNS, key=("zone_id", "indicator")))
    return found


def _rows(one: Estimate, partition: Partition) -> pd.DataFrame:
    """The figures of all zones, and below them what lies in no zone."""
    rows = one.table[["value", "covered", "basis"]].rename_axis("zone_id").reset_index()
    rows.insert(1, "zone_name", rows["zone_id"].map(partition.zones["name"]))
    if one.outside:
        beyond = {
            "zone_id": "",
            "zone_name": "",
            "value": one.outside,
            "covered": None,
            "basis": "",
        }
        rows = pd.concat([rows, pd.DataFrame([beyond]).astype({"covered": float})])
    count, plan = one.count, one.plan
    same = {
        "indicator": count.key,
        "title_ja": count.title.ja,
        "title_en": count.title.en,
        "unit_ja": count.unit.ja,
        "unit_en": count.unit.en,
        "by": plan.by,
        "way": one.way,
        "date": plan.date,
        "source_ja": "、".join(source.said.ja for source in one.sources),
        "source_en": "; ".join(source.said.en for source in one.sources),
    }
    return rows.assign(**same)[list(COLUMNS)]
