"""What the commands do: read a plan or two files, compute, and write or print the result."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TextIO

import pandas as pd
from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text as RichText

from . import overlap as overlaps
from . import pipeline, tables
from . import sources as official_sources
from .adjusting import moves, onto
from .boundaries import read_zones
from .cluster import on_cluster
from .cutting import OUTSIDE
from .errors import DataError, UsageError, did_you_mean
from .findings import Finding, Severity, as_frame
from .intake import Progress, register_of
from .layers import NO_COUNTS, Counts, counts_from_rows
from .partition import Partition
from .plan import FILE_NAME, Boundary, Count, CountKind, Role
from .plan_file import load_plan, sample_folder
from .slivers import SliverRule, marked
from .snapping import snapped_to
from .voice import Voice
from .words import Language, Text, same
from .workers import Run, in_threads


def new(voice: Voice, folder: Path) -> None:
    """Start a plan of your own in DIR, as a copy of the sample."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        what = Text("すでにあり、空ではありません", "it is there already and not empty")
        raise UsageError(
            str(folder), what, Text("新しいフォルダを指定してください", "name a new folder")
        )
    sample = sample_folder()
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(sample / FILE_NAME, folder)
    for part in ("boundaries", "layers"):
        shutil.copytree(sample / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    voice.say(
        Text(
            f"{folder / FILE_NAME} を作りました。次は: keniki build {folder / FILE_NAME}",
            f"Made {folder / FILE_NAME}. Next: keniki build {folder / FILE_NAME}",
        )
    )


def build(voice: Voice, plan: Path | None, out: Path | None) -> None:
    """Compute everything in PLAN; write its maps and tables."""
    path = find_plan(plan, voice)
    declared = load_plan(path)
    beside = Path() if path.parent == sample_folder() and not plan else path.parent
    out = out or beside / "maps_out"
    with voice.progress() as progress:
        study, written = pipeline.build(declared, out, progress)
    _say_findings(voice, study.findings)
    voice.say(
        Text(
            f"{len(written)} 個のファイルを書きました。{out / 'index.html'} を開いてください",
            f"Wrote {len(written)} files. Open {out / 'index.html'}",
        )
    )


def check(
    voice: Voice,
    plan: Path | None,
    as_json: bool,
    repaired: Path | None,
    snap_m: float | None,
) -> int:
    """Say what is wrong with the data of PLAN; 1 if figures built on it are wrong."""
    declared = load_plan(find_plan(plan, voice))
    if snap_m is not None and repaired is None:
        what = Text("--snap は --repair とともに使います", "--snap goes with --repair")
        remedy = Text("--repair DIR を加えてください", "add --repair DIR")
        raise UsageError("keniki check", what, remedy)
    if repaired is not None:
        for path in pipeline.mend(declared, repaired, snap_m):
            voice.say(Text(f"書きました: {path}", f"Wrote {path}"))
    with voice.progress() as progress:
        findings = pipeline.inspect(declared, progress)
    frame = as_frame(findings)
    if as_json:
        rows = frame.astype(object).where(frame.notna(), None).to_dict("records")
        print(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        Console(highlight=False).print(_findings_table(frame, voice.language))
    return int(any(finding.severity is Severity.ERROR for finding in findings))


def overlap(voice: Voice, left: str, right: str, out: Path | None, **asked: Any) -> None:
    """Every overlap of LEFT and RIGHT as CSV."""
    request = OverlapRequest(left, right, **asked)
    workers = on_cluster(request.scheduler) if request.scheduler else nullcontext(in_threads())
    with voice.progress() as progress, workers as run:
        parts = request.parts(voice, progress, run)
        with _written_whole(out) if out else nullcontext(sys.stdout) as file:
            outside = _write_parts(parts, request.remainder, file)
    _say_outside(voice, outside)


@contextmanager
def _written_whole(path: Path) -> Iterator[TextIO]:
    """A file that has its name only when all of it is written."""
    half = path.with_name(f"{path.name}.part")
    try:
        with half.open("w", encoding="utf-8", newline="") as file:
            yield file
        half.replace(path)
    finally:
        half.unlink(missing_ok=True)


def _write_parts(parts: Iterable[pd.DataFrame], remainder: bool, out: TextIO) -> pd.DataFrame:
    """Write each part of a crosswalk as it comes; returns the rows that lie outside a side."""
    outside = []
    for nth, part in enumerate(parts):
        inside = overlaps.pairs(part)
        tables.write_pairs(part if remainder else inside, out, header=nth == 0)
        outside.append(part.drop(inside.index))
    rows = pd.concat(outside)
    rows.attrs = dict(part.attrs)
    return rows


@dataclass(frozen=True)
class OverlapRequest:
    """What `keniki overlap` was asked for."""

    left: str
    right: str
    plan: Path | None
    left_id: str | None
    right_id: str | None
    crs: str | None
    counts: tuple[str, ...]
    remainder: bool
    sliver_width_m: float | None
    sliver_share: float | None
    snap_m: float | None
    scheduler: str | None

    @property
    def names_files(self) -> bool:
        return any((self.left_id, self.right_id, self.crs))

    def slivers(self, rule: SliverRule) -> SliverRule | None:
        """`rule` with the width and share asked for; None if nobody asked."""
        asked = {"width_m": self.sliver_width_m, "min_share": self.sliver_share}
        given = {name: value for name, value in asked.items() if value is not None}
        return replace(rule, **given) if given else None

    def parts(self, voice: Voice, progress: Progress, run: Run) -> Iterator[pd.DataFrame]:
        """The crosswalk asked for, part by part."""
        if self.names_files:
            return self.of_files(voice, run)
        return iter([self.of_plan(voice, progress, run)])

    def of_files(self, voice: Voice, run: Run) -> Iterator[pd.DataFrame]:
        """Two boundary files; the zones of LEFT carry the counts."""
        if not (self.left_id and self.right_id and self.crs):
            what = Text("ファイルどうしの指定が足りません", "two files are not fully described")
            remedy = Text(
                "--left-id、--right-id、--crs の3つを指定してください",
                "give all of --left-id, --right-id and --crs",
            )
            raise UsageError("keniki overlap", what, remedy)
        left = _partition_of_file(self.left, "left", self.left_id, self.crs, voice)
        right = _partition_of_file(self.right, "right", self.right_id, self.crs, voice)
        counts = _counts_of_file(left, self.left, self.counts, voice)
        if self.snap_m is not None:
            right = _snapped(right, left, self.snap_m, voice)
        unasked = [f"{name}_missing_towns" for name in self.counts]
        slivers = self.slivers(SliverRule())
        for part in overlaps.in_parts(left, right, counts=counts, run=run):
            if slivers is not None:
                part = marked(part, left, right, slivers, counts.people)
            yield part.drop(columns=unasked)

    def of_plan(self, voice: Voice, progress: Progress, run: Run) -> pd.DataFrame:
        """Two partitions of the plan, with the plan's counts (or those of them asked for)."""
        plan = load_plan(find_plan(self.plan, voice))
        keys = [partition.key for partition in plan.partition]
        for key in (self.left, self.right):
            if key not in keys:
                what = Text(
                    f"「{key}」という区域区分はありません", f"no partition is called “{key}”"
                )
                remedy = did_you_mean(key, keys)
                if Path(key).exists():
                    remedy = Text(
                        "ファイルには --left-id、--right-id、--crs が必要です",
                        "files need --left-id, --right-id and --crs",
                    )
                raise UsageError("keniki overlap", what, remedy)
        known = [count.key for count in plan.counts]
        for name in self.counts:
            if name not in known:
                what = Text(f"「{name}」という数はありません", f"there is no count “{name}”")
                raise UsageError("keniki overlap", what, did_you_mean(name, known))
        if self.snap_m is not None:
            what = Text("--snap は2つのファイルに使います", "--snap is for two files")
            remedy = Text("計画には snap を書いてください", "write snap into the plan instead")
            raise UsageError("keniki overlap", what, remedy)
        slivers = self.slivers(pipeline.sliver_rule(plan))
        pair = (self.left, self.right)
        table = pipeline.overlap_of(plan, pair, progress, run, slivers=slivers)
        unasked = [name for name in known if self.counts and name not in self.counts]
        dropped = [column for name in unasked for column in (name, f"{name}_missing_towns")]
        return table.drop(columns=dropped)


def towns(voice: Voice, text: str, plan: Path | None, ward: str | None) -> None:
    """How an area text is understood, as JSON."""
    register = register_of(load_plan(find_plan(plan, voice)))
    if ward is not None and ward not in register.wards:
        what = Text(f"「{ward}」という区の ID はありません", f"there is no ward “{ward}”")
        raise UsageError("--ward", what, did_you_mean(ward, register.wards))
    matches = register.read(text, ward)
    read = {
        "text": text,
        "pieces": [match.as_json(register) for match in matches],
        "towns": list(dict.fromkeys(t for m in matches if m.whole for t in m.towns)),
    }
    print(json.dumps(read, ensure_ascii=False, indent=2))


def sources(voice: Voice, code: str | None, file: Path | None, as_json: bool) -> int:
    """Official data to download for the municipality CODE (such as 12101)."""
    if code is not None and not (code.isdecimal() and code.isascii() and len(code) == 5):
        what = Text(
            f"「{code}」は市区町村コードではありません", f"“{code}” is no municipality code"
        )
        remedy = Text("5桁の数字で書いてください（例: 12101）", "write five digits, such as 12101")
        raise UsageError("keniki sources", what, remedy)
    if file is not None:
        return _say_what_it_is(voice, file, as_json)
    if as_json:
        rows = [source.as_json(code) for source in official_sources.OFFICIAL]
        print(json.dumps(rows, ensure_ascii=False, indent=2))
        return 0
    for source in official_sources.OFFICIAL:
        title, publisher = source.title.say(voice.language), source.publisher.say(voice.language)
        print(f"{title} — {publisher}\n  {source.page}")
        print(f"  {', '.join(source.expected(code))}\n  → {source.plan.say(voice.language)}")
    return 0


def _say_what_it_is(voice: Voice, file: Path, as_json: bool) -> int:
    found = official_sources.recognise(file)
    if found is None:
        what = Text(
            "名前も列も、知っている公式データと合いません",
            "it is not an official file that is known, by its name or its columns",
        )
        remedy = Text("keniki sources で一覧を見てください", "see the list of keniki sources")
        raise DataError(str(file), what, remedy)
    if as_json:
        known = {"by_name": found.by_name, "by_columns": found.by_columns}
        print(json.dumps(found.source.as_json() | known, ensure_ascii=False, indent=2))
    else:
        print(f"{file}: {found.said.say(voice.language)}")
    return 0


def find_plan(given: Path | None, voice: Voice) -> Path:
    """The plan asked for, else plan.toml here, else the embedded sample (which is said)."""
    if given is not None:
        return given / FILE_NAME if given.is_dir() else given
    if Path(FILE_NAME).is_file():
        return Path(FILE_NAME)
    voice.say(
        Text(
            f"ここに {FILE_NAME} がないため、同梱の見本（千葉市・模式図）を使います",
            f"No {FILE_NAME} here: using the embedded sample (Chiba City, schematic)",
        )
    )
    return sample_folder() / FILE_NAME


def _partition_of_file(name: str, side: str, id_: str, crs: str, voice: Voice) -> Partition:
    source = Boundary(file=name, id=id_, crs=crs)
    file = read_zones(Path(name), source, crs, lambda finding: _say_finding(voice, finding))
    return Partition(side, same(name), Role.OTHER, file.zones, attributes=file.attributes)


def _snapped(right: Partition, left: Partition, within_m: float, voice: Voice) -> Partition:
    """RIGHT with its borders on those of LEFT, which is said."""
    zones, changes = snapped_to(right.zones, left.zones, within_m)
    remedy = Text("ファイルは変わりません", "The files do not change")
    for finding in moves(right.title.ja, changes, onto(left.title, within_m), remedy):
        _say_finding(voice, finding)
    return replace(right, zones=zones, overlapping=None)


def _counts_of_file(left: Partition, where: str, columns: tuple[str, ...], voice: Voice) -> Counts:
    if not columns:
        return NO_COUNTS
    for name in columns:
        if name in {*overlaps.COLUMNS, "is_sliver"}:
            what = Text(f"「{name}」は出力の列の名前です", f"“{name}” is a column of the result")
            remedy = Text("元のファイルの列の名前を変えてください", "rename it in the file")
            raise UsageError("--counts", what, remedy)
    # Not validated: a column of somebody's file need not look like a key of a plan.
    defined = tuple(
        Count.model_construct(
            key=c, column=c, kind=CountKind.TOTAL, per=None, title=same(c), unit=same("")
        )
        for c in columns
    )
    index = left.zones.index
    report = lambda finding: _say_finding(voice, finding)  # noqa: E731
    return Counts(defined, counts_from_rows(left.attributes, defined, where, index, report))


def _say_finding(voice: Voice, finding: Finding) -> None:
    place = "、".join(finding.place[:3]) + (" …" if len(finding.place) > 3 else "")
    voice.say(
        Text(
            f"{finding.where}: {finding.what.ja} {place}。{finding.remedy.ja}",
            f"{finding.where}: {finding.what.en} {place}. {finding.remedy.en}",
        )
    )


def _say_outside(voice: Voice, table: pd.DataFrame) -> None:
    """The way taken, what it assumes, and what lies outside the other side: never rescaled."""
    voice.say(table.attrs["way"].said)
    voice.say(table.attrs["weighting"].said)
    if rule := table.attrs.get("slivers"):
        voice.say(Text(f"is_sliver: {rule.said.ja}", f"is_sliver: {rule.said.en}"))
    if evenly := len(table.attrs["evenly"]):
        voice.say(
            Text(
                f"重みのない町丁目 {evenly} は面積で配分しました",
                f"{evenly} towns without weight were split by area",
            )
        )
    for key in table.attrs["overlapping"]:
        voice.say(
            Text(
                f"{key}: 区域どうしが重なっており、その分はそれぞれに数えています",
                f"{key}: its zones overlap each other; what they share is counted for each",
            )
        )
    ids = [table.index.get_level_values(side) == OUTSIDE for side in (0, 1)]
    for name_ja, name_en, rows in (
        ("左の区域のうち右の区域の外", "LEFT outside RIGHT", table[ids[1] & ~ids[0]]),
        ("右の区域のうち左の区域の外", "RIGHT outside LEFT", table[ids[0] & ~ids[1]]),
    ):
        if len(rows):
            area = rows["area_m2"].sum()
            voice.say(
                Text(
                    f"{name_ja}: {area:,.0f} m²（--remainder で行に出ます）",
                    f"{name_en}: {area:,.0f} m² (rows with --remainder)",
                )
            )


def _say_findings(voice: Voice, findings: tuple[Finding, ...]) -> None:
    heavy = [finding for finding in findings if finding.severity is not Severity.NOTE]
    if heavy:
        voice.say(
            Text(
                f"点検結果が {len(heavy)} 件あります（findings.csv、keniki check）",
                f"{len(heavy)} findings: see findings.csv, or run keniki check",
            )
        )


def _findings_table(frame: pd.DataFrame, language: Language) -> RichTable:
    heads = {
        "ja": ("重さ", "場所", "内容", "量", "どうするか"),
        "en": ("severity", "where", "what", "amount", "remedy"),
    }
    shown = RichTable(*heads[language], show_lines=False)
    for row in frame.to_dict("records"):
        amount = "" if pd.isna(row["amount"]) else f"{row['amount']:,.0f} {row['unit']}"
        place = row["place"] if len(row["place"]) <= 60 else row["place"][:59] + "…"
        cells = (
            row["severity"],
            f"{row['where']} {place}",
            row[f"what_{language}"],
            amount,
            row[f"remedy_{language}"],
        )
        shown.add_row(*map(RichText, cells))
    return shown
