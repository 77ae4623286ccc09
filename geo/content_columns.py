"""The columns of content tables: what offices call them, and what their cells say.

A table that somebody keeps in Excel needs no other headers than it has: usual Japanese ones are
known, what is not needed may be missing, and a zone may be named instead of its id.
"""

from __future__ import annotations

import re

import pandas as pd

from .cells import plain
from .goals import kind_of
from .header import Column
from .names import fold
from .partition import Partition
from .plan import CITY

#: What a table of each type must hold, and what it may call it.
NEEDED: dict[str, dict[str, tuple[str, ...]]] = {
    "themes": {
        "theme_id": ("テーマID", "テーマ番号", "番号"),
        "name_ja": ("テーマ", "テーマ名", "名称"),
    },
    "goals": {
        "kind": ("種別", "区分"),
        "text_ja": ("内容", "目標・方針", "目標", "方針"),
    },
    "items": {"text_ja": ("重点取組項目", "取組項目", "項目", "取組", "取組内容", "内容")},
    "flags": {"text_ja": ("理由", "内容")},
    "marks": {
        "id": ("item_id", "項目ID", "項目番号", "goal_id"),
        "year": ("年度", "年", "評価年度"),
    },
    "cases": {
        "title_ja": ("取組事例", "事例", "題名", "名称"),
        "place_kind": ("場所の種類", "場所の種別"),
        "place_ja": ("場所", "場所の名前", "所在"),
    },
}
#: What it may hold.
MORE: dict[str, dict[str, tuple[str, ...]]] = {
    "themes": {"name_en": ("英語名",)},
    "goals": {"number": ("番号", "順番"), "text_en": ("英語",)},
    "items": {
        "item_id": ("項目ID", "項目番号", "番号", "ID"),
        "text_en": ("英語",),
        "themes": ("テーマ", "テーマ番号"),
        "start_year": ("開始年度", "開始年", "開始"),
        "end_year": ("終了年度", "終了年", "終了"),
        "who_ja": ("実施主体", "主体", "担い手", "だれが", "担当"),
        "who_en": (),
        "note_ja": ("備考", "note"),
        "note_en": (),
    },
    "flags": {"text_en": ("英語",)},
    "marks": {
        "mark": ("評価",),
        "target": ("目標", "目標値"),
        "actual": ("実績", "実績値"),
        "note_ja": ("備考",),
        "note_en": (),
    },
    "cases": {
        "case_id": ("事例ID", "事例番号", "番号", "ID"),
        "title_en": (),
        "partition": ("区域区分",),
        "zone_id": ("地区ID", "地区", "地区名", "地区部会"),
        "place_en": (),
        "photo": ("写真",),
        "photo_ja": ("写真の説明",),
        "photo_en": (),
        "link": ("リンク", "URL"),
        "lon": ("経度",),
        "lat": ("緯度",),
        "note_ja": ("備考",),
        "note_en": (),
    },
}
#: The column that names the zone of a row, unless all of the layer is of the city.
ZONE: dict[str, tuple[str, tuple[str, ...]]] = {
    "goals": ("ward_code", ("区コード", "区", "区名")),
    "items": (
        "zone_id",
        ("地区ID", "地区コード", "地区", "地区名", "地区部会", "区域", "区", "区名"),
    ),
    "flags": (
        "zone_id",
        ("地区ID", "地区コード", "地区", "地区名", "地区部会", "区域", "区", "区名"),
    ),
    "cases": ("ward_code", ("区コード", "区", "区名")),
}
#: Columns that a type has even where its file has not: empty cells.
FILLED = {
    "themes": ("name_en",),
    "goals": ("number", "text_en"),
    "items": ("text_en", "themes", "start_year", "end_year"),
    "flags": ("text_en",),
    "cases": ("title_en", "zone_id"),
}
#: What stands between the themes of an item.
_BETWEEN = re.compile(r"\s*[;；,，、・]\s*")

#: The kinds of places of cases (:class:`geo.cases.Place`) as tables write them.
PLACE_KINDS: dict[str, str] = {
    word: kind
    for kind, words in {
        "point": "point 地点 点 施設",
        "area": "area 区域 地区 区域(地区) 地区(区域) 圏域 エリア",
        "small_area": "small_area 区域より狭い範囲 地区より狭い範囲 区域より小さい区域 "
        "地区より小さい区域 区域より小さい範囲 地区より小さい範囲 狭い範囲",
        "none": "none なし 場所なし 場所の指定なし 特定の場所なし 指定なし",
    }.items()
    for word in words.split()
}


def columns(type_: str, of: str | None) -> list[Column]:
    """What to look for in a table of a type; what is `of` the city need not name a zone."""
    zone = dict([ZONE[type_]]) if type_ in ZONE and of != CITY else {}
    return [
        *(Column(key, (key, *names)) for key, names in (zone | NEEDED[type_]).items()),
        *(Column(key, (key, *names), optional=True) for key, names in MORE[type_].items()),
    ]


def completed(table: pd.DataFrame, type_: str, key: str) -> pd.DataFrame:
    """The table with every column that its type has, its cells written in one way.

    Items and cases without a column of ids get the key of their layer and their row for an id.
    """
    table = table.assign(**{name: "" for name in FILLED.get(type_, ()) if name not in table})
    own = {"items": "item_id", "cases": "case_id"}.get(type_)
    if own and own not in table:
        table = table.assign(**{own: [f"{key}-{row}" for row in table.index]})
    if type_ == "items":
        table = table.assign(
            themes=table["themes"].str.strip().str.replace(_BETWEEN, ";", regex=True)
        )
    if type_ == "cases":
        table = table.assign(place_kind=table["place_kind"].map(place_kind))
    if type_ == "goals":
        table = table.assign(kind=table["kind"].map(kind_of))
    return table


def place_kind(cell: str) -> str:
    """The kind of a place as cases write it; a word that is none stays as it is typed.

    >>> place_kind("区域（地区）"), place_kind("Small area"), place_kind("なし"), place_kind("町")
    ('area', 'small_area', 'none', '町')
    """
    word = "_".join(plain(cell).lower().replace("-", " ").split())
    return PLACE_KINDS.get(word, cell)


def zone_ids(written: pd.Series, zones: Partition) -> pd.Series:
    """Ids of zones, where a cell has the id or the name of one in any width of letters.

    What is none stays as it is typed, and so does the name of two zones.

    >>> import geopandas as gpd
    >>> frame = gpd.GeoDataFrame({"name": ["松ケ丘", "本町", "本町"]}, index=["1", "2", "3"])
    >>> from .plan import Role
    >>> from .words import same
    >>> zones = Partition("d", same("d"), Role.DISTRICT, frame)
    >>> zone_ids(pd.Series(["松ヶ丘", "２", "本町", "", "x"]), zones).tolist()
    ['1', '2', '本町', '', 'x']
    """
    names, ids = zones.zones["name"].astype(str), zones.zones.index.to_series()
    # What stands later counts more: an id before a name, both as they are spelled before any form.
    known = _alone(names.map(fold)) | _alone(names) | _alone(ids.map(plain)) | _alone(ids)

    def meant(cell: str) -> str:
        forms = (cell, plain(cell), fold(cell))
        return next((known[form] for form in forms if form and form in known), cell)

    return written.map(meant)


def _alone(names: pd.Series) -> dict[str, str]:
    """The id by each name that only one zone has."""
    alone = names[~names.duplicated(keep=False)]
    return dict(zip(alone, alone.index.astype(str), strict=True))
