"""The page of a period: what moved between two editions of a partition, on a map and in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import geopandas as gpd
import pandas as pd

from . import phrases
from .alignment import AREA
from .downloads import download
from .drawing import Data, Drawing, degrees
from .edition_tables import table_names
from .edition_words import (
    BECAME,
    MATCHED,
    amount,
    became,
    headline,
    notes,
    records,
    zone_name,
)
from .editions import Edition
from .masthead import masthead, period_file, shapes
from .moved import KEY, moved_land, spots
from .origins import sources_of
from .page import Page
from .partition import Partition
from .plan import PeriodPlan, Role
from .study import Study
from .table import Table
from .words import Text

#: How far borders are made simpler, in metres: not at all.
TOLERANCE_M = 0.0
#: So many towns of a move are named.
TOWNS = 12


def edition_page(study: Study, period: PeriodPlan, made: list[Table]) -> str:
    """The page of a period that compares two editions of a partition."""
    found = study.editions[period.key]
    view = _view(study, found, period)
    drawing = _drawn(study, view, found)
    ground = view.with_role(Role.WARD) or found.after
    context = masthead(study, period_file(period)) | {
        "headline": headline(study, found),
        "notes": notes(study, found),
        "way": _way(study, found),
        "dates": period.dates,
        "after": found.after,
        "figures": study.people.title if study.people else Text("面積", "Area"),
        "moves": [_move(study, found, row) for row in records(found.moves.reset_index())],
        "groups": _groups(study, found),
        "matched": _matched(found),
        "land": KEY,
        "layers": drawing.legend(),
        "still": drawing.still(ground, period.title),
        "downloads": [download(table) for table in made if table.name in table_names(period)],
    }
    context["study"] |= provenance(study, period, view.partitions.values())
    payload = drawing.payload(
        main=found.after.key,
        ground=ground,
        pairs=drawing.pairs(found.before, found.after),
    )
    return Page("period", period.title, context, payload).render()


def provenance(
    study: Study, period: PeriodPlan, shown: Iterable[Partition | None]
) -> dict[str, Any]:
    """The sources and notes of what a page of a period shows."""
    drawn = [one for one in shown if one is not None and one.key != KEY]
    sources = [*sources_of(study, drawn), *study.counts.sources]
    said = [period.note, *(one.note for one in drawn)]
    return {
        "sources": list(dict.fromkeys(sources)),
        "notes": list(dict.fromkeys(note for note in said if note)),
    }


# --- the map --------------------------------------------------------------------------------------


def _view(study: Study, found: Edition, period: PeriodPlan) -> Study:
    """What the page draws as a study of its own: both editions, what moved, the wards."""
    before, after = found.before, found.after
    if before.title == after.title:
        before, after = (
            replace(one, title=Text(f"{one.title.ja}（{date.ja}）", f"{one.title.en}, {date.en}"))
            for one, date in zip((before, after), period.dates, strict=True)
        )
    wards = study.with_role(Role.WARD)
    land = moved_land(found, study.with_role(Role.UNITS))
    shown = {one.key: one for one in (wards, before, after, land) if one is not None}
    figures = dict(study.figures)
    for one, side, when in ((before, "from_id", "before"), (after, "to_id", "after")):
        figures[one.key] = _figures(found, side, when)
    figures[KEY] = found.moves.set_axis(found.moves.index.astype(str))
    return replace(
        study,
        partitions=shown,
        points=(),
        proposals=None,
        figures=figures,
        crosswalks={(before.key, after.key): found.crosswalk},
    )


def _figures(found: Edition, side: str, when: str) -> pd.DataFrame:
    """The figures of the zones of one edition."""
    rows = found.zones[found.zones[side] != ""].set_index(side)
    return pd.DataFrame({weight: rows[f"{weight}_{when}"] for weight in found.weights})


def _drawn(study: Study, view: Study, found: Edition) -> Drawing:
    """Zones before dashed below those after, land that moved hatched, with its number."""
    drawing = Drawing(view, shapes(study, TOLERANCE_M))
    drawing.partitions(view.partitions.values(), on=view.partitions)
    styles = {found.before.key: "before", found.after.key: "after", KEY: "hatched"}
    for layer in drawing.layers:
        layer["style"] = styles.get(layer["key"], layer.get("style"))
        if layer["key"] == KEY:
            layer["spots"] = _spots(view.partitions[KEY])
    order = [KEY, found.before.key, found.after.key]
    drawing.layers.sort(key=lambda one: order.index(one["key"]) if one["key"] in order else -1)
    drawing.layers.sort(key=lambda one: one.get("style") == "ward")
    return drawing


def _spots(land: Partition) -> Data:
    points, numbers = spots(land)
    at = gpd.GeoSeries(points).to_crs(4326)
    return {"lat": degrees(at.y), "lng": degrees(at.x), "text": numbers.tolist()}


# --- words ----------------------------------------------------------------------------------------


def _way(study: Study, found: Edition) -> Text:
    """How it was computed, and what that assumes."""
    how, assumed = found.crosswalk.attrs["way"].said, found.crosswalk.attrs["weighting"].said
    return Text(f"{how.ja}。{assumed.ja}。", f"{how.en}; {assumed.en}.")


def _move(study: Study, found: Edition, row: dict[str, Any]) -> dict[str, Any]:
    """One row of the table of moves."""
    return {
        "number": str(row["number"]),
        "from": zone_name(found, row, "from_id"),
        "to": zone_name(found, row, "to_id"),
        "amount": amount(study, row),
        "area": phrases.figure(study, row[AREA], AREA),
        "towns": _towns(study, found, row["number"]),
    }


def _towns(study: Study, found: Edition, number: int) -> Text:
    """The towns of a move by name, those of which a part moved as such."""
    towns = study.with_role(Role.UNITS)
    pieces = found.pieces[found.pieces["number"] == number]
    if towns is None or pieces.empty:
        return Text("", "")
    pieces = pieces[pieces["town_id"] != ""]
    said = []
    for row in records(pieces.head(TOWNS)):
        name, part = towns.zones.loc[row["town_id"], "name"], row["share_of_town"] < 1 - 1e-6
        said.append(Text(f"{name}{'の一部' * part}", f"{'part of ' * part}{name}"))
    more = len(pieces) - len(said)
    return Text(
        "、".join(one.ja for one in said) + (f"、ほか{more:,}" if more else ""),
        ", ".join(one.en for one in said) + (f" and {more:,} more" if more else ""),
    )


def _groups(study: Study, found: Edition) -> list[dict[str, Any]]:
    """The zones by what happened: each where the first word of it is."""
    of: dict[str, list[dict[str, Any]]] = {code: [] for code in BECAME}
    for row in records(found.zones):
        side = "to_id" if row["to_id"] else "from_id"
        layer = found.after if row["to_id"] else found.before
        first = min(row["what"].split(";"), key=list(BECAME).index)
        of[first].append(
            {
                "layer": layer.key,
                "id": row[side],
                "name": zone_name(found, row, side),
                "words": became(study, found, row),
                "change": _change(study, row),
            }
        )
    return [{"code": code, "title": BECAME[code], "zones": of[code]} for code in of if of[code]]


def _change(study: Study, row: dict[str, Any]) -> Text | None:
    """The people (else the land) of a zone that goes on, before and after."""
    before, after = (row[f"{study.weight}_{when}"] for when in ("before", "after"))
    if not row["from_id"] or not row["to_id"] or before == after:
        return None
    old, new = phrases.figure(study, before), phrases.figure(study, after)
    return Text(f"{old.ja} → {new.ja}", f"{old.en} → {new.en}")


def _matched(found: Edition) -> list[Text]:
    """The zones that were matched by something else than their id, and by what."""
    said = []
    for row in records(found.matches[found.matches["by"] != "id"]):
        old, new = (zone_name(found, row, side).ja for side in ("from_id", "to_id"))
        why = MATCHED[row["by"]]
        names = f"{old} ({row['from_id']}) → {new} ({row['to_id']})"
        said.append(Text(f"{names}: {why.ja}", f"{names}: {why.en}"))
    return said
