"""What `keniki overlap` does: every overlap of two partitions, or of two files, as CSV."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TextIO

import pandas as pd

from . import overlap as overlaps
from . import pipeline
from .adjusting import moves, onto
from .boundaries import read_zones
from .cluster import on_cluster
from .commands import find_plan
from .cutting import OUTSIDE
from .errors import UsageError, did_you_mean
from .findings import Finding
from .intake import Progress
from .layers import NO_COUNTS, Counts, counts_from_rows
from .partition import Partition
from .plan import Boundary, Count, CountKind, Role
from .plan_file import load_plan
from .slivers import SliverRule, marked
from .snapping import snapped_to
from .table import write_pairs
from .voice import Voice
from .words import Text, same
from .workers import Run, in_threads


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
        write_pairs(part if remainder else inside, out, header=nth == 0)
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
