"""Official sources by name: what to download for a municipality, and what a file is.

Nothing is downloaded here. The pages are those of the ministries; the names are those under which
they hand files out, and a file is recognised by that name and by its columns.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from . import archives, encoding, formats
from .errors import DataError, KenikiError, UsageError
from .reading import columns_of
from .words import Text

MLIT = Text("国土交通省 国土数値情報", "MLIT, National Land Numerical Information")
STATISTICS = Text("総務省統計局 e-Stat", "Statistics Bureau of Japan, e-Stat")
_KSJ = "https://nlftp.mlit.go.jp/ksj/gml/datalist/KsjTmplt-"
_GIS = "https://www.e-stat.go.jp/gis/statmap-search?page=1&toukeiCode=00200521"


@dataclass(frozen=True)
class Official:
    """One source.

    Attributes
    ----------
    page
        Where it is handed out.
    files
        Names to expect; `{pref}` and `{city}` stand for codes of two and five digits.
    named
        What such names look like, whatever the year and place.
    columns
        Columns that it has in any edition: one of these sets.
    plan
        How it is used in a plan.
    """

    key: str
    title: Text
    publisher: Text
    page: str
    files: tuple[str, ...]
    named: str
    columns: tuple[frozenset[str], ...]
    plan: Text

    def expected(self, code: str | None) -> tuple[str, ...]:
        """The names of files for a municipality (`code`, five digits); for any if None.

        >>> BY_KEY["n03"].expected("12101")
        ('N03-20240101_12_GML.zip',)
        """
        pref, city = (code[:2], code) if code else ("{pref}", "{city}")
        return tuple(name.format(pref=pref, city=city) for name in self.files)

    def as_json(self, code: str | None = None) -> dict[str, object]:
        return {
            "key": self.key,
            "title": {"ja": self.title.ja, "en": self.title.en},
            "publisher": {"ja": self.publisher.ja, "en": self.publisher.en},
            "page": self.page,
            "files": list(self.expected(code)),
            "plan": {"ja": self.plan.ja, "en": self.plan.en},
        }


def _set(*columns: str) -> frozenset[str]:
    return frozenset(columns)


OFFICIAL = (
    Official(
        key="n03",
        title=Text("行政区域（N03）", "municipalities and wards (N03)"),
        publisher=MLIT,
        page=f"{_KSJ}N03-2024.html",
        files=("N03-20240101_{pref}_GML.zip",),
        named=r"N03-\d{6,8}(_\d{2})?([_-](GML|SHP|GEOJSON|prefecture|city))?",
        columns=(_set("N03_001", "N03_004", "N03_007"),),
        plan=Text("boundary に指定（id・name は不要）", "as boundary; needs no id, no name"),
    ),
    Official(
        key="estat_towns",
        title=Text("国勢調査 小地域の境界（町丁・字等）", "census small areas (towns), boundaries"),
        publisher=STATISTICS,
        page=f"{_GIS}&type=2&aggregateUnitForBoundary=A&serveyId=A002005212020",
        files=("A002005212020DDSWC{city}-JGD2011.zip", "A002005212020DDSWC{city}.zip"),
        named=r"A00200521\d{4}(DD|XY)S[WT]C\d{2,5}(-JGD\d{4})?|[rh]\d{0,2}ka\d{2,5}",
        columns=(_set("KEY_CODE", "S_NAME"), _set("KEY_CODE", "MOJI")),
        plan=Text(
            "町丁目（role = units）の boundary に指定（id・name は不要）",
            "as boundary of the towns (role units); needs no id, no name",
        ),
    ),
    Official(
        key="estat_ages",
        title=Text("国勢調査 小地域集計（年齢5歳階級）", "census small areas, 5-year ages"),
        publisher=STATISTICS,
        page=f"{_GIS}&type=1&toukeiYear=2020&aggregateUnit=A&statsId=T001082",
        files=("tblT001082C{pref}.zip", "tblT001081C{pref}.zip"),
        named=r"tblT\d{6}C\d{2,5}",
        columns=(_set("KEY_CODE", "HYOSYO", "CITYNAME", "NAME"),),
        plan=Text("counts のレイヤに指定（id は KEY_CODE）", "as layer of counts, id KEY_CODE"),
    ),
    Official(
        key="a27",
        title=Text("小学校区（A27）", "elementary-school districts (A27)"),
        publisher=MLIT,
        page=f"{_KSJ}A27-2023.html",
        files=("A27-23_{pref}_GML.zip",),
        named=r"A27-\d{2}(_\d{2})?(_GML)?",
        columns=(_set("A27_005", "A27_007"), _set("A27_001", "A27_004")),
        plan=Text("boundary に指定（id に学校の列）", "as boundary, id a column of schools"),
    ),
    Official(
        key="a32",
        title=Text("中学校区（A32）", "junior-high-school districts (A32)"),
        publisher=MLIT,
        page=f"{_KSJ}A32-2023.html",
        files=("A32-23_{pref}_GML.zip",),
        named=r"A32-\d{2}(_\d{2})?(_GML)?",
        columns=(_set("A32_001", "A32_003"), _set("A32_001", "A32_004")),
        plan=Text("boundary に指定（id に学校の列）", "as boundary, id a column of schools"),
    ),
    Official(
        key="mesh",
        title=Text("500mメッシュ別将来推計人口", "projected population by 500 m mesh"),
        publisher=MLIT,
        page=f"{_KSJ}mesh500r6.html",
        files=("500m_mesh_2024_{pref}_GEOJSON.zip", "500m_mesh_2024_{pref}_SHP.zip"),
        named=r"(1km|500m|250m)_mesh_(suikei_)?\d{4}(_\d{2})?(_(GEOJSON|SHP|GML))?",
        columns=(_set("MESH_ID", "SHICODE", "PTN_2020"),),
        plan=Text("町丁目がない所の boundary（id は MESH_ID）", "as boundary, id MESH_ID"),
    ),
    Official(
        key="estat_mesh",
        title=Text("国勢調査 メッシュ別人口（統計表）", "census population by mesh (table)"),
        publisher=STATISTICS,
        page=f"{_GIS}&type=1&toukeiYear=2020&aggregateUnit=H&statsId=T001141",
        files=("tblT001141H{pref}.zip",),
        named=r"tblT\d{6}[SHQ]\d{2,4}",
        columns=(_set("KEY_CODE", "HTKSYORI", "HTKSAKI", "GASSAN"),),
        plan=Text("counts のレイヤに指定（id は KEY_CODE）", "as layer of counts, id KEY_CODE"),
    ),
)  # fmt: skip
BY_KEY = {source.key: source for source in OFFICIAL}


@dataclass(frozen=True)
class Recognition:
    """What a file is, and by what that is known."""

    source: Official
    by_name: bool
    by_columns: bool

    @property
    def said(self) -> Text:
        if self.by_name and self.by_columns:
            by = Text("ファイル名と列", "its name and its columns")
        elif self.by_columns:
            by = Text("列", "its columns, not its name")
        else:
            by = Text("ファイル名だけ（列は確かめられません）", "its name only")
        source = self.source
        return Text(
            f"{source.title.ja}（{source.publisher.ja}）。根拠: {by.ja}。使い方: {source.plan.ja}",
            f"{source.title.en} ({source.publisher.en}). Known by {by.en}. Use: {source.plan.en}",
        )


def by_name(name: str) -> Official | None:
    """The source whose files are called like this.

    >>> by_name("N03-190101_12_GML.zip").key, by_name("tblT001082C12.txt").key
    ('n03', 'estat_ages')
    >>> by_name("towns.geojson")
    """
    stem = name.split(".")[0]
    found = (source for source in OFFICIAL if re.fullmatch(source.named, stem, re.IGNORECASE))
    return next(found, None)


def by_columns(columns: Iterable[str]) -> Official | None:
    """The source that has these columns: the one of which most columns are asked for."""
    there = set(columns)
    fits = [(len(some), s) for s in OFFICIAL for some in s.columns if some <= there]
    return max(fits, key=lambda fit: fit[0])[1] if fits else None


def recognise(path: Path) -> Recognition | None:
    """What the file at `path` is; None if it is not one of these.

    Raises
    ------
    UsageError
        If there is no such file.
    """
    if not path.is_file():
        what = Text("ファイルがありません", "there is no such file")
        raise UsageError(str(path), what, Text("道筋を確かめてください", "check the path"))
    columns = _columns(path)
    named, has = by_name(path.name), by_columns(columns)
    if has is not None:
        return Recognition(has, named is has, by_columns=True)
    if named is not None and not columns:
        return Recognition(named, by_name=True, by_columns=False)
    return None


def _columns(path: Path) -> tuple[str, ...]:
    """The columns of a boundary file or a table; none if they cannot be read."""
    try:
        with formats.opened(path, None) as layer:
            return columns_of(layer, path)
    except KenikiError:
        return _columns_of_table(path)


def _columns_of_table(path: Path) -> tuple[str, ...]:
    """The first line of a CSV, or of the only one in a zip, as e-Stat hands out tables."""
    if path.suffix.lower() != ".zip":
        with path.open("rb") as file:
            return _first_line(file.read(2**16))
    try:
        with archives.opened(path) as archive:
            texts = [
                m for m in archives.members(archive, str(path)) if m.suffix in (".txt", ".csv")
            ]
            return _first_line(archives.head(archive, texts[0], 2**16)) if len(texts) == 1 else ()
    except DataError:
        return ()


def _first_line(head: bytes) -> tuple[str, ...]:
    line = io.BytesIO(head.removeprefix(b"\xef\xbb\xbf")).readline().strip()
    name = encoding.detect([line])
    return tuple(cell.strip('" ') for cell in line.decode(name).split(",")) if name else ()
