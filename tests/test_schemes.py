"""Marks: exact at every threshold, never mixed, never guessed."""

from __future__ import annotations

from fractions import Fraction

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import DataError
from geo.findings import Finding, Kind
from geo.plan import Mark, Scheme
from geo.schemes import NO_MARKS, Marked, State, computed, read_marks, tally
from geo.words import same
from geo.years import year


def scheme(*marks: tuple[str, dict[str, float]], period: tuple[int, int] = (2021, 2026)) -> Scheme:
    made = tuple(Mark(key=key, title=same(key), **limit) for key, limit in marks)  # type: ignore[arg-type]
    return Scheme(title=same("x"), period=period, mark=made)


QUANTITY = scheme(("S", {"above": 1.0}), ("A", {"least": 0.8}), ("B", {"least": 0.5}), ("C", {}))
QUALITY = scheme(("◎", {}), ("○", {}), ("△", {}), ("×", {}))


def about(one: Scheme = QUANTITY, *ids: str) -> Marked:
    return Marked("items", "one", one, frozenset(ids or ("a", "b")), "marks.csv")


def read(one: Scheme, *rows: dict[str, str]) -> tuple[pd.DataFrame, list[Finding]]:
    """The marks of rows, which stand from row 2 of a file, and what is said of them."""
    table = pd.DataFrame(list(rows), index=range(2, 2 + len(rows))).fillna("")
    found: list[Finding] = []
    return read_marks(table, about(one), found.append), found


def row(id_: str = "a", of: str = "2021", **cells: str) -> dict[str, str]:
    return {"id": id_, "year": of, **cells}


# --- computed -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "actual", "mark"),
    [
        ("35", "28", "A"),  # 0.8 × 35 is 28.000000000000004 in floats
        ("35", "27.99", "B"),
        ("35", "35", "A"),  # S is above the goal, not at it
        ("35", "35.0000001", "S"),
        ("0.3", "0.24", "A"),
        ("1,200", "600", "B"),
        ("１２００", "599", "C"),
        ("35", "0", "C"),
        ("35", "-1", "C"),
    ],
)
def test_marks_are_exact_at_their_thresholds(target: str, actual: str, mark: str) -> None:
    (made, found) = read(QUANTITY, row(target=target, actual=actual))
    assert made["mark"].tolist() == [mark]
    assert made["state"].tolist() == [State.COMPUTED]
    assert found == []


positive = st.fractions(min_value=Fraction(1, 100), max_value=10_000, max_denominator=100)


@given(positive, positive, positive)
def test_a_mark_hangs_on_the_share_alone_and_more_is_never_worse(
    target: Fraction, actual: Fraction, factor: Fraction
) -> None:
    keys = [mark.key for mark in QUANTITY.mark]
    found = computed(QUANTITY, target, actual)
    assert computed(QUANTITY, target * factor, actual * factor) == found
    more = computed(QUANTITY, target, actual + factor)
    assert keys.index(more.key) <= keys.index(found.key)


@given(positive)
def test_the_border_belongs_to_least_and_not_to_above(target: Fraction) -> None:
    tiny = Fraction(1, 10**9)
    found = [computed(QUANTITY, target, share * target).key for share in
             (1 + tiny, Fraction(1), Fraction(4, 5), Fraction(4, 5) - tiny, Fraction(1, 2),
              Fraction(1, 2) - tiny)]  # fmt: skip
    assert found == ["S", "A", "A", "B", "B", "C"]


@pytest.mark.parametrize(
    ("cells", "state"),
    [
        ({"target": "35"}, State.NO_ACTUAL),
        ({"target": "35", "actual": "X"}, State.NO_ACTUAL),
        ({"actual": "35"}, State.NO_TARGET),
        ({}, State.NO_TARGET),
        ({"target": "0", "actual": "5"}, State.TARGET_NOT_ABOVE_0),
        ({"target": "-3", "actual": "5"}, State.TARGET_NOT_ABOVE_0),
    ],
)
def test_what_cannot_be_computed_has_no_mark_and_is_said(
    cells: dict[str, str], state: State
) -> None:
    made, (only,) = read(QUANTITY, row(**cells))
    assert made[["mark", "state"]].iloc[0].tolist() == ["", str(state)]
    assert only.kind is Kind.MARK_MISSING
    assert only.place == (f"row 2 a 2021: {state.said.en}",)


def test_a_target_that_cannot_be_reached_is_refused_by_the_sum_itself() -> None:
    with pytest.raises(ValueError, match="cannot be reached"):
        computed(QUANTITY, Fraction(0), Fraction(5))


def test_figures_without_thresholds_give_no_mark() -> None:
    made, (only,) = read(QUALITY, row(target="35", actual="35"))
    assert made["mark"].tolist() == [""]
    assert only.kind is Kind.MARK_MISSING


