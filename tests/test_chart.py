"""The front as a chart: what is said in it, in both languages, and the same bytes each time."""

from __future__ import annotations

import struct
import xml.etree.ElementTree as ET
from math import inf, nan

import matplotlib as mpl
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.chart import LOOKS, Chart, front_chart
from geo.curves import MOST, Curve, described
from geo.errors import DataError, UsageError
from geo.lettering import ems, place, steps, wrapped
from geo.words import Language, Text, same

SVG = "{http://www.w3.org/2000/svg}"
PEOPLE = Text("人", "people")
FREE = Curve(
    Text("出張所の区域", "Branch offices"),
    [(5, 0.0, True), (4, 1200.0, True), (2, 3456.0, True)],
    [(5, Text("現在", "Today")), (4, Text("提案A", "Proposal A"))],
    end_proved=True,
)
NEAR = Curve(Text("距離の上限つき", "Not far"), [(5, 0.0, True), (3, 5000.0, False)])


def chart(
    *curves: Curve,
    title: Text = Text("何人の区域が変わるか", "How many move"),  # noqa: B008 - frozen
    note: Text | None = None,
    language: Language = "ja",
) -> Chart:
    return front_chart(curves, unit=PEOPLE, title=title, note=note, language=language)


def test_same_curves_same_bytes() -> None:
    one, other = chart(FREE, NEAR), chart(FREE, NEAR)
    assert one == other
    turned = Curve(FREE.title, FREE.points[::-1], FREE.marked, FREE.end_proved)
    assert chart(turned, NEAR) == one


def test_svg_is_a_picture_with_a_name() -> None:
    drawn = chart(FREE, NEAR).svg
    root = ET.fromstring(drawn)  # noqa: S314 - our own
    assert (root.tag, root.get("role")) == (f"{SVG}svg", "img")
    assert [child.tag for child in root][:2] == [f"{SVG}title", f"{SVG}desc"]
    assert root[0].text == "何人の区域が変わるか"
    assert root[1].text == (
        "出張所の区域: 分割5・0人、分割4・1,200人、分割2・3,456人。"
        "距離の上限つき: 分割5・0人、分割3・5,000人（証明なし）。"
    )
    assert not root.findall(f".//{SVG}text")
    assert not root.findall(f".//{SVG}metadata")
    assert b"<!DOCTYPE" not in drawn


def test_both_curves_are_drawn() -> None:
    """Each has its colour; the second is dashed; a point that is not proved is white inside."""
    drawn = chart(FREE, NEAR).svg.decode()
    assert all(look["color"] in drawn for look in LOOKS[:2])
    assert "stroke-dasharray" in drawn
    assert "stroke-dasharray" not in chart(FREE).svg.decode()
    assert LOOKS[1]["color"] not in chart(FREE).svg.decode()


def test_png_has_its_size_and_no_program() -> None:
    drawn = chart(FREE, NEAR).png
    assert drawn.startswith(b"\x89PNG\r\n\x1a\n")
    wide, high = struct.unpack(">II", drawn[16:24])
    assert wide == 1800
    assert 900 < high < 1500
    assert b"tEXt" not in drawn
    assert b"atplotlib" not in drawn


def test_settings_of_others_stay_and_do_not_matter() -> None:
    before = dict(mpl.rcParams)
    one = chart(FREE)
    assert dict(mpl.rcParams) == before
    with mpl.rc_context({"lines.linewidth": 9, "font.size": 30, "axes.facecolor": "red"}):
        assert chart(FREE) == one


def test_hostile_titles_are_text() -> None:
    title = same("$x^2$ $\\frac{ </title><script>alert(1)</script> & \" ' %s {0} _x")
    under = Curve(same("_hidden"), FREE.points)
    root = ET.fromstring(chart(under, title=title, note=title).svg)  # noqa: S314 - our own
    assert root[0].text == title.ja
    assert root[1].text is not None
    assert root[1].text.startswith("_hidden: ")
    assert not root.findall(f".//{SVG}script")


