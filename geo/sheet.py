"""One printed sheet, of a ward or of the city: what it is about, what it says, on what paper."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, partial
from math import inf

import geopandas as gpd
import pandas as pd
import shapely

from .attach import zones_of_ward
from .canvas import SOFT, Mark, said
from .drawing import LEVEL_WORDS
from .errors import DataError
from .masthead import wards_of
from .origins import sources_of
from .partition import Partition
from .phrases import inside
from .plan import SheetPlan
from .sheet_map import SheetMap, Size, round_scale
from .sheet_marks import (
    BARE,
    HATCH_INK,
    HATCHES,
    LOOKS,
    NOTE_PT,
    OUTSIDE,
    WHOLE,
    Entry,
    Voices,
    notice,
)
from .sheet_text import Titled, list_title, numbered
from .study import Study
from .typeset import Paragraph, height, set_in, written
from .words import Text, same

PAPER_IN = {"A4": (210 / 25.4, 297 / 25.4), "A3": (297 / 25.4, 420 / 25.4)}
#: How much larger words are on larger paper.
GROW = {"A4": 1.0, "A3": 1.2}
MARGIN_IN, GAP_IN = 12 / 25.4, 0.1
#: The column beside a map, and what the legend below one takes at first.
SIDE_IN, BELOW_IN = 2.45, 0.75
#: No map is smaller.
LEAST_IN = 1.0
NOT_SPLIT = Text("分かれていない", "not split")
BEYOND_CITY = Text("市の外（陸・海）", "outside the city (land and sea)")


@dataclass(frozen=True, eq=False)
class Sheet:
    """A sheet of a ward, or of the city (`ward_id` is None).

    `name` is what its files are called, but for their endings. Where `in_atlas`, the districts of
    wards are listed with the wards, not with the city.
    """

    study: Study
    asked: SheetPlan
    ward_id: str | None
    name: str
    in_atlas: bool = False

    @cached_property
    def voices(self) -> Voices:
        """How words are said on it."""
        ja, en = (partial(said, language=language, where=self.name) for language in ("ja", "en"))
        return Voices(ja, en)

    @property
    def place(self) -> Text:
        """The name of the city or of the ward."""
        names = wards_of(self.study).zones["name"]
        return self.study.plan.city if self.ward_id is None else same(str(names[self.ward_id]))

    @cached_property
    def title(self) -> Text:
        place, its = self.place, self.asked.title
        return Text(f"{place.ja}　{its.ja}", f"{place.en}: {its.en}")

    @cached_property
    def districts(self) -> Partition:
        return self.study.partitions[self.asked.districts]

    @cached_property
    def centres(self) -> Partition | None:
        return self.study.partitions[self.asked.centres] if self.asked.centres else None

    @cached_property
    def here(self) -> pd.Index:
        """The wards that it is about."""
        wards = wards_of(self.study).zones.index
        return wards if self.ward_id is None else pd.Index([self.ward_id])

    @cached_property
    def served(self) -> pd.Index:
        """The centres that hold part of these wards."""
        assert self.centres is not None  # noqa: S101  (asked of sheets with centres only)
        zones = self.centres.zones.index
        if self.ward_id is None:
            return zones
        pair = wards_of(self.study).key, self.centres.key
        here = zones_of_ward(self.study.crosswalks[pair], self.ward_id)
        return zones[zones.isin(here.index)]

    @cached_property
    def ground(self) -> gpd.GeoSeries:
        """The land of these wards."""
        return gpd.GeoSeries(wards_of(self.study).zones.geometry[self.here])

    @cached_property
    def numbers(self) -> list[Titled]:
        """The ids of its districts, group by group, in the order of their numbers."""
        return numbered(self.study, self.asked, self.ward_id)

    @property
    def unlisted(self) -> int:
        """How many of these groups, from the first on, are listed on other sheets."""
        return len(self.numbers) - 1 if self.in_atlas and self.ward_id is None else 0

    @property
    def list_title(self) -> Text:
        """What its lists are about."""
        districts = any(its for _, its in self.numbers[self.unlisted :])
        return list_title(self.study, self.asked, districts=districts)

    # --- paper --------------------------------------------------------------------------------

    @property
    def grow(self) -> float:
        return GROW[self.asked.paper]

    @cached_property
    def size_in(self) -> Size:
        """The paper, turned as the plan says, else so that the map is larger."""
        short, long = PAPER_IN[self.asked.paper]
        upright, lying = (short, long), (long, short)
        if self.asked.orientation:
            return upright if self.asked.orientation == "portrait" else lying
        scales = [
            round_scale(self.ground, room) if min(room) >= LEAST_IN else inf
            for room in (self._space(one, self.grow * BELOW_IN) for one in (upright, lying))
        ]
        return upright if scales[0] <= scales[1] else lying

    @property
    def inner_in(self) -> float:
        return self.size_in[0] - 2 * MARGIN_IN

    def room(self, size: Size, below: float) -> Size:
        """What is left for the map; upright paper has so much below it for legend and key.

        Raises
        ------
        DataError
            If nothing is.
        """
        room = self._space(size, below)
        if min(room) < LEAST_IN:
            what = Text(
                "題名・注記・出典が長く、地図の場所がありません",
                "title, notes and sources leave no room for the map",
            )
            remedy = Text("短くするか、A3 にしてください", "make them shorter, or take A3")
            raise DataError(self.name, what, remedy)
        return room

    def _space(self, size: Size, below: float) -> Size:
        wide, high = (side - 2 * MARGIN_IN for side in size)
        high -= self.head(wide)[1] - MARGIN_IN + height(self.foot(wide)) + 2 * GAP_IN
        lying = size[0] > size[1]
        return (wide - self.grow * SIDE_IN - 2 * GAP_IN, high) if lying else (wide, high - below)

    # --- what stands around the map -----------------------------------------------------------

    def head(self, wide: float) -> tuple[list[Mark], float]:
        """Title and notice, and how far down they reach."""
        lines = set_in(self.voices.both(self.title, 19 * self.grow, 9 * self.grow), wide)
        marks, down = list[Mark](written(lines, MARGIN_IN, MARGIN_IN)), MARGIN_IN + height(lines)
        if (text := self.study.plan.schematic) is None:
            return marks, down
        at = (MARGIN_IN, down + 0.06)
        more, down = notice(text, at, wide, voices=self.voices, grow=self.grow)
        return [*marks, *more], down

    def foot(self, wide: float) -> list[Paragraph]:
        """What zones are, the date and the sources; in English with publishers only."""
        plan, study = self.study.plan, self.study
        shown = [one for one in (self.districts, self.centres) if one]
        used = [*sources_of(study, [wards_of(study), *shown]), *study.counts.sources]
        sources = list(dict.fromkeys([*used, *study.content_sources]))
        ja = [one.said.ja for one in sources]
        en = list(dict.fromkeys(one.publisher.en for one in sources))
        notes = [one.note for one in shown if one.note]
        notes.append(
            Text(
                f"{plan.title.ja}（{plan.date}）　出典: {'／'.join(ja)}",
                f"{plan.title.en} ({plan.date}). Sources: {'; '.join(en)}",
            )
        )
        said_by = (self.voices.ja, self.voices.en)
        words = [say(note) for say in said_by for note in notes]
        return set_in([Paragraph(one, NOTE_PT * self.grow, SOFT) for one in words], wide)

    def entries(self, drawn: SheetMap) -> list[Entry]:
        """The lines of the legend of a map: borders, classes, and land of which none is said."""
        districts, centres = self.districts, self.centres
        found = [Entry(one.title, LOOKS[one.role]) for one in (wards_of(self.study), districts)]
        if centres:
            its = centres.title
            name = Text(f"{its.ja}と名前", f"{its.en} and their names")
            found.append(Entry(name, LOOKS[centres.role], is_boxed=True))
        if self.asked.mismatch:
            found.append(Entry(NOT_SPLIT, fill=WHOLE))
            pairs = zip(LEVEL_WORDS, HATCHES, strict=True)
            found += [Entry(text, fill=(*look, HATCH_INK)) for text, look in pairs]
        if not shapely.is_empty(drawn.bare(districts.key)):
            ja, en = districts.title.ja, inside(districts.title)
            found.append(Entry(Text(f"どの{ja}でもない", f"in none of the {en}"), fill=BARE))
        if not shapely.is_empty(drawn.outside):
            found.append(Entry(BEYOND_CITY, fill=OUTSIDE))
        return found

    @cached_property
    def described(self) -> str:
        """The map in words, for those who cannot see it."""
        names = self.districts.zones["name"]
        shown = "、".join(str(names[one]) for _, its in self.numbers for one in its)
        note, said_of = self.study.plan.schematic, f"{self.districts.title.ja}: {shown}"
        return f"{note.ja} {said_of}" if note else said_of
