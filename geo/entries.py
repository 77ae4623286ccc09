"""What a reader can search a page for besides its zones: priority items and case studies."""

from __future__ import annotations

from collections.abc import Iterable

from .attach import records, text_of
from .cases import spot_of
from .content_words import CASES as TITLE
from .content_words import items_title
from .drawing import OUTLINES, Data, Drawing, both, degrees
from .names import SPELLINGS
from .plan import Role
from .study import Study

#: The layer of the dots of cases.
CASES = "cases"

#: A layer of the page and a row of it.
Place = tuple[str, int]
NOWHERE: Place = ("", -1)


def entries(study: Study, drawing: Drawing) -> Data:
    """The items and cases of a page whose layers are `drawing`, in columns.

    An item or case that belongs to a zone of another page is left to that page; one that belongs to
    no zone at all is on every page, without a place.

    Returns
    -------
    dict
        ``spellings`` (:data:`geo.names.SPELLINGS`); ``kinds``, what items and cases are called; and
        for each entry ``kind`` (a row of these), ``texts``, ``places`` (as the table words them),
        ``layer`` (the key of a layer of the page, or "") and ``row`` (of that layer, or -1).
    """
    found = [*_items(study, drawing), *_cases(study, drawing)]
    names = ("kind", "texts", "places", "layer", "row")
    columns = {name: [one[i] for one in found] for i, name in enumerate(names)}
    kinds = [both(items_title(study)), both(TITLE)]
    return {"spellings": SPELLINGS, "kinds": kinds, **columns}


def _items(study: Study, drawing: Drawing) -> Iterable[tuple[object, ...]]:
    for row in records(study.content.items):
        place = _zone(study, drawing, [(row["of"], row.get("zone_id", ""))])
        if place is not None:
            yield 0, both(text_of(row, "text")), "", *place


def _cases(study: Study, drawing: Drawing) -> Iterable[tuple[object, ...]]:
    ward = study.with_role(Role.WARD)
    for row in records(study.content.cases):
        keys = [row["partition"]] if row.get("partition") else list(study.partitions)
        named = [(OUTLINES, row["case_id"]), *((key, row["zone_id"]) for key in keys)]
        if ward is not None:
            named.append((ward.key, row["ward_code"]))
        place = _spot(drawing, row) or _zone(study, drawing, named)
        if place is not None:
            yield 1, both(text_of(row, "title")), both(text_of(row, "place")), *place


def _zone(study: Study, drawing: Drawing, named: Iterable[tuple[str, str]]) -> Place | None:
    """The first of the named zones that the page draws; None: another page draws it."""
    known = [(key, zone) for key, zone in named if _is_known(study, key, zone)]
    drawn = {layer["key"]: layer["ids"] for layer in drawing.layers if "ids" in layer}
    for key, zone in known:
        if zone in drawn.get(key, ()):
            return key, drawn[key].index(zone)
    return None if known else NOWHERE


def _is_known(study: Study, key: str, zone: str) -> bool:
    """Whether the plan has such a zone, or the outline of such a case."""
    if key == OUTLINES:
        return zone in study.content.outlines.index
    return key in study.partitions and zone in study.partitions[key].zones.index


def _spot(drawing: Drawing, case: dict[str, str]) -> Place | None:
    """The dot of a case whose position is known, where the page has one."""
    spot = spot_of(case)
    dots = next((layer for layer in drawing.layers if layer["key"] == CASES), None)
    if dots is None or spot is None:
        return None
    at = [int(degrees([angle]).values[0]) for angle in (spot.lat, spot.lon)]
    places = zip(dots["lat"].values.tolist(), dots["lng"].values.tolist(), strict=True)
    return next(((CASES, row) for row, place in enumerate(places) if list(place) == at), None)
