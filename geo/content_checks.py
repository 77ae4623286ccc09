"""What is wrong with the plan's content: ids, years, themes and zones that do not fit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import pandas as pd

from .checks import unknown_ids
from .content_columns import ZONE
from .errors import did_you_mean
from .findings import Finding, Kind, Severity, named, of_rows
from .goals import check_goals
from .layers import ID_COLUMN, WORDS, Layer
from .partition import Partition
from .plan import Role
from .words import Text
from .years import year


def check_layer(
    layer: Layer, partitions: Mapping[str, Partition], themes: Sequence[str]
) -> Iterator[Finding]:
    """Rows of the plan's content that would be on no page, or that contradict themselves.

    `themes` are the ids of all themes, in the order of their files.
    """
    yield from _wordless(layer)
    layer = replace(layer, table=layer.table[~layer.wordless])
    table = layer.table
    wards = next((one for one in partitions.values() if one.role is Role.WARD), None)
    if wards is not None and "ward_code" in table:
        may_be_empty = layer.type == "cases"
        yield from unknown_ids(layer.where, table["ward_code"], wards, may_be_empty=may_be_empty)
    zones = partitions.get(layer.of or "")
    if layer.type in ("items", "flags") and zones is not None:
        yield from unknown_ids(layer.where, table["zone_id"], zones)
    if layer.type == "goals":
        yield from check_goals(table, layer.where)
    if layer.type == "items":
        yield from _themes(layer, themes)
        yield from _years(layer)
    if layer.type == "cases":
        yield from _zones_of_cases(layer, partitions)


def _wordless(layer: Layer) -> Iterator[Finding]:
    """Rows without their text: a list of districts that waits to be filled in, or a slip."""
    empty = layer.table[layer.wordless]
    rows = empty.get(ZONE.get(layer.type, ("",))[0], pd.Series("", empty.index))
    column = f"{WORDS.get(layer.type)}_ja"
    what = Text("文のない行です", "these rows have no words")
    remedy = Text(
        f"列 {column} に書き入れてください。どこにも出ません",
        f"write them in the column {column}; until then the rows are shown nowhere",
    )
    yield from of_rows(rows, Kind.TEXT_MISSING, layer.where, what, remedy)


def check_ids(layers: Iterable[Layer]) -> Iterator[Finding]:
    """Ids that two rows of one type have: what is meant by one of them cannot be told."""
    seen: dict[str, dict[str, str]] = {}
    for layer in layers:
        column = ID_COLUMN.get(layer.type)
        if column is None or column not in layer.table:
            continue
        known, here, twice = seen.setdefault(layer.type, {}), dict[str, str](), list[str]()
        for row, id_ in layer.table[column].items():
            if first := here.get(id_) or known.get(id_):
                twice.append(f"row {row}: {id_} ({first})")
            elif id_:
                here[id_] = f"row {row}"
        known |= {id_: f"{layer.where} {row}" for id_, row in here.items()}
        if twice:
            what = Text(
                "同じ ID が前の行（かっこ内）にもあります",
                "these ids stand already on the rows in brackets",
            )
            remedy = Text("1つずつ違う ID にしてください", "give every row an id of its own")
            yield _finding(layer, Kind.ID_REPEATED, twice, what, remedy)


def _rows(cells: pd.Series) -> list[str]:
    """Rows of the file with what is wrong in them: `row 2: 77`."""
    return [f"row {row}: {cell}" for row, cell in cells.items()]


def _finding(layer: Layer, kind: Kind, place: list[str], what: Text, remedy: Text) -> Finding:
    amount, severity = float(len(place)), Severity.ERROR
    return Finding(kind, severity, layer.where, named(place), what, remedy, amount, "rows")


def _themes(layer: Layer, themes: Sequence[str]) -> Iterator[Finding]:
    each = layer.table["themes"].str.split(";").explode().str.strip()
    strangers = each[(each != "") & ~each.isin(themes)]
    if len(strangers):
        what = Text("テーマの表にない番号です", "these are no themes of the table of themes")
        known = did_you_mean("", themes)
        remedy = Text(
            f"番号を直すか、空欄に。{known.ja}", f"correct the ids or leave them out; {known.en}"
        )
        yield _finding(layer, Kind.THEME_UNKNOWN, _rows(strangers), what, remedy)


def _years(layer: Layer) -> Iterator[Finding]:
    """Years that are none, and spans that end before they start; a missing year is no fault."""
    unread, reversed_ = [], []
    for row, cells in layer.table[["start_year", "end_year"]].iterrows():
        try:
            start, end = (year(cell) for cell in cells)
        except ValueError:
            unread.append(f"row {row}: {' – '.join(cells)}")
            continue
        if start is not None and end is not None and start > end:
            reversed_.append(f"row {row}: {start} – {end}")
    if unread:
        what = Text("年として読めません", "these are no years")
        remedy = Text(
            "2024 か 令和6年度 のように書くか、空欄にしてください",
            "write years like 2024 or 令和6年度, or leave them empty",
        )
        yield _finding(layer, Kind.YEARS_DOUBTFUL, unread, what, remedy)
    if reversed_:
        what = Text("終わりの年が始まりの年より前です", "the end lies before the start")
        remedy = Text("どちらかの年を直してください", "correct one of the two years")
        yield _finding(layer, Kind.YEARS_DOUBTFUL, reversed_, what, remedy)


def _zones_of_cases(layer: Layer, partitions: Mapping[str, Partition]) -> Iterator[Finding]:
    """Cases of zones that are not there, of their own partition or, if it names none, of any."""
    zones = layer.table["zone_id"][layer.table["zone_id"] != ""]
    kind, severity = Kind.ROW_WITHOUT_ZONE, Severity.ERROR
    if "partition" not in layer.table:
        known = {id_ for one in partitions.values() for id_ in one.zones.index}
        what = Text("どの区域区分の区域でもありません", "these are zones of no partition")
        remedy = Text(
            "ID を直すか、列 partition か計画の of に区域区分の key を書いてください",
            "correct the id, or name the partition in a column “partition” or as of in the plan",
        )
        strangers = zones[~zones.isin(known)]
        yield from of_rows(strangers, kind, layer.where, what, remedy, severity)
        return
    for key, rows in zones.groupby(layer.table["partition"], sort=False):
        if key in partitions:
            yield from unknown_ids(layer.where, rows, partitions[str(key)])
        else:
            what = Text(f"区域区分「{key}」はありません", f"no partition is called “{key}”")
            remedy = did_you_mean(str(key), partitions)
            yield from of_rows(rows, kind, layer.where, what, remedy, severity)
