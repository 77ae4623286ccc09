"""Area texts: 110 real notations, each kind of trap by itself, and laws that hold for any text."""

from __future__ import annotations

import csv
import os
import tomllib
import unicodedata
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from geo.names import fold, number, split_chome
from geo.townlist import Piece, State, Unit, pieces, read

NOTATIONS = tomllib.loads(Path(__file__).with_name("notations.toml").read_text("utf-8"))["notation"]
TRAPS = list(
    "朝日ヶ丘町都賀の台院内千葉五十土次郎八新田一二三十〇123０９丁目番地号棟～〜~-－ー―・、，,"
    "（）()【】［］「」＜＞ 　\n。:：/全域一部除くをのみうち字管内団地"
)
WORDS = [
    "丁目", "番地", "の一部", "を除く", "のうち", "全域", "から", "まで", "及び", "ただし",
    "小学校区",
    "桜木", "都町", "（", "）", "、", "・", "～", "1", "２", "三", "その他", "など", "：",
    "\n", " ",
]  # fmt: skip
ANY_TEXT = st.one_of(
    st.text(max_size=60),
    st.lists(st.sampled_from(TRAPS), max_size=60).map("".join),
    st.lists(st.sampled_from(WORDS), max_size=25).map("".join),
)
NAMES = [
    "院内",
    "都町",
    "五十土町",
    "次郎八新田",
    "柏井",
    "柏井町",
    "一番町",
    "二十世紀が丘",
    "北1条西",
]


def meaning(piece: Piece) -> tuple[State, Unit, str | None, tuple[int, ...], str | None]:
    """What a piece says, whatever digits it is written with."""
    name, part = (word and unicodedata.normalize("NFKC", word) for word in (piece.name, piece.part))
    return piece.state, piece.unit, name, piece.chome, part


def said(text: str) -> list[tuple[str, tuple[int, ...], str]]:
    return [(piece.name or "", piece.chome, piece.state.value) for piece in pieces(text)]


def only(text: str) -> Piece:
    (piece,) = pieces(text)
    return piece


@pytest.mark.parametrize("notation", NOTATIONS, ids=[row["text"] for row in NOTATIONS])
def test_reads_what_municipalities_write(notation: dict) -> None:
    expected = [
        (text, state, name or None, tuple(chome), part or None, *(unit or ["town"]))
        for text, state, name, chome, part, *unit in notation["pieces"]
    ]
    assert [
        (piece.text, piece.state.value, piece.name, piece.chome, piece.part, piece.unit.value)
        for piece in pieces(notation["text"])
    ] == expected


@pytest.mark.parametrize("notation", NOTATIONS, ids=[row["text"] for row in NOTATIONS])
def test_spans_of_real_notations_join_to_the_text(notation: dict) -> None:
    check_spans(notation["text"])


def test_there_are_110_notations_and_each_names_its_source() -> None:
    assert len(NOTATIONS) == 110
    assert all(row["source"] for row in NOTATIONS)


@pytest.mark.parametrize(
    "written",
    [
        "真砂1～3丁目", "真砂１〜３丁目", "真砂1~3丁目", "真砂1-3丁目", "真砂1－3丁目",
        "真砂1‐3丁目",
        "真砂1–3丁目", "真砂1—3丁目", "真砂1ー3丁目", "真砂一～三丁目", "真砂一ー三丁目",
        "真砂1丁目～3丁目", "真砂1丁目ー3丁目", "真砂1丁目から3丁目まで", "真砂一丁目から三丁目",
        "真砂1から3丁目", "真砂1、2、3丁目", "真砂1,2,3丁目", "真砂１・２・３丁目",
        "真砂一、二、三丁目",
        "真砂1，2及び3丁目", "真砂1～2、3丁目", "真砂(まさご)1～3丁目", "真砂（マサゴ）1～3丁目",
        "真砂 1 ～ 3 丁目", "真砂（1～3丁目）", "真砂1～3丁目（全域）", "真砂1～3丁目全域",
        "真砂［1丁目、2・3丁目］", "真砂1～4丁目（4丁目を除く）", "真砂1～4丁目(除4丁目)",
        "真砂1～5丁目〔4丁目、5丁目は除く。〕", "真砂1～3丁目のみ",
    ],
)  # fmt: skip
def test_ways_to_write_three_chome(written: str) -> None:
    assert said(written) == [("真砂", (1, 2, 3), "whole")]


