"""The page of a period: the items of two editions of a plan, district by district."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from .attach import text_of
from .downloads import download
from .drawing import Drawing, degrees
from .edition_page import provenance
from .edition_tables import table_names, years
from .edition_words import (
    ITEMS,
    ONLY_YEARS,
    change_words,
    district_words,
    items_headline,
    match_words,
    records,
    rule,
)
from .masthead import masthead, period_file, shapes
from .page import Page
from .partition import Partition
from .plan import PeriodPlan, Role
from .revisions import Revision
from .study import Study
from .table import Table
from .words import Text, same

#: How far borders are made simpler, in metres.
TOLERANCE_M = 10.0
CITY = Text("市全体", "Whole city")
GONE = Text("この地区は、今はありません。", "This district is no longer there.")


def revision_page(study: Study, period: PeriodPlan, made: list[Table]) -> str:
    """The page of a period that compares two layers of items."""
    found = study.revisions[period.key]
    wards, main = study.with_role(Role.WARD), _main(study, found)
    shown = {one.key: one for one in (wards, main) if one is not None}
    drawing = Drawing(replace(study, partitions=shown), shapes(study, TOLERANCE_M))
    drawing.partitions(shown.values(), on=shown)
    districts = [_district(found, row) for row in records(found.districts)]
    _numbers(drawing, main, districts)
    ground = wards or main
    context = masthead(study, period_file(period)) | {
        "headline": items_headline(found),
        "rule": rule(),
        "dates": period.dates,
        "main": main.key,
        "districts": [one for one in districts if one["items"]],
        "without": [one["name"] for one in districts if not one["items"]],
        "layers": drawing.legend(),
        "still": drawing.still(ground, period.title),
        "downloads": [download(table) for table in made if table.name in table_names(period)],
    }
    about = provenance(study, period, [*found.partitions, wards])
    sources = [*found.before.sources, *found.after.sources, *about["sources"]]
    notes = [found.before.note, found.after.note, *about["notes"]]
    about["sources"] = list(dict.fromkeys(sources))
    context["study"] |= about | {"notes": list(dict.fromkeys(note for note in notes if note))}
    payload = drawing.payload(main=main.key, ground=ground)
    return Page("revision", period.title, context, payload).render()


def _main(study: Study, found: Revision) -> Partition:
    """What the map shows: the districts of today, else those of before, else any partition."""
    of_items = [one for one in reversed(found.partitions) if one is not None]
    return (of_items or list(study.partitions.values()))[0]


def _numbers(drawing: Drawing, main: Partition, districts: list[dict[str, Any]]) -> None:
    """How many items came and went stands on the map in each district where any did."""
    changed = {one["id"]: one["sign"] for one in districts if one["sign"] and one["id"]}
    ids = [zone for zone in main.zones.index if zone in changed]
    inner = shapely.point_on_surface(np.asarray(main.zones.geometry.loc[ids]))
    at = gpd.GeoSeries(inner, crs=main.zones.crs).to_crs(4326)
    layer = next(layer for layer in drawing.layers if layer["key"] == main.key)
    layer["spots"] = {
        "lat": degrees(at.y), "lng": degrees(at.x), "text": [changed[zone] for zone in ids]
    }  # fmt: skip


def _district(found: Revision, row: dict[str, Any]) -> dict[str, Any]:
    """One district with its items, those that were removed last."""
    old, new = row["from_id"], row["to_id"]
    items = records(found.items)
    here = [one for one in items if one["to_row"] >= 0 and one["to_id"] == new and _is(row, 1)]
    left = [one for one in items if one["from_row"] >= 0 and one["from_id"] == old and _is(row, 0)]
    rows = here + [one for one in left if one not in here]
    signs = {"+": row["added"], "−": row["removed"], "±": row["changed"]}
    return {
        "id": new,
        "name": _name(found, row),
        "gone": GONE if old and not new else None,
        "words": district_words(row),
        "sign": " ".join(f"{sign}{number}" for sign, number in signs.items() if number),
        "items": [_item(found, one) for one in rows],
    }


def _is(row: dict[str, Any], side: int) -> bool:
    """Whether a row stands for a district on this side; with "" on both it is the city."""
    return bool((row["from_id"], row["to_id"])[side]) or row["from_id"] == row["to_id"]


def _name(found: Revision, row: dict[str, Any]) -> Text:
    """What a district is called, today or before."""
    for side, partition in zip(("to_id", "from_id"), reversed(found.partitions), strict=True):
        if partition is not None and row[side] in partition.zones.index:
            return same(str(partition.zones.loc[row[side], "name"]))
    return same(row["to_id"] or row["from_id"]) if row["to_id"] or row["from_id"] else CITY


def _years(spans: list[Text]) -> Text:
    """The years of an item before and now, once if they are the same."""
    ja, en = dict.fromkeys(one.ja for one in spans), dict.fromkeys(one.en for one in spans)
    return Text(" → ".join(ja), " → ".join(en))


def _item(found: Revision, row: dict[str, Any]) -> dict[str, Any]:
    """One item: its text, the one before where it is another, and how they were matched."""
    old, new = (
        layer.table.iloc[row[f"{side}_row"]] if row[f"{side}_row"] >= 0 else None
        for side, layer in (("from", found.before), ("to", found.after))
    )
    now = new if new is not None else old
    assert now is not None  # noqa: S101  (an item is in one of the editions)
    texts = {str(key): str(value) for key, value in now.items()}
    changed = old is not None and new is not None and "text" in row["changes"].split(";")
    return {
        "what": row["what"],
        "label": ONLY_YEARS if row["what"] == "kept" and row["changes"] else ITEMS[row["what"]],
        "text": text_of(texts, "text"),
        "was": text_of({str(k): str(v) for k, v in old.items()}, "text")
        if changed and old is not None
        else None,
        "years": _years([years(one) for one in (old, new) if one is not None]),
        "matched": match_words(row["by"], row["likeness"]) if row["by"] else None,
        "changes": change_words(row["changes"]) if row["changes"] else None,
    }
