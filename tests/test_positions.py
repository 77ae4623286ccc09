"""Angles as tables write them."""

from __future__ import annotations

from math import isnan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.cells import number
from geo.positions import State, degrees, position

STRIP = 35 + 36 / 60 + 20.5 / 3600


@pytest.mark.parametrize(
    "cell",
    [
        "35°36'20.5\"", "35度36分20.5秒", "353620.5", "35.36.20.5", "35:36:20.5", "35 36 20.5",
        "北緯35度36分20.5秒", "N35°36′20.5″", "35°36′20.5″N", "３５度３６分２０．５秒",
        "35-36-20.5",
        "35º36’20.5”", "35° 36' 20.5''", "北緯 35°36′20.5″", "+35°36′20.5″", "35度36分20.5",
    ],
)  # fmt: skip
def test_degrees_minutes_seconds(cell: str) -> None:
    assert degrees(cell) == pytest.approx(STRIP, abs=1e-12)


@pytest.mark.parametrize(
    ("cell", "angle"),
    [("35.6384051", 35.6384051), ("３５．５", 35.5), ("-35.5", -35.5), ("南緯35.5", -35.5),
     ("西経140°30′", -140.5), ("140.5E", 140.5), ("35°30'", 35.5), ("1403000", 140.5),
     ("35度", 35), ("140°7.5'", 140.125), (" 35.5 ", 35.5), ("−35.5", -35.5)],
)  # fmt: skip
def test_other_forms(cell: str, angle: float) -> None:
    assert degrees(cell) == pytest.approx(angle, abs=1e-12)


@pytest.mark.parametrize(
    "cell",
    ["35.60.1", "35°60′", "35°36′60″", "35,6", "1e1", "nan", "inf", "", "東経", "35度36分20秒5",
     "--35", "35.6.7.8.9", "-43021.5", "3530", "千葉市", "35''", "N", "1403060", "35_5"],
)  # fmt: skip
def test_no_angle(cell: str) -> None:
    with pytest.raises(ValueError, match="not an angle"):
        degrees(cell)


PLACES = st.floats(min_value=20, max_value=154, allow_nan=False)
SIGNS = st.sampled_from([("°", "'", '"'), ("度", "分", "秒"), (":", ":", ""), ("°", "′", "″")])


@given(PLACES, SIGNS)
def test_there_and_back(angle: float, signs: tuple[str, str, str]) -> None:
    """Decimal → degrees, minutes, seconds → decimal: to a millionth of a second of arc (30 µm)."""
    ticks = round(angle * 3600 * 10**6)
    whole, rest = divmod(ticks, 3600 * 10**6)
    minutes, ticks = divmod(rest, 60 * 10**6)
    seconds = f"{ticks // 10**6:02d}.{ticks % 10**6:06d}"
    d, m, s = signs
    assert degrees(f"{whole}{d}{minutes}{m}{seconds}{s}") == pytest.approx(angle, abs=2e-10)
    assert degrees(f"{whole}{minutes:02d}{seconds}") == pytest.approx(angle, abs=2e-10)


@given(PLACES)
def test_decimals_are_exact(angle: float) -> None:
    assert degrees(repr(angle)) == angle


@pytest.mark.parametrize(
    ("lon", "lat", "state"),
    [
        ("140.1", "35.6", State.KNOWN), ("35.6", "140.1", State.SWAPPED),
        ("", "35.6", State.MISSING), ("140.1", "－", State.MISSING),
        ("0", "0", State.MISSING), ("0.0", "0", State.MISSING),
        ("-43021.5", "25310.1", State.UNREADABLE), ("不明", "35.6", State.UNREADABLE),
        ("200", "35.6", State.UNREADABLE), ("140.1", "139.9", State.UNREADABLE),
    ],
)  # fmt: skip
def test_positions(lon: str, lat: str, state: State) -> None:
    found = position(lon, lat)
    assert found.state is state
    known = (140.1, 35.6) if state in (State.KNOWN, State.SWAPPED) else None
    assert known == (found.lon, found.lat) if known else isnan(found.lon)


# --- figures --------------------------------------------------------------------------------------


@given(st.integers(min_value=-(10**12), max_value=10**12))
def test_whole_numbers_in_any_dress(value: int) -> None:
    wide = str.maketrans("0123456789-,", "０１２３４５６７８９－，")
    for written in (str(value), f"{value:,}", f"{value:,}".translate(wide), f" {value}　"):
        assert number(written) == value


@given(st.floats(min_value=-1e9, max_value=1e9, allow_nan=False))
def test_decimals(value: float) -> None:
    assert number(f"{value:.6f}") == pytest.approx(value, abs=1e-6)


@given(st.text(max_size=5))
def test_a_cell_is_a_number_or_missing_or_refused(cell: str) -> None:
    try:
        value = number(cell)
    except ValueError:
        return
    assert isnan(value) or any(letter.isdigit() for letter in cell)


@pytest.mark.parametrize(
    "cell", ["X", "x", "Ｘ", "-", "－", "−", "―", "…", "‥", "***", "＊＊＊", "χ", "ー"]
)
def test_withheld_is_missing(cell: str) -> None:
    assert isnan(number(cell))


@pytest.mark.parametrize("cell", ["12,34", "1,2345", "1e5", "1,234,", ",5", "5.", "^", "△5", "(5)"])
def test_doubtful_numbers_are_refused(cell: str) -> None:
    with pytest.raises(ValueError, match="not a number"):
        number(cell)