@pytest.mark.parametrize(
    "name",
    [
        "五十土町", "三角町", "八千代", "次郎八新田", "千種町", "一番町", "二十世紀が丘", "四番丁",
        "十二", "三ヶ日町", "一ツ谷", "北1条西", "第4地割", "都賀の台", "丸の内",
        "卸団地町", "字小山",
        "大字桧原", "柏井町", "柏井", "鳥番", "棟高町", "番町", "にれの木台", "さつきが丘",
        "除ヶ町",
    ],
)  # fmt: skip
def test_names_survive_numerals_and_key_words(name: str) -> None:
    assert said(name) == [(name, (), "whole")]
    assert said(f"{name}、{name}2丁目・3丁目")[1:] == [(name, (2,), "whole"), (name, (3,), "whole")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("柏井町、柏井4丁目", [("柏井町", (), "whole"), ("柏井", (4,), "whole")]),
        ("真砂4丁目及び5丁目", [("真砂", (4,), "whole"), ("真砂", (5,), "whole")]),
        ("真砂1丁目 2丁目", [("真砂", (1,), "whole"), ("真砂", (2,), "whole")]),
        ("院内　春日\n要町", [("院内", (), "whole"), ("春日", (), "whole"), ("要町", (), "whole")]),
        ("（院内、春日）", [("院内", (), "whole"), ("春日", (), "whole")]),
        ("院内ほか", [("院内", (), "whole"), ("", (), "unknown")]),
        ("八千代一丁目二番三号", [("八千代", (1,), "part")]),
        ("真砂1丁目北側", [("真砂", (1,), "part")]),
        ("桜木（1丁目、3丁目）", [("桜木", (1, 3), "whole")]),
        ("桜木（1丁目、3丁目の一部）", [("桜木", (), "part")]),
        ("桜木1～3丁目（2丁目のみ）", [("桜木", (2,), "whole")]),
        ("桜木1～3丁目・5～8丁目（2丁目を除く）",
         [("桜木", (1, 3), "whole"), ("桜木", (5, 6, 7, 8), "whole")]),
        ("南町1~3丁目(3丁目11番を除く)", [("南町", (1, 2), "whole"), ("南町", (3,), "part")]),
        ("都町：院内、2丁目",
         [("都町", (), "unknown"), ("院内", (), "whole"), ("院内", (2,), "whole")]),
        ("東本町\n7番、8番を除く全域", [("東本町", (), "unknown"), ("東本町", (), "part")]),
        ("東本町、7番、8番を除く全域", [("東本町", (), "part")]),
        ("真砂\n1番～5番", [("真砂", (), "unknown"), ("真砂", (), "part")]),
        ("真砂のうち、1丁目の北側", [("真砂", (), "unknown"), ("真砂", (1,), "part")]),
        ("真砂のうち1丁目", [("真砂", (1,), "whole")]),
        ("桜木1～8丁目のうち3丁目を除く", [("桜木", (1, 2, 4, 5, 6, 7, 8), "whole")]),
        ("【問屋町】（一部）", [("問屋町", (), "unknown"), ("問屋町", (), "part")]),
    ],
)  # fmt: skip
def test_lists(text: str, expected: list[tuple[str, tuple[int, ...], str]]) -> None:
    assert said(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "真砂3", "真砂3-5", "5丁目", "真砂3～1丁目", "真砂0丁目", "真砂1～999999丁目",
        "真砂二三丁目",
        "真砂1丁目2番～3丁目5番", "真砂1丁目～", "桜木1～3丁目（5丁目を除く）", "桜木（旧都町）",
        "真砂を除く", "院内、春日を除く", "真砂3丁目以外", "桜木1丁目（一部、都賀2丁目", "(旧)都町",
        "全域", "一部", "7番、8番を除く全域", "●", "H19.4.1", "国道14号線の南側",
        "幸町団地", "宮崎小学校",
    ],
)  # fmt: skip
def test_what_cannot_be_told_is_unknown_with_a_reason(text: str) -> None:
    assert {piece.state for piece in pieces(text)} <= {State.UNKNOWN}
    assert all(piece.reason.ja and piece.reason.en for piece in pieces(text))


@pytest.mark.parametrize(
    "text",
    [
        "真砂1丁目、ただし5番を除く。", "真砂1丁目。ただし、真砂1丁目は西支所の担当とする。",
        "真砂1丁目\n※一部を除く", "真砂1丁目、春日の各一部", "真砂1丁目、無番地を除く",
    ],
)  # fmt: skip
def test_nothing_stays_whole_when_the_text_takes_it_back(text: str) -> None:
    assert State.WHOLE not in {piece.state for piece in pieces(text)}


def test_a_bare_town_without_a_chome_says_which_chome() -> None:
    piece = only("桜木（3・4丁目を除く）")
    assert (piece.state, piece.chome, piece.without) == (State.PART, (), (3, 4))


def test_the_town_may_stand_in_another_column() -> None:
    (piece,) = pieces("2番～5番", within="大崎1丁目")
    assert meaning(piece) == (State.PART, Unit.TOWN, "大崎", (1,), "2番~5番")


@pytest.mark.parametrize(
    ("text", "value"),
    [("7", 7), ("１２", 12), ("十", 10), ("十二", 12), ("二十", 20), ("三十一", 31), ("一〇", 10),
     ("百二十三", 123), ("千", 1000)],
)  # fmt: skip
def test_number(text: str, value: int) -> None:
    assert number(text) == value


