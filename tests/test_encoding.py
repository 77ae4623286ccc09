"""Names come out as they were written, or the work stops: nothing is guessed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import product
from pathlib import Path

import pandas as pd
import pytest
from boundary_files import NAMES, read, refused, shapefile, table, towns, written
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import encoding
from geo.errors import DataError, UsageError
from geo.findings import Kind

DEGREES = "EPSG:6668"


def in_two_bytes() -> Iterator[tuple[bytes, str]]:
    """Every character that CP932 has in two bytes, with its bytes."""
    trails = (*range(0x40, 0x7F), *range(0x80, 0xFD))
    for lead, trail in product((*range(0x81, 0xA0), *range(0xE0, 0xFD)), trails):
        with suppress(UnicodeDecodeError):
            yield bytes([lead, trail]), bytes([lead, trail]).decode("cp932")


def names(path: Path, **boundary: str) -> list[str]:
    return read(path, name="name", **boundary)[0].zones["name"].tolist()


@pytest.mark.parametrize(
    ("written_in", "cpg"),
    [
        ("utf-8", None), ("cp932", None), ("utf-8", "UTF-8"), ("utf-8", "65001"),
        ("cp932", "SJIS"), ("cp932", "Shift_JIS"), ("cp932", "932"), ("cp932", "CP932"),
        ("euc_jp", "EUC-JP"),
    ],
)  # fmt: skip
def test_names_of_a_shapefile(tmp_path: Path, written_in: str, cpg: str | None) -> None:
    """髙 and 﨑 are beyond Shift_JIS, but in CP932."""
    wanted = NAMES if written_in != "euc_jp" else ["幕張町", "土気町"]
    path = shapefile(tmp_path / "a.shp", towns(DEGREES, wanted), written_in, cpg)
    assert names(path) == wanted


def test_kanji_beyond_the_basic_plane(tmp_path: Path) -> None:
    wanted = ["𠮷野町", "𩸽町", "葛󠄀城"]
    path = shapefile(tmp_path / "a.shp", towns(DEGREES, wanted), "utf-8")
    assert names(path) == wanted


def test_columns_have_japanese_names(tmp_path: Path) -> None:
    """Of 都道府県の名 only ten bytes are kept, which in UTF-8 end in a third of a character."""
    for written_in, kept in (("utf-8", "都道府"), ("cp932", "都道府県の")):
        path = shapefile(tmp_path / f"{written_in}.shp", towns(DEGREES), written_in)
        columns = {"番号": ["1", "2", "3", "4"], "都道府県の名": NAMES}
        table(path.with_suffix(".dbf"), pd.DataFrame(columns), written_in)
        file, _ = read(path, id="番号", name=kept)
        assert file.zones["name"].tolist() == NAMES


def test_the_mark_in_the_table(tmp_path: Path) -> None:
    """0x13 in the header of the .dbf says Shift_JIS; it is believed where it can be true."""
    path = shapefile(tmp_path / "a.shp", towns(DEGREES), "cp932")
    table(path.with_suffix(".dbf"), towns().drop(columns="geometry"), "cp932", mark=0x13)
    assert names(path) == NAMES
    table(path.with_suffix(".dbf"), towns().drop(columns="geometry"), "utf-8", mark=0x13)
    assert "its text is not cp932, as its .cpg or .dbf says" in refused(path, DataError)


def test_every_character_of_cp932(tmp_path: Path) -> None:
    """GDAL's own conversion makes something of pairs of bytes that are no character; this does not.

    The characters that users of Windows made for themselves (外字) are no proof of anything, and
    a full-width space alone is no name.
    """
    every = [
        (b, text) for b, text in in_two_bytes() if not encoding.forbidden(text) and text.strip()
    ]
    assert len(every) > 7300
    path = shapefile(tmp_path / "a.shp", towns(DEGREES, ["x"] * len(every)), "cp932")
    ids = [str(i).encode() for i in range(len(every))]
    rows = pd.DataFrame({"id": ids, "name": [pair for pair, _ in every]})
    table(path.with_suffix(".dbf"), rows, "cp932")
    assert names(path, encoding="cp932") == [text for _, text in every]


# --- stated or declared wrongly -------------------------------------------------------------------


def test_a_wrong_cpg_is_refused_with_the_right_one(tmp_path: Path) -> None:
    path = shapefile(tmp_path / "a.shp", towns(DEGREES), "cp932", cpg="UTF-8")
    said = refused(path, DataError)
    assert "its text is not utf-8, as its .cpg or .dbf says" in said
    assert 'declare encoding = "cp932"' in said
    assert names(path, encoding="cp932") == NAMES


def test_utf8_called_shift_jis(tmp_path: Path) -> None:
    path = shapefile(tmp_path / "a.shp", towns(DEGREES), "utf-8", cpg="SJIS")
    assert 'declare encoding = "utf-8"' in refused(path, DataError)


def test_a_wrong_declaration_is_refused(tmp_path: Path) -> None:
    path = shapefile(tmp_path / "a.shp", towns(DEGREES), "cp932")
    said = refused(path, DataError, encoding="utf-8")
    assert "its text is not utf-8, as the plan says" in said
    assert "there is no encoding “klingon”" in refused(path, UsageError, encoding="klingon")
    path.with_suffix(".cpg").write_text("KLINGON", encoding="ascii")
    assert "names an encoding that does not exist: “KLINGON”" in refused(path, UsageError)


@pytest.mark.parametrize("other", ["euc_jp", "utf-16-le", "big5", "euc_kr"])
def test_another_encoding_is_refused_unless_declared(tmp_path: Path, other: str) -> None:
    wanted = ["中央町", "土山町", "大森町"]
    path = shapefile(tmp_path / "a.shp", towns(DEGREES, wanted), "cp932")
    columns = {"id": [b"1", b"2", b"3"], "name": [name.encode(other) for name in wanted]}
    table(path.with_suffix(".dbf"), pd.DataFrame(columns), "cp932")
    assert "its encoding is in doubt" in refused(path, DataError)
    if other == "euc_jp":
        assert 'declare encoding = "euc_jp"' in refused(path, DataError)
        assert names(path, encoding="EUC-JP") == wanted


def test_a_name_cut_in_half(tmp_path: Path) -> None:
    path = shapefile(tmp_path / "a.shp", towns(DEGREES, ["町"]), "cp932")
    half = pd.DataFrame({"id": [b"1"], "name": ["幕張町".encode("cp932")[:5]]})
    table(path.with_suffix(".dbf"), half, "cp932")
    said = refused(path, DataError)
    assert "its encoding is in doubt" in said
    assert "x96\\x8b" in said


# --- garbled before it was written ----------------------------------------------------------------


@pytest.mark.parametrize(
    "garble",
    [
        lambda name: name.encode().decode("latin-1"),
        lambda name: name.encode("cp932").decode("latin-1"),
        lambda name: name.encode().decode("cp932", "replace"),
        lambda name: name[:1] + "�",
        lambda name: name + "\x1b",
    ],
    ids=["utf-8 as latin-1", "cp932 as latin-1", "utf-8 as cp932", "replaced", "control code"],
)
def test_garbled_names_are_refused(tmp_path: Path, garble: Callable[[str], str]) -> None:
    rows = towns(DEGREES, [garble(name) for name in ("千葉市", "緑区", "幕張町")])
    path = written(tmp_path / "a.geojson", rows)
    assert "a name is garbled" in refused(path, DataError, name="name")
    _, findings = read(path)
    assert [(f.kind, f.place) for f in findings] == [(Kind.TEXT_DOUBTFUL, ("name",))]


def test_geojson_that_is_not_utf8(tmp_path: Path) -> None:
    path = written(tmp_path / "a.geojson", towns(DEGREES))
    path.write_text(path.read_text(encoding="utf-8"), encoding="cp932")
    said = refused(path, DataError)
    assert "its text is not UTF-8" in said
    assert 'declare encoding = "cp932"' in said
    assert names(path, encoding="cp932") == NAMES
    assert "cannot be read as euc_jp" in refused(path, DataError, encoding="euc_jp")


def test_a_byte_order_mark(tmp_path: Path) -> None:
    path = written(tmp_path / "a.geojson", towns(DEGREES))
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert names(path) == NAMES


def test_kml_in_shift_jis(tmp_path: Path) -> None:
    path = written(tmp_path / "a.kml", towns("EPSG:4326"))
    text = path.read_text(encoding="utf-8").replace("UTF-8", "Shift_JIS")
    path.write_text(text, encoding="cp932")
    assert len(read(path)[0].zones) == 4


def test_entities_are_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "a.kml", towns("EPSG:4326"))
    laughs = '<!DOCTYPE kml [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>\n<kml'
    path.write_text(path.read_text(encoding="utf-8").replace("<kml", laughs, 1), encoding="utf-8")
    assert "the XML declares a document type" in refused(path, DataError)


# --- the detection alone --------------------------------------------------------------------------

KANJI = st.text(
    st.sampled_from("千葉市中央区花見川稲毛若緑美浜町幕張本郷土気鎌取台丁目１２３ケノ"), min_size=2
)


@settings(max_examples=300, deadline=None)
@given(st.lists(KANJI, min_size=1, max_size=20), st.sampled_from(["utf-8", "cp932"]))
def test_names_are_never_read_wrongly(some: list[str], written_in: str) -> None:
    found = encoding.detect([name.encode(written_in) for name in some])
    assert found in (written_in, None)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.binary(max_size=20), max_size=10))
def test_any_bytes_at_all(values: list[bytes]) -> None:
    found = encoding.detect(values)
    if found:
        for value in values:
            assert value.decode(found).encode(found).decode(found) == value.decode(found)
    encoding.hint(values)
    encoding.read_name(b"".join(values))


def test_what_no_name_has_is_found_the_quick_way_too() -> None:
    """Most text is seen to have none of it at a glance; every character for which that is so."""
    for code in range(0x110000):
        letter = chr(code)
        if not 0xD800 <= code < 0xE000:
            found = encoding._NEVER.search(letter)
            assert encoding.forbidden(f"千{letter}葉") == (found and letter)


@pytest.mark.real
def test_every_name_of_japan(chiba: Path) -> None:
    """Each name of a municipality or a town of Chiba alone is told rightly in both encodings."""
    topology = json.loads((chiba.parent / "japan/municipalities.topojson").read_bytes())
    of_japan = [
        value
        for layer in topology["objects"].values()
        for row in layer["geometries"]
        for value in row["properties"].values()
    ]
    towns_ = json.loads((chiba / "towns.geojson").read_bytes())["features"]
    of_chiba = [town["properties"]["name"] for town in towns_]
    every = {str(name) for name in of_japan + of_chiba if name and not str(name).isascii()}
    assert len(every) > 2700
    for name in every:
        for written_in in ("utf-8", "cp932"):
            assert encoding.detect([name.encode(written_in)]) == written_in, name
    assert encoding.garbled(every) is None
    assert [name for name in every if encoding.garbled([name])] == []
