"""Codes of tables as the words of the workbooks: the same as pages have, where they say them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import pandas as pd

from . import phrases
from .alignment import AREA
from .cases import Place
from .columns import COLUMNS, heading
from .content_words import GOAL_WORDS, PLACE_WORDS
from .edition_words import BECAME, CHANGES, ITEMS, MATCHED
from .findings import Kind
from .indicators import STATED
from .overlap import Way
from .reallocation import Basis
from .schemes import State
from .study import Study
from .words import Text

Say = Callable[[str], str]
"""What a cell says in words; a cell that is no code stays as it is."""

WAYS = {
    STATED: "元の値のまま",
    str(Way.BY_TOWNS): "町丁目ごとに集計",
    str(Way.BY_SHARES): "計画の割合",
    str(Way.BY_AREA): "境界の重ね合わせ",
}
NEEDS = {"required": "必須", "optional": "選択", "unknown": "不明"}
BASES = {
    Basis.STATED: "その区域の値",
    Basis.WHOLE: "分けずに合計・平均",
    Basis.PEOPLE: "人の数で配分",
    Basis.AREA: "面積で配分",
    Basis.BOTH: "人の数と面積で配分",
    Basis.DENOMINATOR: "率の分母で平均",
}
#: What columns are measured in, beside what findings are (:data:`geo.phrases.UNITS`).
UNITS = {
    "0-1": "0〜1",
    "degrees": "度",
    "year": "年",
    "load": "負担",
    "weight": "量",
    "unit": "単位による",
    "splits": "分割",
    "sets": "組",
}
KINDS = {
    Kind.INVALID_RING: "輪郭の誤り",
    Kind.OVERLAP_INSIDE: "区域どうしの重なり",
    Kind.GAP_INSIDE: "区域の間の隙間",
    Kind.NOT_COVERED: "どの区域でもないところ",
    Kind.OUTSIDE_CITY: "市の外にはみ出すところ",
    Kind.TOWN_IN_NO_ZONE: "どの区域にもない町丁目",
    Kind.TOWN_IN_TWO_ZONES: "2つの区域にある町丁目",
    Kind.NAMES_DIFFER: "名前の違い",
    Kind.NAME_IN_TWO_WARDS: "2つの区にある町名",
    Kind.NAME_WITHOUT_TOWN: "町丁目のない町名",
    Kind.PART_OF_TOWN: "町丁目の一部",
    Kind.ALIAS_USED: "読み替えた町名",
    Kind.ROW_REPEATED: "同じ行の重複",
    Kind.SAME_SHAPE: "同じ図形",
    Kind.SLIVER: "細い重なり",
    Kind.EDGES_APART: "合わない境界",
    Kind.BORDERS_MOVED: "動かした境界",
    Kind.EXCLAVE: "飛び地",
    Kind.ISLAND: "島",
    Kind.AREA_DIFFERS: "面積の違い",
    Kind.SUM_DIFFERS: "合計の違い",
    Kind.DATES_DIFFER: "年の違い",
    Kind.COUNT_MISSING: "数の欠け",
    Kind.COUNT_NEGATIVE: "負の数",
    Kind.COUNT_REPEATED: "数の重複",
    Kind.CRS_ASSUMED: "座標系の推定",
    Kind.CRS_DOUBTFUL: "座標系の疑い",
    Kind.CRS_ROUGH: "座標変換の粗さ",
    Kind.READ_WITH_DOUBT: "読み取りの疑い",
    Kind.SITE_DOUBTFUL: "拠点の疑い",
    Kind.ROW_SET_ASIDE: "除いた行",
    Kind.ROW_WITHOUT_ZONE: "区域のない行",
    Kind.TEXT_DOUBTFUL: "文字の疑い",
    Kind.ROW_SHORT: "列の足りない行",
    Kind.ROW_HIDDEN: "隠れた行",
    Kind.ROW_LEFT_OUT: "使わない行",
    Kind.POINT_WITHOUT_POSITION: "位置のない地点",
    Kind.POINT_SWAPPED: "緯度と経度の入れ替わり",
    Kind.POINT_OUTSIDE_CITY: "市の外の地点",
    Kind.POINT_IN_TWO_ZONES: "2つの区域に入る地点",
    Kind.POINT_WITHOUT_TOWN: "町丁目のない地点",
    Kind.MESH_CODE_UNKNOWN: "わからないメッシュコード",
    Kind.TOWN_WITHOUT_WEIGHT: "重みのない町丁目",
    Kind.ID_REPEATED: "ID の重複",
    Kind.TEXT_MISSING: "文の欠け",
    Kind.GOAL_DOUBTFUL: "目標の疑い",
    Kind.THEME_UNKNOWN: "わからないテーマ",
    Kind.YEARS_DOUBTFUL: "年の疑い",
    Kind.MARK_DIFFERS: "評価の食い違い",
    Kind.MARK_MISSING: "評価の欠け",
    Kind.MARK_OUTSIDE_PERIOD: "期間の外の評価",
    Kind.MARK_WITHOUT_ROW: "行のない評価",
    Kind.CASE_PLACE_DOUBTFUL: "事例の場所の疑い",
    Kind.LINK_DOUBTFUL: "リンクの疑い",
    Kind.OFFICE_OUTSIDE_ZONE: "区域の外の事務所",
}


def spoken(study: Study, name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """The table of this file name with words in place of codes."""
    says = _says(study) | _own(name)
    return frame.assign(
        **{
            column: frame[column].map(says[column], na_action="ignore")
            for column in says.keys() & set(frame.columns)
        }
    )


def _says(study: Study) -> dict[str, Say]:
    """How codes are said in columns that mean the same in all tables."""
    titles = {key: one.title.ja for key, one in (study.partitions | study.earlier).items()}
    weights = {one.key: one.title.ja for one in study.counts.defined}
    layers = {layer.key: layer.title.ja for layer in study.plan.layer}
    units = UNITS | {unit: text.ja for unit, text in phrases.units(study).items()}
    return {
        **dict.fromkeys(("left", "right", "partition", "by"), _word(titles)),
        "direction": _word(titles | {"both": "両方"}),
        "of": _word(titles | {"city": "市全体"}),
        "weight": _word(weights | {AREA: "面積"}),
        "measure": _word({name: heading(meaning).ja for name, meaning in COLUMNS.items()}),
        "severity": _ja({str(one): said for one, said in phrases.SEVERITY_WORDS.items()}),
        "need": _word(NEEDS),
        "way": _word(WAYS),
        "basis": _word({str(one): said for one, said in BASES.items()}),
        "state": _word({str(state): state.said.ja for state in State}),
        "place_kind": _ja({str(kind): PLACE_WORDS[kind] for kind in Place}),
        "where": _word({"counts": "数値", **layers, **weights, **titles}),
        "place": _place,
        "unit": _word(units),
    }


def _own(name: str) -> dict[str, Say]:
    """How codes are said that mean something of their own in one table."""
    if name.startswith("goals"):
        return {"kind": _ja(GOAL_WORDS)}
    if name.startswith("findings"):
        return {"kind": _word({str(one): said for one, said in KINDS.items()})}
    if name.startswith("period_"):
        matched = MATCHED | {"text": Text("似た文", "alike")}
        return {"what": _joined(BECAME | ITEMS), "changes": _joined(CHANGES), "by": _ja(matched)}
    return {}


def _word(words: Mapping[str, str]) -> Say:
    return lambda cell: words.get(cell, cell)


def _ja(words: Mapping[str, Text]) -> Say:
    return _word({code: said.ja for code, said in words.items()})


def _joined(words: Mapping[str, Text]) -> Say:
    """Of codes that are joined each in its word."""
    say = _ja(words)
    return lambda cell: "・".join(map(say, cell.split(";")))


def _place(cell: str) -> str:
    """The rows of a finding, and why a mark is none.

    >>> _place("row 4 city-item-1 2023: no mark given; row 7; …")
    '4行目 city-item-1 2023: 評価なし（未記入）; 7行目; …'
    """
    said = re.sub(r"(^|; )row (\d+)(?=[ :;]|$)", r"\1\2行目", cell)
    for state in State:
        said = re.sub(rf": {re.escape(state.said.en)}(?=; |$)", f": {state.said.ja}", said)
    return said
