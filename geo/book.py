"""The workbooks: `overlaps.xlsx` with the tables of a build, `align.xlsx` with its proposals.

Any table comes in by itself. Left out is what a reader of the workbook finds on another sheet: the
long lists of towns (their zones stand side by side on one), and of proposals all but the moves.
Codes stand as words; what is the same all down a column stands on the front sheet.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd

from . import cover, phrases
from .book_kinds import kinds
from .book_words import spoken
from .cutting import OUTSIDE
from .excel import NAME_UNITS, ROWS
from .partition import Partition
from .plan import Role
from .proposal_tables import RULES, statements
from .study import Study
from .table import Table
from .tables import meanings_in, once
from .words import Text
from .worksheet import Sheet, fits, sheet_of

#: What sheets hold, in their order, by how the names of their tables begin.
HOLDS = {
    "towns": Text("町丁目が、それぞれの区域区分でどこに入るか", "The zones that each town lies in"),
    "list_": Text("区域の面積と人数", "Area and people of each zone"),
    "crosswalk_": Text(
        "どこでどれだけ重なるか（面積と人数）", "Where they overlap: land and people"
    ),
    "measures": Text("全体でどれだけ分かれているか", "How far all zones are split"),
    "sensitivity": Text("細い重なりの基準を変えたとき", "The same for other widths of slivers"),
    "zones": Text("区域ごとに、どれだけ分かれているか", "How far each zone is split"),
    "parts": Text("区域に一部だけ入る町丁目", "Towns of which a zone holds a part"),
    "align_front": Text(
        "残る分割の数ごとに、少なくとも何人の区域が変わるか",
        "For every number of splits that remain, the least that would move",
    ),
    "align_moves": Text("提案で区域が変わる町丁目", "Towns that change zones under the proposals"),
    "align_measures": Text(
        "提案で、全体の分かれ方がどう変わるか", "How far zones are split, today and then"
    ),
    "align_loads": Text(
        "提案での区域ごとの人数と負担", "People and load of each zone under the proposals"
    ),
    "align_reasons": Text(
        "提案の後も分かれている区域と、その理由", "Zones that stay split, and why"
    ),
    "items": Text("重点取組項目", "Priority items"),
    "goals": Text("目標・方針・視点", "Goals, policies and viewpoints"),
    "flags": Text("重点取組地区など", "Districts that are flagged"),
    "cases": Text("取組事例", "Case studies"),
    "marks": Text("年ごとの評価", "Marks by year"),
    "indicators_": Text("指標の値と、それが表す人の割合", "Indicators, and the people they cover"),
    "period_": Text("2つの時期で変わったこと", "What changed between two periods"),
    "points_": Text("施設が入る区域", "The zones that facilities lie in"),
    "": Text("", ""),
    "repairs": Text("直した境界", "Borders that were mended"),
    "findings": Text("データの注意点と、どうすればよいか", "Faults of the data, and what to do"),
    "columns": Text("CSV の列の意味と単位", "What each column of the CSVs means"),
}
#: What `overlaps.xlsx` says of the only table of proposals that it has.
MOVES = Text(
    "提案で区域が変わる町丁目（ほかの表は align.xlsx）",
    "Towns that change zones under the proposals; their other tables are in align.xlsx",
)
#: Columns of sources: the front sheet names them all.
SOURCES = {"source_ja", "source_en"}
#: How to see the columns that stand folded.
FOLDED: cover.Said = (
    Text("折りたたんだ列", "Folded columns"),
    Text(
        "文の英語の列と出典の列は折りたたんであり、印刷されません。列の上の［＋］で開きます。",
        "Columns of English texts and of sources stand folded and are not printed; [+] above them "
        "unfolds them.",
    ),
)
#: The front sheet says these.
ON_THE_FRONT = ["way", "weighting", "sliver_width_m", "sliver_min_share", "sliver_min_people"]
#: Columns that say which row it is, besides those of names.
NAMES = {"name", "where"}


def overlaps(study: Study, made: Sequence[Table]) -> bytes:
    """`overlaps.xlsx`: the tables of a build, as :func:`geo.tables.tables` made them."""
    from . import spreadsheet  # It takes a while to import, and only workbooks need it.

    tables = sorted(_chosen(study, made), key=_place)
    holds = HOLDS | {"align_moves": MOVES}
    sheets = [_sheet(study, table, holds) for table in tables if fits(table.frame)]
    left_out = [_told(table) for table in tables if not fits(table.frame)]
    behind = [*left_out, FOLDED, *cover.rules(study), *cover.sources(study)]
    return spreadsheet.workbook(sheets, front=cover.about(study), behind=behind)


def proposals(study: Study, made: Sequence[Table]) -> bytes:
    """`align.xlsx`: the tables of proposals, as :mod:`geo.proposal_tables` made them."""
    from . import spreadsheet  # It takes a while to import, and only workbooks need it.

    assert study.proposals is not None  # noqa: S101  (the caller has asked)
    sheets = [_sheet(study, table) for table in made if table.name != RULES]
    load = study.plan.realign and study.plan.realign.load
    why = load.why if load else None
    front = cover.about(study)
    if why:
        front.append((Text("負担の割合の根拠", "Where the share comes from"), why))
    behind = [FOLDED, *statements(study.proposals), *cover.sources(study)]
    return spreadsheet.workbook(sheets, front=front, behind=behind)


def _place(table: Table) -> int:
    return list(HOLDS).index(_begin(table))


def _begin(table: Table) -> str:
    """The key of a table in :data:`HOLDS`."""
    return next((begin for begin in HOLDS if begin and table.name.startswith(begin)), "")


def _chosen(study: Study, made: Sequence[Table]) -> list[Table]:
    """The tables that become sheets; those of zones one below the other."""
    towns = study.with_role(Role.UNITS)
    long = {f"crosswalk_{a}_{b}.csv" for a, b in once(study) if towns and towns.key in (a, b)}
    zones = {f"zones_{left}_{right}.csv": (left, right) for left, right in study.zones}
    kept = [
        table
        for table in made
        if table.name not in long | zones.keys()
        and (not table.name.startswith("align_") or table.name == "align_moves.csv")
    ]
    frames = [
        table.frame.assign(left=zones[table.name][0], right=zones[table.name][1])
        for table in made
        if table.name in zones
    ]
    if frames:
        rows = pd.concat(frames, ignore_index=True)
        rows = rows[["left", "right", *rows.columns.drop(["left", "right"])]]
        kept.append(Table("zones.csv", Text("区域ごとの分かれ方", "Zones split"), rows))
    return kept


def _sheet(study: Study, table: Table, holds: Mapping[str, Text] = HOLDS) -> Sheet:
    pairs = {f"crosswalk_{a}_{b}.csv": (a, b) for a, b in once(study)}
    title, note, frame = table.title, None, table.frame
    if table.name in pairs:
        left, right = (study.partitions[key] for key in pairs[table.name])
        title = Text(f"{left.title.ja} × {right.title.ja}", title.en)
        note = phrases.way(study, left, right)
        frame = _outside_named(frame, left, right)
    if table.name in pairs or table.name == "measures.csv":
        frame = frame.drop(columns=ON_THE_FRONT, errors="ignore")
    shown = replace(table, title=title, frame=spoken(study, table.name, frame))
    sheet = sheet_of(shown, meanings_in(shown, study))
    english = {name for name in map(str, frame.columns) if _twin(name) in frame.columns}
    folded = frozenset(english | (SOURCES & set(frame.columns)))
    told = replace(sheet, holds=holds[_begin(table)], note=note, tab=_tab(title.ja))
    by_row = kinds(table.name, table.frame)
    return replace(told, folded=folded, leads=_leads(table), by_row=by_row)


def _leads(table: Table) -> int:
    """How many columns at the beginning say which row it is: all of the key, with its name.

    >>> rows = pd.DataFrame(columns=["zone_id", "zone_name", "area_m2"])
    >>> _leads(Table("a.csv", Text("a", "a"), rows, key=("zone_id",)))
    2
    """
    names = [str(name) for name in table.frame.columns]
    last = max((names.index(name) for name in table.key), default=-1)
    if last < 0:
        named = [name for name in names if name.endswith("_name") or name in NAMES]
        last = names.index(named[0]) if named else -1
    named_too = names[last].replace("_id", "_name") in names[last + 1 : last + 2]
    return last + 1 + named_too


def _outside_named(frame: pd.DataFrame, left: Partition, right: Partition) -> pd.DataFrame:
    """A crosswalk that says of land in no zone that it is; its ids stay empty."""
    return frame.assign(
        **{
            f"{side}_name": frame[f"{side}_name"].mask(
                frame[f"{side}_id"] == OUTSIDE, f"（どの{one.title.ja}でもない）"
            )
            for side, one in (("left", left), ("right", right))
        }
    )


def _twin(column: str) -> str:
    """The column in Japanese beside a column in English; "" for any other."""
    return f"{column.removesuffix('_en')}_ja" if column.endswith("_en") else ""


def _tab(title: str) -> str:
    """A short name for a sheet; of a long title first what is special.

    >>> _tab("指標: 区ごと"), _tab("前の計画と今の計画の重点取組項目（記入例）: 地区ごとにみた項目")
    ('指標 区ごと', '地区ごとにみた項目 前の計画と今の計画の重点取組項目（記入例）')
    """
    of, _, special = title.partition(": ")
    long = len(title) > NAME_UNITS and special
    return f"{special} {of}" if long else title.replace(": ", " ")


def _told(table: Table) -> cover.Said:
    """That Excel has no room for a table, and where it is."""
    rows = len(table.frame)
    return table.title, Text(
        f"{rows:,}行あり、Excel のシート（{ROWS:,}行まで）に入りません。{table.name} にあります。",
        f"{rows:,} rows; a sheet of Excel has {ROWS:,}. It is in {table.name}.",
    )