@pytest.mark.parametrize("text", ["", "丁", "2十", "-1", "1.5"])
def test_no_number(text: str) -> None:
    with pytest.raises(ValueError, match="not a number"):
        number(text)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("朝日ケ丘一丁目", ("朝日ケ丘", 1)), ("都町１丁目", ("都町", 1)),
        ("五十土町", ("五十土町", None)), ("美浜二十一丁目", ("美浜", 21)),
        ("北1条西12丁目", ("北1条西", 12)), ("一番町", ("一番町", None)),
        ("一丁目", ("一丁目", None)), ("真砂二三丁目", ("真砂二三丁目", None)), ("", ("", None)),
    ],
)  # fmt: skip
def test_split_chome(name: str, expected: tuple[str, int | None]) -> None:
    assert split_chome(name) == expected


def test_folding_meets_spellings_and_keeps_towns_apart() -> None:
    assert len({fold(name) for name in ("朝日ヶ丘", "朝日ケ丘", "朝日が丘", "朝日ガ丘")}) == 1
    assert fold("井ノ頭") == fold("井の頭") == fold("井之頭")
    assert fold("大澤") == fold("大沢")
    assert fold("大字桧原") == fold("檜原")
    for one, other in [("柏井", "柏井町"), ("都賀", "都賀の台"), ("今井", "今井町")]:
        assert fold(one) != fold(other)


def check_spans(text: str) -> None:
    """Every character is in one span, in order, and knows where it came from."""
    spans = read(text)
    assert "".join(span.text for span in spans) == text
    here = 0
    for span in spans:
        assert (span.start, span.text) == (here, text[span.start : span.end])
        assert span.end > span.start
        here = span.end
    assert here == len(text)


@given(ANY_TEXT)
@example("（" * 300)
@example("1" * 5000 + "丁目")
@example("一・" * 200 + "丁目")
@example("\ud800真砂\x00")
def test_any_text_is_read_to_the_last_character(text: str) -> None:
    check_spans(text)


@given(ANY_TEXT)
def test_digit_form_does_not_matter(text: str) -> None:
    wide = text.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    assert [meaning(piece) for piece in pieces(wide)] == [meaning(piece) for piece in pieces(text)]


@given(st.text(max_size=4), st.text(max_size=4))
def test_a_part_never_becomes_whole(before: str, after: str) -> None:
    """Whatever stands around it on its own lines, 真砂2丁目の一部 never becomes whole."""
    found = pieces(f"{before}\n真砂2丁目の一部\n{after}")
    assert not [p for p in found if p.name == "真砂" and p.state is State.WHOLE]


ITEMS = st.tuples(
    st.sampled_from(NAMES),
    st.sampled_from(
        ["", "1丁目", "2～4丁目", "一・二丁目", "3丁目の一部", "1丁目2番3号", "（2丁目を除く）"]
    ),
).map("".join)


TWO_ORDERS = st.lists(ITEMS, max_size=6).flatmap(
    lambda items: st.tuples(st.just(items), st.permutations(items))
)


@given(TWO_ORDERS)
def test_order_of_named_items_does_not_matter(orders: tuple[list[str], list[str]]) -> None:
    here, there = ([meaning(piece) for piece in pieces("、".join(items))] for items in orders)
    assert sorted(here, key=repr) == sorted(there, key=repr)


@given(st.sampled_from(NAMES), st.integers(1, 99))
def test_kanji_and_digits_name_the_same_chome(name: str, chome: int) -> None:
    tens, ones = divmod(chome, 10)
    digits = "〇一二三四五六七八九"
    kanji = ("" if tens < 2 else digits[tens]) + "十" * (tens > 0) + (digits[ones] if ones else "")
    assert number(kanji) == chome
    assert said(f"{name}{kanji}丁目") == said(f"{name}{chome}丁目") == [(name, (chome,), "whole")]
    assert split_chome(f"{name}{kanji}丁目") == (name, chome)


@pytest.fixture
def data() -> Path:
    if "KENIKI_DATA" not in os.environ:
        pytest.skip("KENIKI_DATA names no folder of real data")
    return Path(os.environ["KENIKI_DATA"]) / "chiba"


def test_every_area_text_of_chiba_is_read_whole(data: Path) -> None:
    rows = list(csv.DictReader((data / "care_centres.csv").read_text("utf-8-sig").splitlines()))
    assert len(rows) == 28
    for row in rows:
        check_spans(row["area_text"])
        assert {piece.state for piece in pieces(row["area_text"])} == {State.WHOLE}
        assert {piece.unit for piece in pieces(row["area_text"])} == {Unit.TOWN}


def test_a_register_and_a_reader_split_names_alike(data: Path) -> None:
    table = (data / "expected_town_to_care_centre.csv").read_text("utf-8-sig").splitlines()
    for row in csv.DictReader(table):
        name, chome = split_chome(row["name"])
        assert said(row["name"]) == [(name, () if chome is None else (chome,), "whole")]
