"""Grid → DataFrame of text: what is refused, and what a reader of the file would not expect.

A row keeps its number in the file. Too many cells, a cell without its value and a figure in merged
cells stop the work; rows that are too short, hidden or left out, and text that was broken before
it came here, are findings.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

import pandas as pd

from .errors import DataError
from .findings import Finding, Kind, Report, Severity
from .grid import Grid, Span, letters
from .header import Column, Header
from .words import Text, same

Rows = dict[int, tuple[str, ...]]

_JAPANESE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uff01-\uff5e]")
#: A sign that could not be read, or one that only its maker's computer can show (外字).
_NO_LETTER = re.compile("[\ufffd\ue000-\uf8ff]")
#: What every other Japanese letter looks like after UTF-8 was read as CP932.
_BROKEN = frozenset("縺繧繝")


def frame(grid: Grid, header: Header, columns: Sequence[Column], report: Report) -> pd.DataFrame:
    """The rows of `grid` below `header`; see :func:`geo.tabular.read_columns`."""
    named = _named(grid, header, columns)
    rows = {number: row for number, row in grid.rows.items() if number > header.last_row}
    rows = _without_captions(grid, rows, list(named), report)
    width = len(header.names)
    if grid.ragged:
        _refuse_long(grid, rows, width)
        _say_short(grid, rows, width, report)
    _refuse_faults(grid, rows, {i for i, name in enumerate(header.names) if name})
    _refuse_merged(grid, rows, [i for i, column in named.items() if column.figure])
    keys = _keys(header, {i: column.key for i, column in named.items()})
    cells = [(*row, *("",) * (width - len(row)))[:width] for row in rows.values()]
    kept = [i for i, name in enumerate(header.names) if name or any(row[i] for row in cells)]
    index = pd.Index(list(rows), name="row", dtype="int64")
    table = pd.DataFrame(
        [[row[i] for i in kept] for row in cells],
        index=index, columns=[keys[i] for i in kept], dtype=str,
    )  # fmt: skip
    _say_hidden(grid, report)
    _say_broken(grid, table, report)
    return table


def _named(grid: Grid, header: Header, columns: Sequence[Column]) -> dict[int, Column]:
    """The place of each column asked for. One that is there twice is refused."""
    named: dict[int, Column] = {}
    for column in columns:
        places = header.places(column)
        if len(places) > 1 and not column.optional:
            name, where = header.lowest[places[0]], "、".join(map(letters, places))
            what = Text(
                f"列「{name}」が{len(places)}つあります（{where}）",
                f"there are {len(places)} columns “{name}” ({where})",
            )
            remedy = Text("どれか1つに別の名前を付けてください", "give each a name of its own")
            raise DataError(grid.where, what, remedy)
        if places:
            named.setdefault(places[0], column)
    return named


def _keys(header: Header, keys: dict[int, str]) -> list[str]:
    """A name for every column, each another: names that meet get the letter of their column."""
    taken = Counter([*keys.values(), *(n for i, n in enumerate(header.names) if i not in keys)])
    return [
        keys.get(i, name if name and taken[name] == 1 else f"{name} [{letters(i)}]".strip())
        for i, name in enumerate(header.names)
    ]


def _without_captions(grid: Grid, rows: Rows, named: Sequence[int], report: Report) -> Rows:
    """The rows without those that are one merged cell over all columns asked for: notes."""

    def is_caption(span: Span) -> bool:
        return span.left < span.right and all(span.left <= i <= span.right for i in named)

    captions = [span for span in grid.spans if is_caption(span) and span.top in rows]
    out = {row for span in captions for row in range(span.top, span.bottom + 1)} & rows.keys()
    if out and named:
        what = Text(
            "列をまたいで結合された行は、注記とみなして読みませんでした",
            "rows merged across the columns were taken for notes and not read",
        )
        remedy = Text("データなら結合を解いてください", "if they are data, unmerge them")
        place = tuple(f"row {row}" for row in sorted(out))
        report(Finding(Kind.ROW_LEFT_OUT, Severity.NOTE, grid.name, place, what, remedy))
        return {number: row for number, row in rows.items() if number not in out}
    return rows


def _refuse_long(grid: Grid, rows: Rows, width: int) -> None:
    long = [(number, len(row)) for number, row in rows.items() if any(row[width:])]
    if long:
        more = " …" if len(long) > 5 else ""
        ja = "、".join(f"{number}行目は{cells}個" for number, cells in long[:5])
        en = ", ".join(f"line {number} has {cells}" for number, cells in long[:5])
        what = Text(
            f"表として読めません（列名は{width}個、{ja}{more}）",
            f"not a table (there are names for {width} cells, {en}{more})",
        )
        remedy = Text("各行の列の数を確かめてください", "check the number of cells per row")
        raise DataError(grid.where, what, remedy)


def _say_short(grid: Grid, rows: Rows, width: int, report: Report) -> None:
    short = tuple(f"line {number}" for number, row in rows.items() if len(row) < width)
    if short:
        what = Text("列の数が足りない行があります", "these lines have too few cells")
        remedy = Text(
            "足りない分は空欄としました。区切りの抜けがないか確かめてください",
            "the rest was taken as empty; see whether a comma is missing",
        )
        finding = (Kind.ROW_SHORT, Severity.WARNING, grid.name, short)
        report(Finding(*finding, what, remedy, float(len(short)), "rows"))


def _refuse_faults(grid: Grid, rows: Rows, named: set[int]) -> None:
    """A cell without its value stops the work, in any column that has a name."""
    faults = [
        (grid.cell(row, column), fault)
        for (row, column), fault in sorted(grid.faults.items())
        if row in rows and column in named
    ]
    if faults:
        more = " …" if len(faults) > 5 else ""
        said = [(cell, _FAULTS.get(fault, same(fault))) for cell, fault in faults[:5]]
        ja = "、".join(f"{cell} {fault.ja}" for cell, fault in said)
        en = ", ".join(f"{cell} {fault.en}" for cell, fault in said)
        what = Text(f"値のないセルがあります（{ja}{more}）", f"cells have no value ({en}{more})")
        remedy = Text(
            "Excel で開いて数式を直し、保存しなおしてください",
            "open it in Excel, mend the formulas and save it again",
        )
        raise DataError(grid.where, what, remedy)


_FAULTS = {"=": Text("未計算の数式", "a formula that was never calculated")}


def _refuse_merged(grid: Grid, rows: Rows, figures: Sequence[int]) -> None:
    """A figure in merged cells is one figure: repeated into each of them it would count twice."""
    for span in grid.spans:
        if span.top in rows and any(span.left <= i <= span.right for i in figures):
            cells = f"{grid.cell(span.top, span.left)}:{letters(span.right)}{span.bottom}"
            what = Text(
                f"結合されたセル {cells} に1つの数があります",
                f"one figure stands in the merged cells {cells}",
            )
            remedy = Text(
                "結合を解いて、行ごとの数を書いてください",
                "unmerge them and give each row a figure of its own",
            )
            raise DataError(grid.where, what, remedy)


def _say_hidden(grid: Grid, report: Report) -> None:
    if grid.hidden:
        what = Text(
            "非表示の行・列があり、それらも読みました", "rows or columns are hidden; they were read"
        )
        remedy = Text("読むべきでないなら消してください", "delete them if they should not be")
        report(Finding(Kind.ROW_HIDDEN, Severity.NOTE, grid.name, grid.hidden, what, remedy))


def _say_broken(grid: Grid, table: pd.DataFrame, report: Report) -> None:
    broken = tuple(
        f"row {row} {column}"
        for column in table.columns
        for row, cell in zip(table.index, table[column], strict=True)
        if not cell.isascii() and is_broken(cell)
    )
    if broken:
        what = Text("文字化けしたセルがあります", "the text of these cells is broken (mojibake)")
        remedy = Text("元の表からとりなおしてください", "take it again from the original table")
        finding = (Kind.TEXT_DOUBTFUL, Severity.ERROR, grid.name, broken)
        report(Finding(*finding, what, remedy, float(len(broken)), "cells"))


def is_broken(cell: str) -> bool:
    """Whether a text was read in a wrong encoding before it was written, or has 外字.

    >>> is_broken("縺ゅ＞"), is_broken("弁天１丁目"), is_broken("ﾆｼ")
    (True, False, False)
    """
    if _NO_LETTER.search(cell) or len(_BROKEN.intersection(cell)) > 1:
        return True
    try:
        again = cell.encode("cp932").decode("utf-8")
    except UnicodeError:
        return False
    return bool(_JAPANESE.search(again))
