"""The files that stand beside the pages, as the pages list them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .plan import Role, SheetPlan
from .study import Study
from .table import Table, file_name
from .words import Text, same

#: What files hold, by their names in Japanese.
FILES = {
    "overlaps.xlsx": Text(
        "すべての表を1冊に（Excel、印刷できます）",
        "All tables in one workbook (Excel, to print too)",
    ),
    "datapackage.json": Text(
        "すべての CSV の説明（プログラム用、Frictionless Data Package）",
        "What is in the CSVs, for programs (Frictionless Data Package)",
    ),
    "atlas.gpkg": Text(
        "すべてのレイヤ（QGIS などの GIS 用、GeoPackage）",
        "All layers (GeoPackage, for QGIS and other GIS)",
    ),
    "align.xlsx": Text("提案のすべての表（Excel）", "All tables of the proposals (Excel)"),
    "align_front.svg": Text("分割と移動の図（SVG）", "The chart (SVG)"),
    "align_front.png": Text("分割と移動の図（PNG）", "The chart (PNG)"),
    "embed.svg": Text("埋め込み用の地図の図（SVG）", "The embedded map as a picture (SVG)"),
    "embed.png": Text("埋め込み用の地図の図（PNG）", "The embedded map as a picture (PNG)"),
}
NO_SHEETS: Mapping[str, Text] = {}
ATLAS = "atlas.pdf"
#: What files of sheets are for, by their endings.
PRINTED = {
    "pdf": Text("印刷用のPDF", "PDF to print"),
    "svg": Text("図（SVG）", "picture, SVG"),
    "png": Text("図（PNG）", "picture, PNG"),
}


def sheet_name(asked: SheetPlan, ward_id: str | None) -> str:
    """What the files of a sheet are called, but for their endings."""
    place = "city" if ward_id is None else ward_id
    return file_name(f"sheet-{place}-{asked.paper.lower()}", "")


def printed(study: Study) -> dict[str, Text]:
    """What the files of the plan's sheets hold, by their names."""
    wards, city = study.with_role(Role.WARD), study.plan.city
    found: dict[str, Text] = {}
    for asked in study.plan.sheet:
        its = asked.title
        if asked.type == "atlas":
            found[ATLAS] = Text(
                f"{city.ja}の地図帳: {its.ja}（{asked.paper}、印刷用のPDF）",
                f"Atlas of {city.en}: {its.en} ({asked.paper}, PDF to print)",
            )
            continue
        named: dict[str | None, Text] = {None: city}
        if wards and asked.type == "ward":
            names = wards.zones["name"]
            named = {str(one): same(str(names[one])) for one in names.index}
        for ward_id, place in named.items():
            for ending, use in PRINTED.items():
                found[f"{sheet_name(asked, ward_id)}.{ending}"] = Text(
                    f"{place.ja} {its.ja}（{asked.paper}、{use.ja}）",
                    f"{place.en}: {its.en} ({asked.paper}, {use.en})",
                )
    return found


def download(table: Table) -> dict[str, Any]:
    """A table as a download."""
    return {"name": table.name, "title": table.title, "rows": f"{len(table.frame):,}"}


def files(
    drawn: Mapping[str, bytes], sheets: Mapping[str, Text] = NO_SHEETS
) -> list[dict[str, Any]]:
    """Workbooks, charts and pictures as downloads, those in English behind the others."""
    return [
        {"name": name, "title": sheets.get(name) or _title(name), "rows": ""}
        for name in sorted(drawn, key=lambda name: ("_en." in name, name))
    ]


def _title(name: str) -> Text:
    """What a file holds, and that it is in English where another is in Japanese."""
    if name in FILES:
        return FILES[name]
    title = FILES[name.replace("_en.", ".")]
    return Text(f"{title.ja}英語版", f"{title.en}, in English")
