"""What changed between two editions, as tables: every move, every zone, every item."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from .alignment import AREA
from .columns import Meaning
from .edition_words import became, district_words, records
from .editions import SIDES, Edition
from .plan import PeriodPlan, Role
from .revisions import COUNTS, Revision
from .study import Study
from .table import Table
from .words import Text
from .years import span

ASPECTS = {
    "before": Text("（変更前）", " before"),
    "after": Text("（変更後）", " after"),
    "gained": Text("（入った分）", " that came"),
    "lost": Text("（移った分）", " that went"),
    "slivers": Text("（境界の引き方の違いによる増減）", " by borders drawn twice (net)"),
}
WHAT = Text(
    "区域がどうなったか（unchanged 変わらない、new 新設、gone 廃止、merged 統合、divided 分割、"
    "grown 拡大、shrunk 縮小、exchanged 出入り、renamed 改名、renumbered ID変更）",
    "what became of the zone",
)
OF_MOVES: dict[str, Meaning] = {
    "number": (Text("地図の番号", "number on the map"), ""),
    "from_id": (Text("変更前の区域の ID（空欄: なし）", "zone before; empty: none"), ""),
    "to_id": (Text("変更後の区域の ID（空欄: なし）", "zone after; empty: none"), ""),
    "area_m2": (Text("移った面積", "area that moved"), "m2"),
    "share_of_from": (
        Text("変更前の区域の面積に占める割合", "share of the area of the zone before"), "0-1",
    ),
    "share_of_to": (
        Text("変更後の区域の面積に占める割合", "share of the area of the zone after"), "0-1",
    ),
    "people_share": (
        Text("変更前の区域の住民に占める割合", "share of the people of the zone before"), "0-1",
    ),
    "share_of_town": (
        Text("町丁目の面積に占める割合（1: 全部）", "share of the town's area; 1: all"), "0-1",
    ),
}  # fmt: skip
OF_ZONES: dict[str, Meaning] = {
    "by": (
        Text(
            "同じ区域とみなした根拠（id: ID、name: 名前、land: 範囲）",
            "why they are one: same id, name or land",
        ),
        "",
    ),
    "what": (WHAT, ""),
}
OF_ITEMS: dict[str, Meaning] = {
    "what": (
        Text(
            "項目がどうなったか（added 追加、changed 変更、kept 継続、removed 終了）",
            "what became of the item; added, changed, kept or removed",
        ),
        "",
    ),
    "by": (Text("何で同じ項目とみなしたか（id: ID、text: 文）", "matched by id or by text"), ""),
    "likeness": (Text("文の一致度", "how much the texts are alike"), "0-1"),
    "changes": (
        Text("変わったこと（text 文、zone 地区、who 主体、years 期間）", "what is changed"), "",
    ),
    **{
        f"{side}_{name}": (Text(f"{when.ja}の{title.ja}", f"{title.en} {when.en}"), "")
        for side, when in (("from", Text("変更前", "before")), ("to", Text("変更後", "after")))
        for name, title in {
            "item_id": Text("項目の ID", "item"),
            "text_ja": Text("項目の文", "text of the item (Japanese)"),
            "text_en": Text("項目の文（英語）", "text of the item"),
            "years": Text("期間", "years"),
        }.items()
    },
}  # fmt: skip
OF_DISTRICTS: dict[str, Meaning] = {
    "before": (Text("変更前の項目の数", "items before"), "items"),
    "after": (Text("変更後の項目の数", "items after"), "items"),
    "kept": (Text("継続", "kept"), "items"),
    "changed": (Text("変更", "changed"), "items"),
    "came": (Text("ほかの地区から来た", "that came from another district"), "items"),
    "went": (Text("ほかの地区へ移った", "that went to another district"), "items"),
    "added": (Text("追加", "added"), "items"),
    "removed": (Text("終了", "removed"), "items"),
}


def table_names(period: PeriodPlan) -> list[str]:
    """The files of a period: its moves or items, its zones, its towns."""
    return [f"period_{period.key}{of}.csv" for of in ("", "_zones", "_towns")]


def edition_tables(study: Study) -> list[Table]:
    """The tables of every period of the plan."""
    made = []
    for period in study.plan.period:
        if period.key in study.editions:
            found = study.editions[period.key]
            made += [_moves(study, period, found), _zones(study, period, found)]
            made += _towns(study, period, found)
        elif period.key in study.revisions:
            revised = study.revisions[period.key]
            made += [_items(period, revised), _districts(study, period, revised)]
    return made


def _named(rows: pd.DataFrame, names: Mapping[str, pd.Series]) -> pd.DataFrame:
    """Rows with the names of their zones beside the ids."""
    named = rows.copy()
    for side, of in names.items():
        place = list(named.columns).index(side) + 1
        named.insert(place, side.replace("_id", "_name"), named[side].map(of).fillna(""))
    return named


def _names(found: Edition) -> dict[str, pd.Series]:
    return dict(zip(SIDES, (found.before.zones["name"], found.after.zones["name"]), strict=True))


def _title(period: PeriodPlan, ja: str, en: str) -> Text:
    return Text(f"{period.title.ja}: {ja}", f"{period.title.en}: {en}")


def _moves(study: Study, period: PeriodPlan, found: Edition) -> Table:
    rows = _named(found.moves.reset_index(), _names(found))
    if study.people is not None:
        key = study.people.key
        before = found.zones.set_index("from_id")[f"{key}_before"]
        rows["people_share"] = rows[key] / rows["from_id"].map(before[before.index != ""]).astype(
            float
        )
    title = _title(period, "移ったところ", "what moved")
    return Table(table_names(period)[0], title, rows, OF_MOVES, key=("number",))


def _zones(study: Study, period: PeriodPlan, found: Edition) -> Table:
    said = [became(study, found, row) for row in records(found.zones)]
    rows = _named(found.zones, _names(found)).assign(
        words_ja=[one.ja for one in said], words_en=[one.en for one in said]
    )
    own = OF_ZONES | {name: OF_MOVES[name] for name in SIDES} | _aspects(study, found)
    title = _title(period, "区域がどうなったか", "what became of each zone")
    return Table(table_names(period)[1], title, rows, own, key=tuple(SIDES))


def _aspects(study: Study, found: Edition) -> dict[str, Meaning]:
    """What the columns of weights mean: each in all its aspects."""
    known = {count.key: (count.title, count.unit.en) for count in study.counts.totals}
    known[AREA] = (Text("面積", "Area"), "m2")
    return {
        f"{weight}_{name}": (Text(known[weight][0].ja + of.ja, known[weight][0].en + of.en),
                             known[weight][1])
        for weight in found.weights
        for name, of in ASPECTS.items()
    }  # fmt: skip


def _towns(study: Study, period: PeriodPlan, found: Edition) -> list[Table]:
    """The towns that moved, whole or in part; no table where the plan has no towns."""
    towns = study.with_role(Role.UNITS)
    if towns is None:
        return []
    rows = found.pieces.merge(found.moves.reset_index()[["number", *SIDES]], on="number")
    names = {"town_id": towns.zones["name"], **_names(found)}
    first = ["number", "town_id", *SIDES]
    rows = _named(rows[[*first, *rows.columns.drop(first)]], names)
    title = _title(period, "移った町丁目", "towns that moved")
    keys = ("number", "town_id")
    return [Table(table_names(period)[2], title, rows, OF_MOVES, key=keys)]


# --- items ----------------------------------------------------------------------------------------


def _items(period: PeriodPlan, found: Revision) -> Table:
    rows = [_item(found, row) for row in records(found.items)]
    columns = ["what", "by", "likeness", "changes", *SIDES]
    columns += [f"{side}_{name}" for name in ("item_id", "years", "text_ja", "text_en")
                for side in ("from", "to")]  # fmt: skip
    frame = _named(pd.DataFrame(rows, columns=columns), _district_names(found))
    own = OF_ITEMS | {name: OF_MOVES[name] for name in SIDES}
    return Table(table_names(period)[0], _title(period, "項目", "items"), frame, own)


def _item(found: Revision, row: dict[str, Any]) -> dict[str, Any]:
    sides: dict[str, Any] = {}
    for side, layer in (("from", found.before), ("to", found.after)):
        if (place := row[f"{side}_row"]) < 0:
            continue
        item = layer.table.iloc[place]
        sides |= {f"{side}_{name}": item[name] for name in ("item_id", "text_ja", "text_en")}
        sides[f"{side}_years"] = years(item).ja
    return row | sides


def years(item: pd.Series) -> Text:
    """The years of an item: 2021–2026, or what is known of them.

    >>> years(pd.Series({"start_year": "2021", "end_year": "2026"})).ja
    '2021–2026'
    """
    return span(item.get("start_year", ""), item.get("end_year", ""))


def _district_names(found: Revision) -> dict[str, pd.Series]:
    """The names of the districts of both editions."""
    zones = [one.zones["name"] if one else pd.Series(dtype=str) for one in found.partitions]
    return dict(zip(SIDES, zones, strict=True))


def _districts(study: Study, period: PeriodPlan, found: Revision) -> Table:
    said = [district_words(row) for row in records(found.districts)]
    rows = _named(found.districts[[*SIDES, *COUNTS]], _district_names(found)).assign(
        words_ja=[one.ja for one in said], words_en=[one.en for one in said]
    )
    own = OF_DISTRICTS | {name: OF_MOVES[name] for name in SIDES}
    title = _title(period, "地区ごとの項目", "items by district")
    return Table(table_names(period)[1], title, rows, own, key=tuple(SIDES))