@pytest.mark.parametrize("sign", ["🎌", "𠮷", "\x07", "\u200b", "\U000e0100"])
def test_a_sign_without_a_picture_is_an_error(sign: str) -> None:
    with pytest.raises(DataError) as caught:
        chart(FREE, title=same(f"区域{sign}"))
    assert f"U+{ord(sign):04X}" in caught.value.line("ja")
    assert f"区域{sign}".strip() in str(caught.value.what)


def test_blanks_of_any_kind_are_blanks() -> None:
    assert chart(FREE, title=same("a \t b")) == chart(FREE, title=same("a b"))


def test_english_chart() -> None:
    root = ET.fromstring(chart(FREE, language="en").svg)  # noqa: S314 - our own
    assert root[0].text == "How many move"
    assert root[1].text == (
        "Branch offices: 5 splits, 0 people; 4 splits, 1,200 people; 2 splits, 3,456 people."
    )


def test_one_point_is_a_chart() -> None:
    assert chart(Curve(same("x"), [(0, 0.0, True)], end_proved=True)).png


@pytest.mark.parametrize(
    ("curves", "said"),
    [
        ([], "0 curves"),
        ([FREE] * (MOST + 1), "5 curves"),
        ([Curve(same("x"), [])], "0 points"),
        ([Curve(same("x"), [(1, nan, True)])], "no number [(1, nan)]"),
        ([Curve(same("x"), [(1, inf, True)])], "no number [(1, inf)]"),
        ([Curve(same("x"), [(1, -1.0, True)])], "no number [(1, -1.0)]"),
        ([Curve(same("x"), [(1, 0.0, True), (1, 2.0, True)])], "twice [1]"),
        ([Curve(same("x"), [(1, 0.0, True)], [(2, same("A"))])], "without a point [2]"),
    ],
)
def test_faults_are_named(curves: list[Curve], said: str) -> None:
    with pytest.raises(UsageError) as caught:
        chart(*curves)
    assert said in caught.value.line("en")


def test_as_many_looks_as_curves() -> None:
    assert len(LOOKS) == MOST
    for key in ("color", "marker"):
        assert len({look[key] for look in LOOKS}) == MOST
    assert len({str(look["linestyle"]) for look in LOOKS}) == MOST


def test_described_says_every_point() -> None:
    words = described([FREE, NEAR], PEOPLE)
    assert words.ja.count("分割") == words.en.count("splits") == len(FREE.points) + len(NEAR.points)


@given(st.text("aあ、 （」", max_size=60), st.integers(2, 20))
def test_wrapping_loses_nothing(text: str, most: int) -> None:
    lines = wrapped(text, most)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert not any(line.startswith(("、", "」")) for line in lines[1:])
    assert not any(line.endswith("（") for line in lines[:-1])
    short = [line for line in lines if "a" not in line and "、" not in line and "」" not in line]
    assert all(ems(line) <= most or line.count("（") >= most for line in short)


@settings(max_examples=50)
@given(st.lists(st.tuples(st.integers(100, 900), st.integers(100, 900)), min_size=2, max_size=6))
def test_labels_cover_no_label(spots: list[tuple[int, int]]) -> None:
    """Six labels always find places in an empty field, inside it."""
    inside, labels = np.array([0.0, 0.0, 1000.0, 1000.0]), np.empty((0, 4))
    for spot in spots:
        at = np.array(spot, dtype=float)
        box = place((90, 30), at, taken=np.empty((0, 4)), labels=labels, inside=inside, gap=20)
        assert ((inside[:2] <= box[:2]) & (box[2:] <= inside[2:])).all()
        apart = (labels[:, :2] >= box[2:]) | (labels[:, 2:] <= box[:2])
        assert apart.any(axis=1).all()
        labels = np.vstack([labels, box])


def test_a_label_prefers_a_place_beside_the_curve() -> None:
    rising = steps(np.array([[0.0, 0.0], [500.0, 300.0], [1000.0, 900.0]]), 9.0, 2.0)
    inside = np.array([0.0, 0.0, 1000.0, 1000.0])
    none = np.empty((0, 4))
    box = place(
        (90, 30), np.array([500.0, 300.0]), taken=rising, labels=none, inside=inside, gap=20
    )
    across = (rising[:, 0] < box[2]) & (rising[:, 2] > box[0])
    up = (rising[:, 1] < box[3]) & (rising[:, 3] > box[1])
    assert not (across & up).any()
