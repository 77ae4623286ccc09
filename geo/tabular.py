"""Table file (CSV or Excel) → DataFrame of text, with the number of each row in its file.

Everything stays text, so that ids keep their leading zeros and nothing missing becomes 0. Which
encoding, which sheet and which header are found where they are plain, and asked for where not.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from .errors import DataError, UsageError, did_you_mean
from .findings import Report, ignore
from .frame import frame
from .grid import Grid
from .header import Column, find_header, fold, no_such_column
from .textfile import read_text
from .words import Text
from .workbook import OLE, ZIP, read_workbook

#: Suffixes of workbooks; whatever else begins like one is one, too.
WORKBOOKS = frozenset({".xlsx", ".xlsm", ".xls"})


def read_table(
    path: Path,
    needed: Sequence[str] = (),
    *,
    encoding: str | None = None,
    sheet: str | None = None,
    figures: Sequence[str] = (),
    may_be_empty: bool = True,
    report: Report = ignore,
) -> pd.DataFrame:
    """The table in a CSV or Excel file with the columns `needed`, as :func:`read_columns` does.

    Those that are `figures` hold figures, which are refused in merged cells.
    """
    names = dict.fromkeys([*needed, *figures])
    columns = [Column(name, (name,), figure=name in figures) for name in names]
    return read_columns(
        path, columns, encoding=encoding, sheet=sheet, may_be_empty=may_be_empty, report=report
    )


def read_columns(
    path: Path,
    columns: Sequence[Column],
    *,
    encoding: str | None = None,
    sheet: str | None = None,
    may_be_empty: bool = True,
    report: Report = ignore,
) -> pd.DataFrame:
    """The table in a CSV or Excel file, as text.

    Parameters
    ----------
    path
        The file; its bytes say what it is.
    columns
        What to look for; the header is the first row that holds all but the optional ones.
    encoding
        Of a CSV, as declared; None finds out (UTF-8, UTF-16 with BOM, CP932).
    sheet
        Of a workbook, as declared; None takes the only visible one that holds the columns.
    may_be_empty
        Whether a header without rows is a table.
    report
        Told what is doubtful in the table.

    Returns
    -------
    DataFrame
        Index `row`: number of the row (or line) in the file. `columns` by their keys, the others by
        the names they have there; columns without a name that hold something are called ``[C]``.

    Raises
    ------
    UsageError
        If there is no such column or sheet, or several sheets fit.
    DataError
        If the file is not a table, or a cell or a column is not plain.
    """
    grid = _grid(path, columns, encoding, sheet)
    if not grid.rows:
        raise _nothing(str(path))
    header = find_header(grid, columns)
    if header is None:
        raise no_such_column(grid, columns)
    table = frame(grid, header, columns, report)
    if table.empty and not may_be_empty:
        what = Text("列名だけで、データの行がありません", "there are column names but no rows")
        raise DataError(grid.where, what, Text("行を書き加えてください", "add the rows"))
    return table


# --- which grid -----------------------------------------------------------------------------------


def _grid(path: Path, columns: Sequence[Column], encoding: str | None, sheet: str | None) -> Grid:
    where = str(path)
    try:
        data = path.read_bytes()
    except OSError as err:
        what = Text("ファイルを読めません", f"the file cannot be read ({err.strerror})")
        raise UsageError(where, what, Text("道筋を確かめてください", "check the path")) from err
    if not data:
        raise _nothing(where)
    if data.startswith((ZIP, OLE)) or path.suffix.lower() in WORKBOOKS:
        return _sheet(*read_workbook(data, where), where, columns, sheet)
    if sheet is not None:
        what = Text(
            "Excel ファイルではなく、シートはありません", "no Excel file, so it has no sheets"
        )
        raise UsageError(where, what, Text("sheet を消してください", "leave sheet out"))
    return read_text(data, where, encoding)


def _sheet(
    visible: list[Grid],
    hidden: list[Grid],
    where: str,
    columns: Sequence[Column],
    asked: str | None,
) -> Grid:
    """The sheet asked for, else the only visible one that holds the columns. Never a guess."""
    if asked is not None:
        by_name = {fold(grid.sheet): grid for grid in (*hidden, *visible)}
        if fold(asked) not in by_name:
            what = Text(f"シート「{asked}」がありません", f"there is no sheet “{asked}”")
            raise UsageError(where, what, did_you_mean(asked, [g.sheet for g in by_name.values()]))
        return by_name[fold(asked)]
    fitting = [grid for grid in visible if find_header(grid, columns)]
    if len(fitting) == 1:
        return fitting[0]
    if not fitting and len(visible) == 1 and not any(find_header(g, columns) for g in hidden):
        return visible[0]
    if not visible and not hidden:
        raise _nothing(where)
    raise _choose(where, fitting, visible, hidden)


def _choose(where: str, fitting: list[Grid], visible: list[Grid], hidden: list[Grid]) -> UsageError:
    names = "、".join(grid.sheet for grid in fitting or visible)
    unseen = "、".join(grid.sheet for grid in hidden)
    more_ja, more_en = (f"。非表示: {unseen}", f"; hidden: {unseen}") if unseen else ("", "")
    if fitting:
        what = Text(
            f"同じ列のあるシートが複数あります（{names}{more_ja}）",
            f"several sheets have these columns ({names}{more_en})",
        )
    else:
        what = Text(
            f"必要な列がそろった表示中のシートがありません（{names}{more_ja}）",
            f"no visible sheet has all the columns ({names}{more_en})",
        )
    remedy = Text('sheet = "…" で1つ選んでください', 'choose one with sheet = "…"')
    return UsageError(where, what, remedy)


def _nothing(where: str) -> DataError:
    what = Text("表として読めません（空のファイルです）", "not a table (the file is empty)")
    remedy = Text(
        "表を保存しなおし、各行の列の数を確かめてください",
        "save the table again. Check the number of cells per row",
    )
    return DataError(where, what, remedy)
