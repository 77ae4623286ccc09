"""The column dictionary: what every column of every table means, and its unit.

A meaning begins with what heads the column in a workbook. What explains it stands behind: in
Japanese in brackets that are long or have a colon in them, in English after a semicolon.
"""

from __future__ import annotations

import re

from .words import Text, same

#: What a column means, and its unit ("": none).
Meaning = tuple[Text, str]

#: Units as headers show them; those of the plan's counts stand in their titles.
_SIGNS = {"m2": same("m²"), "m": same("m"), "people": Text("人", "people")}

#: What each column means, and its unit.
COLUMNS: dict[str, Meaning] = {
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
            "how it was computed; by_towns: added up town by town; by_shares: the same, parts by "
            "stated shares; by_area: borders intersected",
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
        Text("動かす区域区分（both: 両方）", "partition that changes; both: either of the two"),
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
            "whether it is needed; required: as few splits cost more without it; optional: they do "
            "not; or unknown",
        ),
        "",
    ),
    "measure": (Text("指標（measures.csv の列）", "measure: a column of measures.csv"), ""),
    "before": (Text("今", "today"), ""),
    "after": (Text("案", "under the proposal"), ""),
    "people_before": (Text("今の住民", "people today"), "people"),
    "people_after": (Text("案の住民", "people under the proposal"), "people"),
    "load_before": (Text("今の負担", "load today"), "load"),
    "load_after": (Text("案の負担", "load under the proposal"), "load"),
    "load": (Text("負担（職員の数のもと）", "load: what staff is for"), "load"),
    "least": (Text("負担の下限", "least load allowed"), "load"),
    "most": (Text("負担の上限（空欄: なし）", "most load allowed; empty: any"), "load"),
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
    "weight": (Text("何で量るか（数の key か area_m2: 面積）", "what is weighed"), ""),
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
    "severity": (
        Text("重さ（error: 誤り、warning: 注意、note: 参考）", "error, warning or note"),
        "",
    ),
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


def heading(meaning: Meaning) -> Text:
    """What heads a column of this meaning, with its unit.

    >>> heading((Text("負担の上限（空欄: なし）", "most load allowed; empty: any"), ""))
    Text(ja='負担の上限', en='most load allowed')
    >>> heading((Text("面積", "area"), "m2"))
    Text(ja='面積（m²）', en='area (m²)')
    """
    text, unit = meaning
    ja = re.sub(r"（([^（）]*[:：][^（）]*|[^（）]{16,})）$", "", text.ja)
    en = text.en.partition(";")[0]
    if unit in _SIGNS:
        sign = _SIGNS[unit]
        return Text(f"{ja}（{sign.ja}）", f"{en} ({sign.en})")
    return Text(ja, en)
