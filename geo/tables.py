"""Crosswalks, measures, findings as CSV: UTF-8 with BOM, formula-safe, every column explained."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import TextIO

import pandas as pd

from .alignment import AREA
from .findings import as_frame
from .partition import Partition
from .plan import Role
from .points import Points
from .study import Pair, Study
from .words import Text

#: Excel, LibreOffice and their kin run a cell that begins with one of these.
FORMULA = re.compile(r"^[=+\-@＝＋－＠\t\r\n]")

#: What each column means, and its unit.
COLUMNS: dict[str, tuple[Text, str]] = {
    "left_id": (
        Text("左の区域の ID（空欄: どの区域でもない）", "zone on the left; empty: none"),
        "",
    ),
    "left_name": (Text("左の区域の名前", "its name"), ""),
    "right_id": (
        Text("右の区域の ID（空欄: どの区域でもない）", "zone on the right; empty: none"),
        "",
    ),
    "right_name": (Text("右の区域の名前", "its name"), ""),
    "area_m2": (Text("重なる面積", "area shared"), "m2"),
    "share_of_left": (Text("左の区域の面積に占める割合", "share of the left zone's area"), "0-1"),
    "share_of_right": (Text("右の区域の面積に占める割合", "share of the right zone's area"), "0-1"),
    "way": (
        Text(
            "計算方法（by_towns: 町丁目ごとに集計、by_shares: 同じく、一部は計画の割合で、"
            "by_area: 境界を重ね合わせて計算）",
            "by_towns: added up town by town; by_shares: the same, parts by stated shares; "
            "by_area: borders intersected",
        ),
        "",
    ),
    "weighting": (
        Text(
            "人がどこに住むとみなしたか（nobody: 人は数えない、whole_towns: 町丁目を分けない、"
            "shares: 書かれた割合、area: 町丁目の中で均一、points: 点の重みに比例、"
            "mesh: 地域メッシュに比例。zone_area: 区域の中で均一）",
            "where people are taken to live; nobody: none are counted; whole_towns: no town is "
            "divided; shares: as stated; area: evenly within towns; points, mesh: by their weight; "
            "zone_area: evenly within zones",
        ),
        "",
    ),
    "option": (Text("提案", "proposal"), ""),
    "direction": (
        Text(
            "動かす区域区分（both: 両方）", "the partition that changes (both: either of the two)"
        ),
        "",
    ),
    "splits": (Text("残る分割の数", "splits left"), "splits"),
    "moved": (Text("区域が変わる人", "people whose zone changes"), "people"),
    "bound": (Text("これより少ない移動では不可能", "fewer moves are impossible"), "people"),
    "proved": (Text("最少と証明済みか", "proved to be the least"), ""),
    "gap": (Text("最少との差の上限", "at most so far above the least"), "0-1"),
    "block_id": (Text("単位（町丁目かその一部）の ID", "block: a town, or part of one"), ""),
    "block_name": (Text("町丁目（一部のときは区域も）", "town; of a part also its zone"), ""),
    "ward_id": (Text("区の ID", "ward"), ""),
    "block_area_m2": (Text("面積", "area"), "m2"),
    "from_id": (Text("変更前の区域の ID", "zone before"), ""),
    "from_name": (Text("変更前", "before"), ""),
    "to_id": (Text("変更後の区域の ID", "zone after"), ""),
    "to_name": (Text("変更後", "after"), ""),
    "metres_before": (Text("今の拠点までの直線距離", "straight to today's site"), "m"),
    "metres_after": (Text("新しい拠点までの直線距離", "straight to the new site"), "m"),
    "metres_more": (Text("距離の変化", "change of distance"), "m"),
    "need": (
        Text(
            "必要か（required: 必須、optional: 選択、unknown: 不明）",
            "required: as few splits cost more without it; optional: they do not; or unknown",
        ),
        "",
    ),
    "measure": (Text("指標（measures.csv の列）", "measure: a column of measures.csv"), ""),
    "before": (Text("今", "today"), ""),
    "after": (Text("案", "under the proposal"), ""),
    "people_before": (Text("今の住民", "people today"), "people"),
    "people_after": (Text("案の住民", "people under the proposal"), "people"),
    "load_before": (Text("今の負担", "load today"), ""),
    "load_after": (Text("案の負担", "load under the proposal"), ""),
    "load": (Text("負担（職員の数のもと）", "load: what staff is for"), ""),
    "least": (Text("負担の下限", "least load allowed"), ""),
    "most": (Text("負担の上限（空欄: なし）", "most load allowed; empty: any"), ""),
    "sets_before": (Text("今の職員の組数", "sets of staff today"), "sets"),
    "sets_after": (Text("案の職員の組数", "sets of staff under the proposal"), "sets"),
    "blocks_in": (Text("入ってくる町丁目", "towns that come"), "towns"),
    "blocks_out": (Text("出ていく町丁目", "towns that go"), "towns"),
    "others": (Text("分け持つ区域", "zones that share it"), ""),
    "why_ja": (Text("残る理由", "why it remains (Japanese)"), ""),
    "why_en": (Text("残る理由（英語）", "why it remains"), ""),
    "more": (
        Text(
            "1つにするためにさらに移る人（空欄: 不可能か不明）",
            "more people to make it whole; empty: no price",
        ),
        "people",
    ),
    "label_ja": (Text("項目", "label (Japanese)"), ""),
    "words_ja": (Text("内容", "words (Japanese)"), ""),
    "label_en": (Text("項目（英語）", "label"), ""),
    "words_en": (Text("内容（英語）", "words"), ""),
    "zone_id": (Text("区域の ID", "zone"), ""),
    "zone_name": (Text("区域の名前", "its name"), ""),
    "weight": (Text("何で量るか（人口などの key、area_m2 は面積）", "what is weighed"), ""),
    "total": (
        Text("区域の全体（相手の区域に入る分）", "weight inside the other partition"),
        "weight",
    ),
    "parts": (
        Text("いくつに分かれているか（1: 分かれていない）", "parts it falls into; 1: whole"),
        "",
    ),
    "main_id": (Text("最も多く入っている相手の区域の ID", "zone that holds most of it"), ""),
    "main_name": (Text("その名前", "its name"), ""),
    "main_share": (Text("その割合", "share of the main zone"), "0-1"),
    "minority": (Text("それ以外の区域に入っている分", "weight outside the main zone"), "weight"),
    "effective_zones": (
        Text(
            "いくつの相手の区域に等しく分かれているのと同じか（2のエントロピー乗、1: 一致）",
            "as if it lay in so many zones alike (2 to the entropy); 1: aligned",
        ),
        "",
    ),
    "effective_splits": (
        Text(
            "実質的に何回分かれているか（0: 一致、1: 半分ずつ、0.5超: 大きく分かれている）",
            "splits in earnest; 0: aligned, 1: halved, above 0.5: substantial",
        ),
        "",
    ),
    "split_pairs": (
        Text(
            "同じ区域から2人を選ぶと、相手の区域が異なる確率（0: 一致）",
            "how likely two from the same zone are in different ones; 0: aligned",
        ),
        "0-1",
    ),
    "partial_parts": (
        Text(
            "そのうち、相手の区域の一部だけが入っている数",
            "parts that are not the whole of the other zone",
        ),
        "",
    ),
    "total_per_part": (Text("1つの部分あたりの量", "weight to a part"), "weight"),
    "containment": (
        Text(
            "左の区域が、それぞれ1つの右の区域に収まっている度合い（1: どれも、0: 無関係）",
            "how far left zones lie inside one right zone; 1: all wholly, 0: unrelated",
        ),
        "0-1",
    ),
    "reverse_containment": (
        Text(
            "右の区域が、それぞれ1つの左の区域に収まっている度合い（右のほうが大きければ低い）",
            "how far right zones lie inside one left zone; low where they are meant to be larger",
        ),
        "0-1",
    ),
    "left": (Text("分かれ方を見る区域区分", "partition whose zones are divided"), ""),
    "right": (Text("分ける側の区域区分", "partition that divides them"), ""),
    "zones": (Text("区域の数", "number of zones"), ""),
    "split_zones": (Text("2つ以上に分かれている区域の数", "zones in two or more parts"), ""),
    "coordination_pairs": (Text("連携の組の数（最少は区域の数）", "pairs that work together"), ""),
    "excess_parts": (
        Text("余分な組の数（0: 完全に一致）", "pairs beyond one per zone; 0: aligned"),
        "",
    ),
    "missing_towns": (
        Text("数のわからない町丁目（どの合計にも入らない）", "towns without a figure: in no total"),
        "towns",
    ),
    "minority_share": (
        Text("少数側の割合（0: 完全に一致）", "share of the minority; 0: aligned"),
        "0-1",
    ),
    "is_sliver": (
        Text(
            "境界の引き方の違いによる細い・小さい重なりか（分かれた数に数えない）",
            "a border drawn twice, or next to nothing: no part of a zone",
        ),
        "",
    ),
    "sliver_width_m": (
        Text("どこもこの幅に満たない重なりは数えない", "overlaps nowhere this wide do not count"),
        "m",
    ),
    "sliver_min_share": (
        Text(
            "両方の区域のこの割合に満たず、人数も少ない重なりは数えない",
            "nor do those of less than this share of both zones with few people",
        ),
        "0-1",
    ),
    "sliver_min_people": (
        Text("その人数（空欄: 面積だけで判断）", "fewer people than this; empty: by area alone"),
        "people",
    ),
    "change_ja": (Text("何をしたか（日本語）", "what was done, in Japanese"), ""),
    "change_en": (Text("何をしたか（英語）", "what was done, in English"), ""),
    "moved_m2": (Text("増えた面積と減った面積の和", "land gained and lost"), "m2"),
    "area_before_m2": (Text("動かす前の面積", "area before"), "m2"),
    "area_after_m2": (Text("動かした後の面積", "area after"), "m2"),
    "partition": (Text("区域区分", "partition"), ""),
    "words": (Text("どの部分か（文のとおり）", "which part, as the text says"), ""),
    "share": (
        Text("町丁目に占める割合（空欄: 不明）", "share of the town; empty: not known"),
        "0-1",
    ),
    "town_id": (Text("町丁目の ID", "town"), ""),
    "town_name": (Text("町丁目の名前", "its name"), ""),
    "row": (Text("元の表の行番号", "row of the original table"), ""),
    "name": (Text("名称", "name"), ""),
    "id": (Text("元の表の番号", "its id in the original table"), ""),
    "category": (Text("種類", "kind"), ""),
    "address": (Text("所在地", "address"), ""),
    "severity": (Text("重さ（error・warning・note）", "error, warning or note"), ""),
    "kind": (Text("種類", "kind of finding"), ""),
    "where": (Text("区域区分・表・ファイル", "partition, table or file"), ""),
    "place": (Text("該当する区域・町丁目", "zones or towns concerned"), ""),
    "amount": (Text("量", "how much"), "unit"),
    "unit": (Text("量の単位", "unit of the amount"), ""),
    "lon": (Text("その場所の経度", "longitude of the place"), "degrees"),
    "lat": (Text("その場所の緯度", "latitude of the place"), "degrees"),
    "what_ja": (Text("内容（日本語）", "what it is, in Japanese"), ""),
    "remedy_ja": (Text("どうすればよいか（日本語）", "what to do, in Japanese"), ""),
    "what_en": (Text("内容（英語）", "what it is, in English"), ""),
    "remedy_en": (Text("どうすればよいか（英語）", "what to do, in English"), ""),
    "file": (Text("ファイル", "file"), ""),
    "column": (Text("列", "column"), ""),
    "meaning_ja": (Text("意味（日本語）", "meaning, in Japanese"), ""),
    "meaning_en": (Text("意味（英語）", "meaning, in English"), ""),
}


@dataclass(frozen=True, eq=False)
class Table:
    """A table to be written: its file name, what it is, and its rows."""

    name: str
    title: Text
    frame: pd.DataFrame

    def csv(self) -> bytes:
        """UTF-8 with BOM and CRLF, as Excel expects of a CSV."""
        text = safe(rounded(self.frame)).to_csv(index=False, lineterminator="\r\n")
        return text.encode("utf-8-sig")


def tables(study: Study, more: Sequence[Table] = ()) -> list[Table]:
    """All tables of a build, `more` of them made elsewhere, the column dictionary last."""
    made = [
        _measures(study),
        *_sensitivity(study),
        *(_zones(study, pair) for pair in study.zones),
        *(_crosswalk(study, pair) for pair in _once(study)),
        *_towns(study),
        *_parts(study),
        *_repairs(study),
        *(_points(study, points) for points in study.points),
        Table("findings.csv", Text("点検結果", "Findings"), as_frame(study.findings)),
    ]
    made += more
    return [*made, _dictionary(study, made)]


def write_pairs(frame: pd.DataFrame, out: TextIO, *, header: bool = True) -> None:
    """A crosswalk as plain CSV for other programs: ids first, no BOM, twelve digits."""
    rows = safe(frame.reset_index())
    rows.to_csv(out, index=False, header=header, lineterminator="\n", float_format="%.12g")
    out.flush()


def safe(frame: pd.DataFrame) -> pd.DataFrame:
    """`frame` with an apostrophe before every text that a spreadsheet would run.

    >>> safe(pd.DataFrame({"name": ["=1+1", "弁天", "-5"]}))["name"].tolist()
    ["'=1+1", '弁天', '-5']
    """
    texts = [name for name in frame.columns if not pd.api.types.is_numeric_dtype(frame[name])]
    safe_cells = frame.assign(**{name: frame[name].map(_safe_cell) for name in texts})
    return safe_cells.set_axis([_safe_cell(name) for name in frame.columns], axis="columns")


def rounded(frame: pd.DataFrame) -> pd.DataFrame:
    """Floats to a length that people read: m² to 4 decimals, shares to 12, the rest to 6."""

    def places(name: str) -> int:
        return 4 if name == AREA else 12 if "share" in name else 6

    floats = frame.select_dtypes("float").columns
    return frame.round({name: places(str(name)) for name in floats})


def file_name(stem: str, suffix: str) -> str:
    """A file name for an id from the data: lower-case letters, digits, _ and -, still unique.

    It is cut where a file system would not take it (255 bytes).

    >>> file_name("council-12101", ".html")
    'council-12101.html'
    >>> file_name("council-../x", ".html")
    'council-___x-f1a01c.html'
    """
    plain = re.sub(r"[^\w-]", "_", stem.lower())[:60]
    if plain != stem:
        plain = f"{plain}-{sha256(stem.encode()).hexdigest()[:6]}"
    return plain + suffix


def _safe_cell(cell: object) -> object:
    """A number keeps its sign; every other text loses its power."""
    if isinstance(cell, str) and FORMULA.match(cell) and not re.fullmatch(r"-?\d+(\.\d+)?", cell):
        return f"'{cell}"
    return cell


def _once(study: Study) -> list[Pair]:
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
    return Table(f"crosswalk_{left.key}_{right.key}.csv", title, rows)


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
    return Table(f"zones_{left.key}_{right.key}.csv", title, rows)


def _measures(study: Study) -> Table:
    rows = [
        asdict(one)
        | {f"sliver_{name}": value for name, value in asdict(study.rule(pair)).items()}
        | {"way": str(study.way(pair)), "weighting": str(study.weighting(pair))}
        for pair, by_weight in study.alignments.items()
        for one in by_weight.values()
    ]
    title = Text("区域区分どうしの不一致（全体）", "How badly the partitions disagree")
    return Table("measures.csv", title, pd.DataFrame(rows))


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


def _towns(study: Study) -> list[Table]:
    """One row per town with its zone in every partition made of towns: a look-up for Excel."""
    towns = study.with_role(Role.UNITS)
    if towns is None:
        return []
    rows = towns.zones[["name"]].rename(columns={"name": "town_name"}).rename_axis("town_id")
    for partition in study.partitions.values():
        if partition.members is not None and partition is not towns:
            ids = partition.members.reindex(rows.index).fillna("")
            rows[f"{partition.key}_id"] = ids
            rows[f"{partition.key}_name"] = _named(ids, partition)
    rows = rows.join(towns.area_m2).join(study.counts.table).reset_index()
    title = Text(f"{towns.title.ja}ごとの所属", f"{towns.title.en} and the zones they belong to")
    return [Table("towns.csv", title, pd.DataFrame(rows))]


def _points(study: Study, points: Points) -> Table:
    """One row per facility, with the zone of every partition that it lies in."""
    rows = points.table[["name", "id", "category", "address", "lon", "lat"]].reset_index()
    for key, partition in study.partitions.items():
        ids = points.zones[key].reset_index(drop=True)
        rows[f"{key}_id"], rows[f"{key}_name"] = ids, _named(ids, partition)
    title = Text(
        f"{points.title.ja}と、それぞれが入る区域", f"{points.title.en} and the zones they lie in"
    )
    return Table(f"points_{points.key}.csv", title, rows)


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
        partition = study.partitions[one.key]
        rows = partition.changes.copy()
        rows.insert(0, "partition", one.key)
        rows.insert(2, "zone_name", _named(rows["zone_id"], partition))
        frames.append(rows)
    if not frames:
        return []
    title = Text("動かした境界", "Borders moved")
    return [Table("repairs.csv", title, pd.concat(frames, ignore_index=True))]


def _dictionary(study: Study, made: list[Table]) -> Table:
    meaning = meanings(study)
    rows = [
        {
            "file": table.name,
            "column": column,
            "meaning_ja": meaning(column)[0].ja,
            "meaning_en": meaning(column)[0].en,
            "unit": meaning(column)[1],
        }
        for table in made
        for column in map(str, table.frame.columns)
    ]
    return Table("columns.csv", Text("列の説明", "What each column means"), pd.DataFrame(rows))


def meanings(study: Study) -> Callable[[str], tuple[Text, str]]:
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
