"""plan.toml: what a plan declares. Nothing is loaded here.

A plan is one readable page: a title, a CRS, the sources, the partitions (区域区分), the layers laid
on top and the maps to write. Its models are frozen and refuse unknown keys; :mod:`geo.plan_file`
reads the file and says what is wrong with it. Paths count from the plan's folder; ``$NAME`` in a
path is taken from the environment.
"""

from __future__ import annotations

import os
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal, Self

import pydantic
from pydantic import Field, PrivateAttr, StringConstraints

from .staff import Keep
from .words import Text

Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
Name = Annotated[str, StringConstraints(min_length=1)]

FILE_NAME = "plan.toml"
#: What content is `of` where it belongs to no zone but to the whole city.
CITY = "city"


class Model(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(extra="forbid", frozen=True)


class Role(StrEnum):
    """What a partition is to the plan; it decides how maps draw and name it."""

    UNITS = "units"
    WARD = "ward"
    DISTRICT = "district"
    CARE = "care"
    OTHER = "other"


class Source(Model):
    """The passport (出典) of data: printed on every map and table that shows them."""

    title: Text
    publisher: Text
    date: Name
    licence: Text
    url: Annotated[str, StringConstraints(pattern=r"^https?://")] | None = None
    changes: Text | None = None

    @property
    def said(self) -> Text:
        """The source in one line."""
        more = (f"。{self.changes.ja}", f"; {self.changes.en}") if self.changes else ("", "")
        return Text(
            f"{self.title.ja}（{self.publisher.ja}、{self.date}）{self.licence.ja}{more[0]}",
            f"{self.title.en} ({self.publisher.en}, {self.date}), {self.licence.en}{more[1]}",
        )


class Shapes(Model):
    """A file of shapes; `layer` where it has several, `crs` and `encoding` where it names none."""

    file: Name
    layer: Name | None = None
    crs: Name | None = None
    encoding: Name | None = None


class Boundary(Shapes):
    """Zones drawn in a boundary file; rows that share an id are parts of one zone.

    `id` may be left out for the official files whose columns are known (N03, e-Stat); `area_m2`
    names a column of published areas.
    """

    id: Name | None = None
    name: Name | None = None
    area_m2: Name | None = None


class Alias(Model):
    """A declared rule: this name in an area text means these towns. `why` is printed."""

    text: Name
    towns: Annotated[tuple[Name, ...], Field(min_length=1)]
    ward: Name | None = None
    why: Text


class Part(Model):
    """How much of a town a zone holds where its area text names a part of it.

    `text` is the piece as written (新港の一部), `zone` the id of the zone whose text it stands in.
    Either the `share` of the town is stated, or the part is drawn in a `boundary` file: all its
    polygons together, and the share is that of the town's area.
    """

    text: Name
    zone: Name
    share: Annotated[float, Field(gt=0, lt=1)] | None = None
    boundary: Boundary | None = None
    why: Text


class TableFile(Model):
    """A table in a CSV or Excel file; `encoding` and `sheet` where they are not plain to see."""

    file: Name
    encoding: Name | None = None
    sheet: Name | None = None


class TownList(TableFile):
    """Zones written as area texts (担当地域), one row per zone."""

    id: Name
    name: Name
    text: Name
    ward: Name | None = None
    alias: tuple[Alias, ...] = ()
    part: tuple[Part, ...] = ()


class TownTable(TableFile):
    """Zones given town by town: one row per town with the id of its zone."""

    town: Name
    id: Name
    name: Name | None = None


class TownColumn(Model):
    """Zones given by a column of the towns' own boundary file."""

    id: Name
    name: Name | None = None


class Snap(Model):
    """Snap borders to those of the partition `to` where they run within so many metres of them."""

    to: Key
    within_m: Annotated[float, Field(gt=0)]


class PartitionPlan(Model):
    """One way the city is divided: outlines from a file, or made of towns, or both.

    Outlines are taken as they are, unless the plan asks to clean them (`clean_m`: borders up to so
    many metres apart become one) or to `snap` them to another partition.
    """

    key: Key
    title: Text
    role: Role
    covers_city: bool = True
    sources: tuple[Key, ...] = ()
    note: Text | None = None
    boundary: Boundary | None = None
    town_list: TownList | None = None
    town_table: TownTable | None = None
    town_column: TownColumn | None = None
    ward: Name | None = None
    clean_m: Annotated[float, Field(gt=0)] | None = None
    snap: Snap | None = None

    @property
    def made_of_towns(self) -> TownList | TownTable | TownColumn | None:
        return self.town_list or self.town_table or self.town_column


class CountKind(StrEnum):
    """How a count is shared out: a `total` by share, a `rate` by averaging."""

    TOTAL = "total"
    RATE = "rate"


class Count(Model):
    """One figure per town. A rate is averaged with the weights of the total named by `per`.

    `published` is the total that the publisher states, to be checked.
    """

    key: Key
    title: Text
    unit: Text
    column: Name
    kind: CountKind
    per: Key | None = None
    published: float | None = None


class LayerPlan(Model):
    key: Key
    title: Text
    sources: tuple[Key, ...] = ()
    note: Text | None = None


class CountsPlan(LayerPlan):
    """Counts (population, households, …) of the towns, from a table or their boundary file."""

    type: Literal["counts"]
    file: Name | None = None
    encoding: Name | None = None
    sheet: Name | None = None
    id: Name | None = None
    date: Name
    count: Annotated[tuple[Count, ...], Field(min_length=1)]


class IndicatorCount(Count):
    """One figure per zone. A total is shared out where people live, or evenly over the land."""

    weight: Literal["people", "area"] = "people"


class IndicatorsPlan(LayerPlan, TableFile):
    """Figures of zones, to be re-allocated to the zones of every other partition.

    `by` says whose figures they are: "town", the key of a partition (the column `id` holds its
    ids), or "mesh" (the column `mesh` holds codes of the grid of any level). A rate is `per` a
    total of the same layer or of a layer of counts. `beyond` is that of :class:`WeightsPlan`.
    """

    type: Literal["indicators"]
    by: Key
    id: Name | None = None
    mesh: Name | None = None
    date: Name
    count: Annotated[tuple[IndicatorCount, ...], Field(min_length=1)]
    beyond: Literal["land", "sea"] = "land"


class ContentPlan(LayerPlan, TableFile):
    """Content of the welfare plan: themes, goals, priority items, flags, case studies, marks.

    `of` is the partition that it belongs to, or "city"; of marks the key of the layer whose rows
    are marked, by a `scheme`. The `shapes` of cases are the areas of those that are smaller than a
    zone; their ids are those of the cases.
    """

    type: Literal["themes", "goals", "items", "flags", "cases", "marks"]
    of: Key | None = None
    scheme: Key | None = None
    shapes: Boundary | None = None


class PointsPlan(LayerPlan, TableFile):
    """Places: facilities, centres, one row each. Columns with usual names need not be named.

    A place stands at its longitude and latitude (`lon`, `lat`), or somewhere in the town that the
    column `town` names, by its id or by its name (in the ward whose id the column `ward` gives).
    Offices serve the zone of the partition `of` whose id the column `zone` gives, wherever they
    stand.
    """

    type: Literal["points"]
    name: Name | None = None
    category: Name | None = None
    lon: Name | None = None
    lat: Name | None = None
    town: Name | None = None
    ward: Name | None = None
    of: Key | None = None
    zone: Name | None = None


class WeightsPlan(LayerPlan):
    """Where the people of a town live within it, for towns that a border cuts. One per plan.

    By `points`, such as buildings: a table (`file`) with longitude and latitude (`lon`, `lat`;
    usual names need not be given), or a file of points or footprints (`shapes`). `weight` names a
    column (residents, floor area); without it every point is alike.

    By `mesh`: a table whose column `mesh` holds codes of the grid (地域メッシュ) of any level, and
    `weight` residents. `beyond` says what cells at the edge of the towns have beyond it: `land`,
    where people live as they do inside, or the `sea`, so that all of them live inside.
    """

    type: Literal["weights"]
    by: Literal["points", "mesh"]
    file: Name | None = None
    encoding: Name | None = None
    sheet: Name | None = None
    shapes: Shapes | None = None
    lon: Name | None = None
    lat: Name | None = None
    mesh: Name | None = None
    weight: Name | None = None
    beyond: Literal["land", "sea"] = "land"


class Mark(Model):
    """One mark of a scheme: given to what reaches the share `least` of its target, or more than
    the share `above`; the last mark of a computed scheme to all below.
    """

    key: Name
    title: Text
    least: Annotated[float, Field(ge=0)] | None = None
    above: Annotated[float, Field(ge=0)] | None = None


class Scheme(Model):
    """Marks that belong together (評価の基準), the best first, and their first and last year.

    Marks of two schemes are never compared: each has its own meaning and period. Where the marks
    have thresholds they can be computed from target and actual.
    """

    title: Text
    period: tuple[int, int]
    mark: Annotated[tuple[Mark, ...], Field(min_length=2)]
    sources: tuple[Key, ...] = ()
    note: Text | None = None

    @property
    def is_computed(self) -> bool:
        """Whether its marks follow from target and actual."""
        return any(mark.least is not None or mark.above is not None for mark in self.mark)


class PlannerMap(Model):
    """The planners' page: where the first partition is split by the second."""

    type: Literal["planner"]
    title: Text
    compare: tuple[Key, Key]

    @property
    def partitions(self) -> tuple[Key, ...]:
        return self.compare


class CouncilMap(Model):
    """A page of the city and one per ward: its districts with their items, goals and cases.

    `filter_by_theme` lets a reader pick the items of one theme, to see where they are; a plan whose
    themes classify nothing may leave it out.
    """

    type: Literal["council"]
    title: Text
    districts: Key
    filter_by_theme: bool = True

    @property
    def partitions(self) -> tuple[Key, ...]:
        return (self.districts,)


class EmbedMap(Model):
    """A map without a panel, to stand in another page."""

    type: Literal["embed"]
    title: Text
    show: Annotated[tuple[Key, ...], Field(min_length=1)]

    @property
    def partitions(self) -> tuple[Key, ...]:
        return self.show


class SheetPlan(Model):
    """Paper: a sheet of each ward, or of the city, or all of them in one atlas.

    `districts` are named and listed; the borders of `centres` are drawn, and with `mismatch` the
    districts that they split are hatched. Without `orientation` the map decides.
    """

    type: Literal["ward", "city", "atlas"]
    title: Text
    districts: Key
    centres: Key | None = None
    mismatch: bool = False
    paper: Literal["A4", "A3"] = "A4"
    orientation: Literal["portrait", "landscape"] | None = None

    @property
    def partitions(self) -> tuple[Key, ...]:
        return (self.districts, self.centres) if self.centres else (self.districts,)


AnyLayer = Annotated[
    CountsPlan | IndicatorsPlan | ContentPlan | PointsPlan | WeightsPlan,
    Field(discriminator="type"),
]
AnyMap = Annotated[PlannerMap | CouncilMap | EmbedMap, Field(discriminator="type")]


class Slivers(Model):
    """What counts as a sliver, where it is not keniki's own rule (:mod:`geo.slivers`)."""

    width_m: Annotated[float, Field(ge=0)] | None = None
    min_share: Annotated[float, Field(ge=0, lt=1)] | None = None
    min_people: Annotated[float, Field(ge=0)] | None = None


class Load(Model):
    """What zones have to do, and how much of it each may have (:class:`geo.staff.LoadRule`).

    `count` is the total that loads are made of; `share` says which part of it counts where nobody
    has counted those of 65 and over town by town, and `why` is printed with it. One set of staff is
    for `least` to under `most`.
    """

    count: Key
    share: Annotated[float, Field(gt=0, le=1)] = 1.0
    why: Text | None = None
    keep: Keep = Keep.ENOUGH
    least: Annotated[float, Field(ge=0)] = 3000.0
    most: Annotated[float, Field(gt=0)] = 6000.0
    band: Annotated[float, Field(gt=0, lt=1)] = 0.5


class Realign(Model):
    """Proposals to align two partitions: the zones of `moving` may change, those of `kept` stay.

    A town may move only to a zone whose site is at most `detour_times` as far as that of its own
    today, and `detour_m` more, unless `any_distance`. `exclaves` that are there today may `stay` or
    must be joined (`join`); `ward_lines` are kept (`keep`) or may be crossed (`cross`). `sites`
    names a layer of points: where the centre of each zone of `moving` stands. `splits` asks for
    proposals with so many splits (none: at the knees of the front); `reverse` also works out what
    is possible if `kept` moves instead, and `jointly` what is if both do; `swapped` makes the other
    direction that of the proposals.
    `seconds` is for each point of each ward.
    """

    kept: Key
    moving: Key
    load: Load | None = None
    detour_times: Annotated[float, Field(ge=1)] = 1.5
    detour_m: Annotated[float, Field(ge=0)] = 500.0
    any_distance: bool = False
    exclaves: Literal["stay", "join"] = "stay"
    ward_lines: Literal["keep", "cross"] = "keep"
    sites: Key | None = None
    splits: tuple[Annotated[int, Field(ge=0)], ...] = ()
    reverse: bool = True
    swapped: bool = False
    jointly: bool = True
    seconds: Annotated[float, Field(gt=0)] = 60.0


class PeriodPlan(Model):
    """Two editions to compare: of a partition, or of the priority items of a plan.

    `before` and `after` are the keys of two partitions, or of two layers of items; `dates` say of
    when they are. What is named only as `before` is shown nowhere else (:attr:`Plan.earlier`).
    """

    key: Key
    title: Text
    before: Key
    after: Key
    dates: tuple[Text, Text]
    note: Text | None = None


def plan_path(folder: Path, name: str) -> Path:
    """The file called `name` in a plan that stands in `folder`."""
    return folder / os.path.expandvars(name)


class Plan(Model):
    """A whole plan.

    A `published` edition neither colours nor filters by theme: themes classify nothing.
    """

    title: Text
    published: bool = False
    crs: Name
    city: Text
    date: Name
    schematic: Text | None = None
    source: dict[Key, Source] = Field(default_factory=dict)
    scheme: dict[Key, Scheme] = Field(default_factory=dict)
    partition: Annotated[tuple[PartitionPlan, ...], Field(min_length=1)]
    slivers: Slivers = Slivers()
    realign: Realign | None = None
    period: tuple[PeriodPlan, ...] = ()
    layer: tuple[AnyLayer, ...] = ()
    map: tuple[AnyMap, ...] = ()
    sheet: tuple[SheetPlan, ...] = ()
    _folder: Path = PrivateAttr(Path())

    @property
    def folder(self) -> Path:
        """Where the paths of the plan count from."""
        return self._folder

    def standing_in(self, folder: Path) -> Self:
        """The same plan, its paths counted from `folder`."""
        placed = self.model_copy()
        placed._folder = folder
        return placed

    def path(self, name: str) -> Path:
        """The file called `name` in the plan, counted from the plan's folder."""
        return plan_path(self.folder, name)

    def with_role(self, role: Role) -> PartitionPlan | None:
        """The first partition with this role, if there is one."""
        return next((p for p in self.partition if p.role is role), None)

    @property
    def counts(self) -> tuple[Count, ...]:
        layers = [layer for layer in self.layer if isinstance(layer, CountsPlan)]
        return tuple(count for layer in layers for count in layer.count)

    @property
    def earlier(self) -> frozenset[str]:
        """Partitions and layers that are nothing but the earlier edition of a period.

        They are compared with the later one, and stand on no other page and in no other table.
        """
        before = {one.before for one in self.period}
        used = {key for page in (*self.map, *self.sheet) for key in page.partitions}
        used |= {self.realign.kept, self.realign.moving} if self.realign else set()
        used |= {one.snap.to for one in self.partition if one.snap}
        for layer in self.layer:
            if layer.key not in before:
                used |= {getattr(layer, "of", None) or "", getattr(layer, "by", None) or ""}
        return frozenset(before - used)
