"""Tables as offices keep them in Excel: their headers, their names of zones, their years."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import Workbook

from geo.cases import Place
from geo.content_columns import place_kind
from geo.content_intake import read_layers
from geo.content_words import PLACE_WORDS
from geo.errors import UsageError
from geo.findings import Finding, Kind
from geo.layers import Layer
from geo.plan import Plan
from geo.study import Study
from geo.words import Text
from geo.years import span, year


def workbook(path: Path, rows: list[list[object]]) -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    book.save(path)
    return path


def read(study: Study, path: Path, **layer: str) -> tuple[Layer, list[Finding]]:
    """One layer of content, read beside the partitions of the sample."""
    declared = {"key": "mine", "title": {"ja": "項目", "en": "Items"}, "file": path.name, **layer}
    plan = Plan.model_validate(study.plan.model_dump() | {"layer": [declared], "period": []})
    findings: list[Finding] = []
    (found,) = read_layers(plan.standing_in(path.parent), study.partitions, findings.append)
    return found, findings


def test_a_sheet_with_japanese_headers(study: Study, tmp_path: Path) -> None:
    rows = [
        ["令和6年度 重点取組項目一覧"],
        [],
        ["地区", "重点取組項目", "開始年度", "実施主体"],
        ["松ヶ丘中学校区", "見守り", "令和6年度", "自治会"],
        ["12102-d06", "サロン", 2025, None],
    ]
    names = study.partitions["district"].zones["name"]
    name = names["12101-d06"]
    rows[3][0] = name
    path = workbook(tmp_path / "items.xlsx", rows)
    layer, findings = read(study, path, type="items", of="district")
    assert layer.table["zone_id"].tolist() == ["12101-d06", "12102-d06"]
    assert layer.table["item_id"].tolist() == ["mine-4", "mine-5"]
    assert [year(cell) for cell in layer.table["start_year"]] == [2024, 2025]
    assert layer.table["who_ja"].tolist() == ["自治会", ""]
    assert (layer.table[["themes", "text_en", "end_year"]] == "").all(axis=None)
    assert findings == []


def test_a_ward_by_its_name(study: Study, tmp_path: Path) -> None:
    rows = [["区", "種別", "内容"], ["緑区", "目標", "きずな"], ["青区", "方針", "なし"]]
    layer, findings = read(study, workbook(tmp_path / "g.xlsx", rows), type="goals", of="ward")
    assert layer.table["ward_code"].tolist() == ["12105", "青区"]
    assert layer.table["kind"].tolist() == ["goal", "policy"]
    assert [(one.kind, one.place) for one in findings] == [(Kind.ROW_WITHOUT_ZONE, ("row 3 青区",))]


def test_wrong_districts_are_said_with_their_rows_as_typed(study: Study, tmp_path: Path) -> None:
    names = study.partitions["district"].zones["name"]
    rows = [
        ["地区", "内容"],
        ["１２１０１－ｄ０６", "全角"],
        ["小計", "3"],
        [None, "空欄"],
        ["12101-d6", "ゼロなし"],
        [names["12101-d06"][:-1], "名前の途中まで"],
    ]
    for type_ in ("items", "flags"):
        path = workbook(tmp_path / f"{type_}.xlsx", rows)
        layer, (wrong, empty) = read(study, path, type=type_, of="district")
        assert layer.table["zone_id"].iloc[0] == "12101-d06"
        assert wrong.place == ("row 3 小計", "row 5 12101-d6", f"row 6 {names['12101-d06'][:-1]}")
        assert empty.place == ("row 4",)
        assert f"“12101-d6” → {names['12101-d06']} (12101-d06)" in wrong.remedy.en
        assert f"“{names['12101-d06'][:-1]}” → {names['12101-d06']} (12101-d06)" in wrong.remedy.ja
        assert "小計" not in wrong.remedy.en


def test_a_name_of_two_zones_is_answered_with_both_ids(study: Study, tmp_path: Path) -> None:
    district = study.partitions["district"]
    name = district.zones["name"].mask(district.zones.index == "12101-d02", "旧町")
    name = name.mask(district.zones.index == "12101-d01", "旧町")
    twins = replace(district, zones=district.zones.assign(name=name))
    with_twins = replace(study, partitions={**study.partitions, "district": twins})
    path = workbook(tmp_path / "i.xlsx", [["地区", "内容"], ["旧町", "a"]])
    _, (only,) = read(with_twins, path, type="items", of="district")
    assert "“旧町” → 旧町 (12101-d01) / 旧町 (12101-d02)" in only.remedy.en


def test_cases_name_zones_of_their_partition_in_any_width(study: Study, tmp_path: Path) -> None:
    head = ["事例", "場所の種類", "場所", "区", "地区", "区域区分"]
    rows = [
        ["a", "area", "x", "緑区", "１２１０１－ｄ０６", "district"],
        ["b", "area", "x", "碧区", "12101-d99", "district"],
        ["c", "area", "x", None, "12101-d01", "distrct"],
    ]
    layer, findings = read(study, workbook(tmp_path / "c.xlsx", [head, *rows]), type="cases")
    assert layer.table["zone_id"].tolist() == ["12101-d06", "12101-d99", "12101-d01"]
    assert [one.place for one in findings] == [
        ("row 3 碧区",), ("row 3 12101-d99",), ("row 4 12101-d01",)
    ]  # fmt: skip
    without = [row[:-1] for row in (head, *rows)]
    _, findings = read(study, workbook(tmp_path / "w.xlsx", without), type="cases")
    assert [one.place for one in findings] == [
        ("row 3 碧区",), ("row 2 １２１０１－ｄ０６", "row 3 12101-d99")
    ]  # fmt: skip
    _, findings = read(study, tmp_path / "w.xlsx", type="cases", of="district")
    assert [one.place for one in findings] == [("row 3 碧区",), ("row 3 12101-d99",)]


def test_kinds_of_places_in_japanese(study: Study, tmp_path: Path) -> None:
    kinds = [
        "地点",
        "区域（地区）",
        "区域(地区)",
        "区域より狭い範囲",
        "場所なし",
        "none",
        "どこか",
        "",
    ]
    head = ["取組事例", "場所の種類", "場所", "区", "写真", "写真の説明", "リンク"]
    rows = [[f"事例{i}", kind, "x", "緑区", "a.jpg", "b", "c"] for i, kind in enumerate(kinds)]
    layer, findings = read(study, workbook(tmp_path / "c.xlsx", [head, *rows]), type="cases")
    assert layer.table["place_kind"].tolist() == [
        "point", "area", "area", "small_area", "none", "none", "どこか", "",
    ]  # fmt: skip
    assert layer.table.loc[2, ["photo", "photo_ja", "link"]].tolist() == ["a.jpg", "b", "c"]
    assert findings == []


@pytest.mark.parametrize("place", Place)
def test_every_kind_of_place_may_be_written_as_pages_say_it(place: Place) -> None:
    assert place_kind(PLACE_WORDS[place].ja) == place == place_kind(place)


def test_themes_are_told_apart_by_any_comma(study: Study, tmp_path: Path) -> None:
    rows = [["地区", "項目", "テーマ"], ["12101-d01", "a", "1、 3"], ["12101-d01", "b", "2；9,10"]]
    layer, _ = read(study, workbook(tmp_path / "i.xlsx", rows), type="items", of="district")
    assert layer.table["themes"].tolist() == ["1;3", "2;9;10"]


def test_an_item_needs_its_zone_and_its_words(study: Study, tmp_path: Path) -> None:
    path = workbook(tmp_path / "i.xlsx", [["地区", "予算"], ["12101-d01", 5]])
    with pytest.raises(UsageError, match="重点取組項目"):
        read(study, path, type="items", of="district")
    rows = [["重点取組項目"], ["市全体で"]]
    layer, findings = read(study, workbook(tmp_path / "c.xlsx", rows), type="items", of="city")
    assert layer.table["text_ja"].tolist() == ["市全体で"]
    assert findings == []


@pytest.mark.parametrize(
    ("start", "end", "ja", "en"),
    [
        ("令和6年度", "令和8年度", "令和6年度–令和8年度", "FY2024–FY2026"),
        ("平成30年度", "令和2年度", "平成30年度–令和2年度", "FY2018–FY2020"),
        ("R6", "R8", "R6–R8", "2024–2026"),
        ("R6", "R8年度", "令和6年度–令和8年度", "FY2024–FY2026"),
        ("H31年", "令和元", "平成31年–令和元年", "2019"),
        ("2024", "令和8年度", "2024年度–2026年度", "FY2024–FY2026"),
        ("R6年度", "令和6年度", "令和6年度", "FY2024"),
        ("R6年度", "", "R6年度–", "FY2024–"),
        ("", "", "", ""),
        ("2024", "next", "2024–next", "2024–next"),
    ],
)
def test_spans(start: str, end: str, ja: str, en: str) -> None:
    assert span(start, end) == Text(ja, en)


@pytest.mark.parametrize("cell", ["令和", "R123", "24", "2024-25", "令和6年頃"])
def test_no_year(cell: str) -> None:
    with pytest.raises(ValueError, match="not a year"):
        year(cell)
