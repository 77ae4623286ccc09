"""Fronts as curves to be drawn, and the words of their chart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

from .errors import UsageError
from .words import Text

#: More curves in one chart cannot be told apart.
MOST = 4

X = Text("残る分割の数（右ほど少ない →）", "Splits left (fewer to the right →)")
PROVED = Text("塗りつぶし: これが最少（証明済み）", "Filled: the fewest possible (proved)")
UNPROVED = Text("白抜き: 見つかった中で最少（証明なし）", "Hollow: the fewest found (not proved)")
END = Text("これより少ない分割は\n不可能（証明済み）", "Fewer splits are\nimpossible (proved)")


@dataclass(frozen=True)
class Curve:
    """One front.

    Attributes
    ----------
    points
        Splits left, residents moved, and whether it is proved that fewer residents cannot do.
    marked
        Splits of the points to be named, and their names.
    end_proved
        Whether it is proved that there are no fewer splits than at the last point.
    """

    title: Text
    points: Sequence[tuple[int, float, bool]]
    marked: Sequence[tuple[int, Text]] = ()
    end_proved: bool = False

    @property
    def sorted(self) -> list[tuple[int, float, bool]]:
        """The points from the most splits to the fewest."""
        return sorted(self.points, reverse=True)

    def named(self, unit: Text) -> list[tuple[int, float, Text]]:
        """The marked points, with their names and what they say."""
        moved = {splits: its for splits, its, _ in self.points}
        said = [(at, name, figures(at, moved[at], unit)) for at, name in self.marked]
        return [
            (at, moved[at], Text(f"{name.ja}\n{its.ja}", f"{name.en}\n{its.en}"))
            for at, name, its in said
        ]


def y_axis(unit: Text) -> Text:
    return Text(f"区域が変わる住民（{unit.ja}）", f"Residents whose zone changes ({unit.en})")


def figures(splits: int, moved: float, unit: Text) -> Text:
    """What a point says.

    >>> figures(12, 3456.0, Text("人", "people")).ja
    '分割12・3,456人'
    """
    return Text(
        f"分割{splits:,}・{moved:,.0f}{unit.ja}", f"{splits:,} splits, {moved:,.0f} {unit.en}"
    )


def described(curves: Sequence[Curve], unit: Text) -> Text:
    """The chart in words, for those who cannot see it: every point of every curve."""
    ja, en = [], []
    for curve in curves:
        points = [(figures(at, moved, unit), proved) for at, moved, proved in curve.sorted]
        ja.append("、".join(f"{said.ja}{'' if sure else '（証明なし）'}" for said, sure in points))
        en.append("; ".join(f"{said.en}{'' if sure else ' (not proved)'}" for said, sure in points))
    titles = [curve.title for curve in curves]
    return Text(
        "".join(f"{title.ja}: {points}。" for title, points in zip(titles, ja, strict=True)),
        " ".join(f"{title.en}: {points}." for title, points in zip(titles, en, strict=True)),
    )


def refuse(curves: Sequence[Curve]) -> None:
    """Faults that would be drawn as if they were none.

    Raises
    ------
    UsageError
        If there are no curves or too many, or one has no points, two for the same splits, one that
        moves no number, or a name for a point that it has not.
    """
    if not 1 <= len(curves) <= MOST:
        what = Text(f"曲線が{len(curves)}本あります", f"{len(curves)} curves")
        raise UsageError("chart", what, Text(f"1〜{MOST}本にしてください", f"draw 1 to {MOST}"))
    for curve in curves:
        splits = [at for at, _, _ in curve.points]
        odd = [(at, moved) for at, moved, _ in curve.points if not (moved >= 0 and isfinite(moved))]
        twice = sorted({at for at in splits if splits.count(at) > 1})
        lost = [at for at, _ in curve.marked if at not in splits]
        if odd or twice or lost or not splits:
            what = Text(
                f"点{len(splits)}個、数でない移動{odd}、重なる分割数{twice}、点のない印{lost}",
                f"{len(splits)} points, moves that are no number {odd}, splits given twice "
                f"{twice}, names without a point {lost}",
            )
            remedy = Text("分割数ごとに点を1つにしてください", "give one point for every split")
            raise UsageError(curve.title.ja, what, remedy)
