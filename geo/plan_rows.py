"""The rows of plan.toml as they were read, and the faults that many of them can have.

Faults that need the whole plan are looked for in the file as read, not in its models, so that none
hides another.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .errors import UsageError, did_you_mean
from .words import Text

Rows = list[tuple[str, dict[str, Any]]]

#: The keys that make a partition of towns.
OF_TOWNS = {"town_list", "town_table", "town_column"}

COMPARABLE = Text(
    "町丁目ではない、別々の区域区分を選んでください", "choose different partitions, not of towns"
)


def rows_in(table: dict[str, Any], key: str, where: str = "") -> Rows:
    """The tables of an array of tables, each with its place: `[("layer[0]", {...}), ...]`."""
    array = table.get(key)
    rows = enumerate(array) if isinstance(array, list) else ()
    return [(f"{where}{key}[{i}]", row) for i, row in rows if isinstance(row, dict)]


def tables_in(rows: Rows, *keys: str) -> Rows:
    """The tables in those of `rows` that have one, with their places."""
    return [
        (f"{where}.{key}", row[key])
        for where, row in rows
        for key in keys
        if isinstance(row.get(key), dict)
    ]


def counts_in(layers: Rows) -> Rows:
    """The counts of the towns, in all layers of counts."""
    found = [(where, row) for where, row in layers if row.get("type") == "counts"]
    return [count for where, row in found for count in rows_in(row, "count", f"{where}.")]


def parts_in(partitions: Rows) -> Rows:
    """The rules for parts of towns in all area texts."""
    return [
        part
        for where, row in partitions
        if isinstance(row.get("town_list"), dict)
        for part in rows_in(row["town_list"], "part", f"{where}.town_list.")
    ]


def schemes_in(declared: dict[str, Any]) -> Rows:
    """The schemes of marks, each with its place and its key."""
    found = declared.get("scheme")
    schemes = found.items() if isinstance(found, dict) else ()
    return [(f"scheme.{key}", one | {"key": key}) for key, one in schemes if isinstance(one, dict)]


def words_in(value: object) -> list[str]:
    """The words of a field that holds one or a list of them."""
    values = value if isinstance(value, list) else [value]
    return [word for word in values if isinstance(word, str)]


def doubles(rows: Rows) -> Iterator[UsageError]:
    """Keys that two of the rows have."""
    seen: set[object] = set()
    for where, row in rows:
        key = row.get("key")
        if isinstance(key, str) and key in seen:
            what = Text(f"key「{key}」が2度使われています", f"the key “{key}” is used twice")
            remedy = Text("別の key にしてください", "give one of them another key")
            yield UsageError(f"{where}.key", what, remedy)
        seen.add(key if isinstance(key, str) else None)


def not_among(
    known: list[str], where: str, row: dict[str, Any], field: str
) -> Iterator[UsageError]:
    """The keys in a field of a row that are none of those known."""
    for key in words_in(row.get(field)):
        if key not in known:
            what = Text(f"「{key}」は定義されていません", f"“{key}” is not defined anywhere")
            yield UsageError(f"{where}.{field}", what, did_you_mean(key, known))


def taken(where: str, key: str) -> UsageError:
    """A key that would be a column of tables that there is already."""
    what = Text(f"「{key}」は表の列の名前です", f"“{key}” is a column of the tables")
    return UsageError(where, what, Text("別の key にしてください", "give it another key"))


def misfit(where: str, which: str) -> UsageError:
    """Keys that are right one by one, but do not fit together: which of :data:`MISFITS`."""
    what = Text("組み合わせが正しくありません", "the keys do not fit together")
    return UsageError(where, what, MISFITS[which])


def no_wards(where: str) -> UsageError:
    """A page or sheet of wards in a plan that has none."""
    what = Text("区の区域区分がありません", "no partition has the role ward")
    remedy = Text('role = "ward" の区域区分を加えてください', 'add one of role "ward"')
    return UsageError(f"{where}.type", what, remedy)


MISFITS: dict[str, Text] = {
    "no_of": Text(
        'of に区域区分の key か "city" を書いてください（marks では、評価するレイヤの key）',
        'write of: the key of a partition or "city" (of marks: the key of the layer marked)',
    ),
    "no_scheme": Text(
        "scheme に評価の基準の key を書いてください", "write scheme: the key of a [scheme.KEY]"
    ),
    "scheme": Text('scheme は type = "marks" に書いてください', "only marks have a scheme"),
    "shapes": Text(
        '内容のレイヤの shapes は type = "cases" に書いてください', "only cases have shapes"
    ),
    "goals": Text(
        '目標は区（role = "ward"）か "city" のものにしてください',
        'goals are of the wards (role "ward") or of "city"',
    ),
    "zone": Text(
        "zone を書くときは、of に区域区分の key も書いてください",
        "give zone together with of, the key of a partition",
    ),
    "marks": Text(
        "mark の key は1つずつ違うものにしてください", "give every mark a key of its own"
    ),
    "thresholds": Text(
        "最後を除くすべての mark に、least（以上）か above（超）を、大きい順に書いてください"
        "（どれにも書かなければ、計算しない評価）",
        "give every mark but the last either least or above, the highest first, or none to any",
    ),
    "period": Text("period は [始まりの年, 終わりの年] です", "period is [first year, last year]"),
    "by_points": Text(
        "点には、file（経度・緯度の表）か shapes（図形のファイル）のどちらかだけを書き、"
        "mesh と beyond は書かないでください",
        "give points either a file (a table with longitude and latitude) or shapes, and neither "
        "mesh nor beyond",
    ),
    "by_mesh": Text(
        "メッシュには、file・mesh（コードの列）・weight（人口などの列）を書き、"
        "lon・lat・shapes は書かないでください",
        "give mesh a file with the columns mesh (codes) and weight (residents), and no lon, lat or "
        "shapes",
    ),
    "part": Text(
        "share（割合）か boundary（図形）のどちらか1つを書いてください",
        "give either the share of the town or a boundary with the part drawn",
    ),
    "outlines": Text(
        "clean_m と snap は、boundary のある区域区分に書いてください",
        "clean_m and snap are for partitions with a boundary",
    ),
    "snap": Text(
        "to には町丁目か、snap のない別の区域区分を書いてください。町丁目に snap は書けません",
        "snap to the towns, or to another partition that is not snapped itself; towns stay",
    ),
    "units": Text(
        "役割 units の区域区分には boundary を書き、town_list などは書かないでください",
        "a partition with role units has a boundary and no town_list, town_table or town_column",
    ),
    "mismatch": Text(
        "mismatch には centres（比べる区域区分）も書いてください",
        "give mismatch together with centres, the partition to compare with",
    ),
    "zones": Text(
        "boundary か、town_list・town_table・town_column のうち1つを書いてください",
        "give a boundary, or one of town_list, town_table, town_column",
    ),
    "per": Text(
        "率（rate）には per に分母の key を書き、総数（total）には書かないでください",
        "give a rate the key of its denominator in per, and a total none",
    ),
    "by_zone": Text(
        "id に区域の ID の列を書き、mesh と beyond は書かないでください",
        "name the column with the ids of the zones in id, and give neither mesh nor beyond",
    ),
    "by_code": Text(
        "mesh に地域メッシュのコードの列を書き、id は書かないでください",
        "name the column with the codes of the grid in mesh, and give no id",
    ),
    "share_rate": Text(
        "率（rate）は per の総数で平均するので、weight は書かないでください",
        "a rate is averaged by the total in per: give it no weight",
    ),
    "table_id": Text(
        "file と id は一緒に書いてください（どちらもなければ町丁目の境界ファイルの列）",
        "give file and id together (neither: columns of the towns' boundary file)",
    ),
    "lon_lat": Text(
        "lon と lat は一緒に書いてください（どちらもなければ、よくある列名から探します）",
        "give lon and lat together (neither: columns with the usual names)",
    ),
}