# --- stated ---------------------------------------------------------------------------------------


def test_signs_that_look_alike_are_the_same_mark() -> None:
    signs = ["〇", "◯", "○", "✕", "✖", "×", "◎", " △ "]
    made, found = read(QUALITY, *(row(of=str(2021 + i % 6), id_="ab"[i // 6], mark=sign)
                                  for i, sign in enumerate(signs)))  # fmt: skip
    assert "".join(made["mark"]) == "○○○×××◎△"
    assert found == []


@pytest.mark.parametrize("cell", ["X", "x", "Ｘ", "χ"])
def test_a_letter_that_says_withheld_elsewhere_is_no_mark_and_not_missing(cell: str) -> None:
    with pytest.raises(DataError) as caught:
        read(QUALITY, row(mark=cell))
    assert caught.value.line("en").endswith(f"no mark “{cell}”. Use one of: ◎ ○ △ ×.")
    assert read(scheme(("O", {}), ("X", {})), row(mark="x".upper()))[0]["mark"].tolist() == ["X"]


@pytest.mark.parametrize("dash", ["", "－", "…"])
def test_a_dash_is_no_mark(dash: str) -> None:
    made, (only,) = read(QUALITY, row(mark=dash))
    assert made["mark"].tolist() == [""]
    assert only.kind is Kind.MARK_MISSING


def test_a_mark_of_another_scheme_is_refused_with_those_allowed() -> None:
    with pytest.raises(DataError) as caught:
        read(QUALITY, row(mark="○"), row("b", mark="A"))
    assert caught.value.line("en") == (
        "marks.csv: row 3: the scheme has no mark “A”. Use one of: ◎ ○ △ ×."
    )
    assert "3行目の評価「A」" in caught.value.line("ja")


def test_a_stated_mark_that_contradicts_its_figures_is_shown_and_said() -> None:
    made, (only,) = read(
        QUANTITY,
        row(mark="S", target="35", actual="28"),
        row("b", mark="A", target="35", actual="28"),
    )
    assert made["mark"].tolist() == ["S", "A"]
    assert made["follows"].tolist() == ["A", "A"]
    assert only.kind is Kind.MARK_DIFFERS
    assert only.place == ("row 2 a 2021: S, 28 / 35 = A",)


def test_marks_of_no_row_and_of_no_year_of_the_period_are_said() -> None:
    made, found = read(QUALITY, row("z", mark="○"), row(of="2020", mark="○"))
    assert len(made) == 2
    assert {one.kind: one.place for one in found} == {
        Kind.MARK_WITHOUT_ROW: ("row 2 z 2021",),
        Kind.MARK_OUTSIDE_PERIOD: ("row 3 a 2020",),
    }


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([row(of="")], "row 2: “” is no year"),
        ([row(of="next")], "row 2: “next” is no year"),
        ([row(target="many")], "row 2: target “many” is no number"),
        ([row(mark="○"), row(of="2021年度", mark="△")], "row 3: “a” is marked twice for 2021"),
    ],
)
def test_what_could_be_read_in_two_ways_is_refused(rows: list[dict[str, str]], said: str) -> None:
    one = QUANTITY if "target" in rows[0] else QUALITY
    with pytest.raises(DataError) as caught:
        read(one, *rows)
    assert said in caught.value.line("en")


@pytest.mark.parametrize(("cell", "value"), [("2021", 2021), ("２０２１年度", 2021), ("－", None)])
def test_years(cell: str, value: int | None) -> None:
    assert year(cell) == value


# --- summaries ------------------------------------------------------------------------------------

MARKS = st.lists(
    st.tuples(
        st.sampled_from(["one", "two"]),
        st.integers(2019, 2028),
        st.sampled_from(["◎", "○", "△", "×", ""]),
    )
)


@given(MARKS, st.randoms())
def test_every_mark_of_a_scheme_in_its_period_is_counted_once(
    rows: list[tuple[str, int, str]], random: object
) -> None:
    marks = pd.DataFrame(rows, columns=["scheme", "year", "mark"])
    inside = [one for one in rows if one[0] == "one" and 2021 <= one[1] <= 2026]
    found = tally(marks, "one", QUALITY)
    assert int(found.to_numpy().sum()) == len(inside)
    assert list(found.columns) == ["◎", "○", "△", "×", ""]
    for at, mark in {(of, key) for _, of, key in inside}:
        assert found.loc[at, mark] == inside.count(("one", at, mark))
    random.shuffle(rows)  # type: ignore[attr-defined]
    again = pd.DataFrame(rows, columns=["scheme", "year", "mark"])
    assert tally(again, "one", QUALITY).equals(found)


def test_no_marks_are_no_rows() -> None:
    assert tally(NO_MARKS, "one", QUALITY).empty
