"""Broken tables: one clear error with the place and the remedy, in both languages, never more."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook
from workbooks import by_hand, inline

from geo import workbook
from geo.errors import DataError, KenikiError, UsageError
from geo.tabular import read_table


def refused(path: Path, *needed: str, **options: object) -> KenikiError:
    """The error that the table stops with; its file is as it was, its words are one line."""
    before = hashlib.sha256(path.read_bytes()).digest()
    with pytest.raises(KenikiError) as caught:
        read_table(path, needed, **options)
    assert hashlib.sha256(path.read_bytes()).digest() == before
    for language in ("ja", "en"):
        line = caught.value.line(language)
        assert line.startswith(str(path))
        assert "\n" not in line
    assert caught.value.what.ja != caught.value.what.en
    return caught.value


def file(tmp_path: Path, name: str, data: bytes) -> Path:
    (tmp_path / name).write_bytes(data)
    return tmp_path / name


def good(tmp_path: Path) -> bytes:
    book = Workbook()
    for row in [["町", "人口"], *([f"町{i}", i] for i in range(500))]:
        book.worksheets[0].append(row)
    book.save(tmp_path / "good.xlsx")
    return (tmp_path / "good.xlsx").read_bytes()


# --- CSV ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "error", "said"),
    [
        (b"", DataError, "not a table (the file is empty)"),
        (b" \n\n,,\n", DataError, "not a table (the file is empty)"),
        (b"id,n\n1,2\n1,\0\n", DataError, "control character NUL on line 3"),
        (b"id,n\n1,2,3\n1,2\n4,5,6,7\n", DataError, "for 2 cells, line 2 has 3, line 4 has 4)"),
        (b'id,n\n1,"2\n3,4\n', DataError, "not a table (from line 2: unexpected end of data)"),
        (b'id,n\n1,"2"3\n', DataError, "not a table (from line 2: "),
        (b"id,n,n\n1,2,3\n", DataError, "there are 2 columns “n” (B、C)"),
        (b"id\n1\n", UsageError, "there is no column “n”. Use one of: id"),
        (b"id,n\n1,\x81\xff\n", DataError, "its encoding is not known"),
        ("id,n\n1,日本\n".encode("euc_jp"), DataError, "its encoding is "),
        ("id,n\n1,日本\n".encode("iso2022_jp"), DataError, "control character ESC"),
        ("id,n\n1,ﾃｱ\n".encode("cp932"), DataError, "doubtful (perhaps UTF-8 or CP932)"),
        ("id,n\n1,日本\n".encode("utf-16-le"), DataError, "control character NUL on line 1"),
    ],
)  # fmt: skip
def test_csv(tmp_path: Path, data: bytes, error: type[KenikiError], said: str) -> None:
    err = refused(file(tmp_path, "t.csv", data), "id", "n")
    assert type(err) is error
    assert said in err.line("en")


def test_header_only(tmp_path: Path) -> None:
    path = file(tmp_path, "t.csv", b"id,n\n")
    assert "there are column names but no rows" in refused(path, "id", may_be_empty=False).line(
        "en"
    )
    assert read_table(path, ("id", "n")).empty


def test_a_declared_encoding_that_is_wrong(tmp_path: Path) -> None:
    path = file(tmp_path, "t.csv", "id,名\n1,弁天\n".encode("cp932"))
    assert "this is not utf-8 (line 1)" in refused(path, "id", encoding="utf-8").line("en")
    assert "no encoding “klingon”" in refused(path, "id", encoding="klingon").line("en")
    path = file(tmp_path, "u.csv", b"id,n\n1,\0\n")
    assert "NUL on line 2" in refused(path, "id", encoding="cp932").line("en")


def test_a_csv_has_no_sheet(tmp_path: Path) -> None:
    path = file(tmp_path, "t.csv", b"id\n1\n")
    assert "no Excel file" in refused(path, "id", sheet="Sheet1").line("en")


def test_a_folder_is_no_table(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="the file cannot be read"):
        read_table(tmp_path, ("id",))


# --- Excel ----------------------------------------------------------------------------------------


def test_no_zip(tmp_path: Path) -> None:
    path = file(tmp_path, "t.xlsx", "町,人口\n院内,1\n".encode("cp932"))
    assert "a damaged Excel file" in refused(path, "町").line("en")


@pytest.mark.parametrize("name", ["t.xls", "t.xlsx", "t.csv"])
def test_the_old_kind_and_locked_files(tmp_path: Path, name: str) -> None:
    """A password makes an .xlsx look like an .xls: both are OLE files."""
    err = refused(file(tmp_path, name, workbook.OLE + b"\xa1\xb1\x1a\xe1" + bytes(600)), "町")
    assert "of the old kind (.xls), or one with a password" in err.line("en")
    assert "save it again as an Excel workbook (.xlsx)" in err.line("en")


def test_truncated_anywhere(tmp_path: Path) -> None:
    data = good(tmp_path)
    for size in range(4, len(data) - 1, 97):
        assert isinstance(refused(file(tmp_path, "t.xlsx", data[:size]), "町"), DataError)


def test_damaged_anywhere(tmp_path: Path) -> None:
    """A changed byte is refused or does no harm; it never ends in a traceback."""
    data = good(tmp_path)
    for at in range(0, len(data), 101):
        path = file(tmp_path, "t.xlsx", data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :])
        try:
            read_table(path, ("町", "人口"))
        except KenikiError as err:
            assert err.line("ja").startswith(str(path))  # noqa: PT017


def test_a_zip_that_is_no_workbook(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("hello.txt", "hello")
    assert "not an Excel workbook" in refused(path, "町").line("en")


def test_a_zip_bomb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "LARGEST", 1_000_000)
    path = by_hand(tmp_path / "t.xlsx", inline("町") + " " * 2_000_000)
    assert path.stat().st_size < 20_000
    assert "unpacks to 2 MB (at most 1 MB)" in refused(path, "町").line("en")


def test_a_bomb_of_entities(tmp_path: Path) -> None:
    path = by_hand(tmp_path / "t.xlsx", inline("町"))
    entities = "".join(
        f'<!ENTITY a{i} "{f"&a{i - 1};" * 10 if i else "lol" * 10}">' for i in range(12)
    )
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    parts["xl/worksheets/s.xml"] = f"<!DOCTYPE w [{entities}]>" + parts[
        "xl/worksheets/s.xml"
    ].replace("町", "&a11;")
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    assert "not an Excel workbook" in refused(path, "町").line("en")


def test_one_far_cell_does_not_fill_the_memory(tmp_path: Path) -> None:
    rows = (
        inline("町")
        + '<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row>'
    )
    table = read_table(by_hand(tmp_path / "t.xlsx", rows), ("町",))
    assert table.index.tolist() == [1048576]


def test_error_cells_are_named(tmp_path: Path) -> None:
    rows = inline("町", "人口") + (
        '<row r="7"><c r="A7" t="inlineStr"><is><t>院内</t></is></c>'
        '<c r="B7" t="e"><v>#REF!</v></c></row>'
        '<row r="8"><c r="B8" t="e"><f>1/0</f><v>#DIV/0!</v></c>'
        '<c r="D8" t="e"><v>#N/A</v></c></row>'
    )
    err = refused(by_hand(tmp_path / "t.xlsx", rows), "町")
    assert "(Sheet1!B7 #REF!, Sheet1!B8 #DIV/0!)" in err.line("en")
    assert "Sheet1!B7 #REF!、Sheet1!B8 #DIV/0!" in err.line("ja")


def test_a_formula_that_was_never_calculated_is_named(tmp_path: Path) -> None:
    """As programs write them that do not calculate; never an empty cell, never 0."""
    book = Workbook()
    for row in (["町", "人口"], ["院内", "=1+1"]):
        book.worksheets[0].append(row)
    book.save(tmp_path / "t.xlsx")
    err = refused(tmp_path / "t.xlsx", "町")
    assert "Sheet!B2 a formula that was never calculated" in err.line("en")
    assert "Sheet!B2 未計算の数式" in err.line("ja")


def test_an_empty_workbook(tmp_path: Path) -> None:
    Workbook().save(tmp_path / "t.xlsx")
    assert "not a table (the file is empty)" in refused(tmp_path / "t.xlsx", "町").line("en")


def test_columns_are_looked_for_where_most_of_them_are(tmp_path: Path) -> None:
    book = Workbook()
    for row in (["題"], ["町丁", "人囗"], ["院内", 1]):
        book.worksheets[0].append(row)
    book.save(tmp_path / "t.xlsx")
    said = refused(tmp_path / "t.xlsx", "町丁", "人口").line("en")
    assert "[Sheet]: there is no column “人口”" in said
    assert "町丁, 人囗" in said or "“人囗”" in said
