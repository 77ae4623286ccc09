"""What changed between two editions, as people read it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from .alignment import AREA
from .cutting import OUTSIDE
from .editions import Edition, inside
from .phrases import figure, percent
from .phrases import inside as in_sentence
from .revisions import ALIKE, Revision
from .study import Study
from .words import Text, same

#: What became of a zone (:mod:`geo.editions`), in the order in which it is told.
BECAME = {
    "new": Text("新しくできた", "New"),
    "gone": Text("なくなった", "No longer there"),
    "merged": Text("統合した", "Merged"),
    "divided": Text("分かれた", "Divided"),
    "exchanged": Text("入ったところと移ったところがある", "Gained and lost land"),
    "grown": Text("広がった", "Grown"),
    "shrunk": Text("狭くなった", "Shrunk"),
    "renamed": Text("名前が変わった", "Renamed"),
    "renumbered": Text("ID が変わった", "Has another id"),
    "unchanged": Text("変わらない", "Unchanged"),
}
#: What is no change of land.
STAYED = {"unchanged", "renamed", "renumbered"}
#: What became of an item (:mod:`geo.revisions`).
ITEMS = {
    "added": Text("追加", "added"),
    "changed": Text("変更", "changed"),
    "kept": Text("継続", "kept"),
    "removed": Text("終了", "removed"),
}
#: Of an item that is kept, but for the years of a new plan.
ONLY_YEARS = Text("継続（期間は変更）", "kept, years changed")
CHANGES = {
    "text": Text("文", "text"),
    "zone": Text("地区", "district"),
    "who": Text("主体", "who does it"),
    "years": Text("期間", "years"),
}
MATCHED = {
    "id": Text("同じ ID", "same id"),
    "name": Text("ID は違うが同じ名前", "another id, the same name"),
    "land": Text("名前は違うが同じ範囲", "another name, the same land"),
    "": Text("", ""),
}
#: Where land was in no zone of an edition.
NOWHERE = Text("どの区域でもないところ", "no area")


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a table, by column."""
    return [{str(name): cell for name, cell in row.items()} for row in table.to_dict("records")]


def headline(study: Study, found: Edition) -> Text:
    """In one sentence what changed."""
    rows, title = found.within, found.after.title
    stayed = sum(set(what.split(";")) <= STAYED for what in found.zones["what"])
    if found.moves.empty:
        return Text(
            f"{title.ja}の範囲は変わっていません。", f"No land changed its {in_sentence(title)}."
        )
    weight = study.weight if found.flows[study.weight].notna().any() else AREA
    total = inside(found.flows)[weight].sum()
    moved, whole = figure(study, rows[weight].sum(), weight), figure(study, total, weight)
    number = moved.en.split(" ")[0]
    share, who = percent(rows[weight].sum() / total), _who(study, weight)
    return Text(
        f"{who.ja}{whole.ja}のうち{moved.ja}（{share}）の{title.ja}が変わりました。"
        f"{len(found.after.zones)}の区域のうち{stayed}は変わっていません。",
        f"{number} of {whole.en} ({share}) are in other {in_sentence(title)} than before; "
        f"{stayed} of {len(found.after.zones)} areas are as they were.",
    )


def _who(study: Study, weight: str) -> Text:
    known = study.people is not None and weight == study.people.key
    return study.people.title if known and study.people else Text("面積", "Area")


def notes(study: Study, found: Edition) -> list[Text]:
    """What the sentence leaves out: land of one edition only, slivers, towns not counted."""
    said = []
    edge = found.moves.drop(found.within.index)
    if len(edge):
        area = figure(study, edge[AREA].sum(), AREA)
        said.append(
            Text(
                f"どちらか一方にしか入らないところ: {area.ja}（上の数に入れていません）。",
                f"Held by one edition only: {area.en}, not among these.",
            )
        )
    thin = found.flows[found.flows["kind"] == "sliver"]
    if len(thin):
        area = figure(study, thin[AREA].sum(), AREA)
        said.append(
            Text(
                f"境界の引き方の違いによる細い重なり{len(thin):,}か所（{area.ja}）は、"
                "移ったと数えていません。",
                f"{len(thin):,} slivers ({area.en}), where a border was drawn twice, did not move.",
            )
        )
    column = f"{study.weight}_missing_towns"
    if column in found.moves and (missing := int(found.moves[column].sum())):
        said.append(
            Text(
                f"ほかに、人数のわからない町丁目{missing:,}の区域が変わりました。",
                f"Besides, {missing:,} towns changed whose figures are not known.",
            )
        )
    return said


def became(study: Study, found: Edition, row: dict[str, Any]) -> Text:
    """What became of the zone of one row of :attr:`geo.editions.Edition.zones`."""
    codes = row["what"].split(";")
    if codes == ["unchanged"]:
        return BECAME["unchanged"]
    moves = found.moves
    came = _listed(study, found, moves[moves["to_id"] == row["to_id"]], "from_id")
    went = _listed(study, found, moves[moves["from_id"] == row["from_id"]], "to_id")
    if "gone" in codes:
        return _joined([BECAME["gone"], *_told(went, "→ {}", "now in {}")])
    if "new" in codes:
        return _joined([BECAME["new"], *_told(came, "{}から", "out of {}")])
    said = _renamed(found, row, codes)
    said += _told(came, "{}から入った", "took in land of {}")
    said += _told(went, "{}へ移った", "gave land to {}")
    return _joined(said)


def _renamed(found: Edition, row: dict[str, Any], codes: list[str]) -> list[Text]:
    said = []
    if "renamed" in codes:
        old = found.before.zones.loc[row["from_id"], "name"]
        said.append(Text(f"前の名前は「{old}」", f"called “{old}” before"))
    if "renumbered" in codes:
        said.append(Text(f"前の ID は {row['from_id']}", f"its id was {row['from_id']} before"))
    return said


def _listed(study: Study, found: Edition, moves: pd.DataFrame, side: str) -> list[Text]:
    """The zones on the other side of some moves, each with how much moved."""
    said = []
    for row in records(moves):
        name, much = zone_name(found, row, side), amount(study, row)
        said.append(Text(f"{name.ja}（{much.ja}）", f"{name.en} ({much.en})"))
    return said


def zone_name(found: Edition, row: dict[str, Any], side: str) -> Text:
    """What the zone of one side of a move is called."""
    edition = found.before if side == "from_id" else found.after
    return NOWHERE if row[side] == OUTSIDE else same(str(edition.zones.loc[row[side], "name"]))


def amount(study: Study, row: dict[str, Any]) -> Text:
    """How many people a move concerns; where that is not known, how much land."""
    known = study.people is not None and not pd.isna(row[study.weight])
    return figure(study, row[study.weight]) if known else figure(study, row[AREA], AREA)


def _told(listed: list[Text], ja: str, en: str) -> list[Text]:
    if not listed:
        return []
    names = Text("、".join(one.ja for one in listed), ", ".join(one.en for one in listed))
    return [Text(ja.format(names.ja), en.format(names.en))]


def _joined(said: Iterable[Text]) -> Text:
    said = list(said)
    return Text("。".join(one.ja for one in said), "; ".join(one.en for one in said))


# --- items ----------------------------------------------------------------------------------------


def items_headline(found: Revision) -> Text:
    """In one sentence what changed in the items."""
    number = found.items["what"].value_counts().reindex(list(ITEMS), fill_value=0)
    before, after = len(found.before.table), len(found.after.table)
    ja = "、".join(f"{ITEMS[what].ja}{number[what]}" for what in ITEMS)
    en = ", ".join(f"{number[what]} {ITEMS[what].en}" for what in ITEMS)
    return Text(
        f"項目は{before}件から{after}件に（{ja}）。", f"{before} items became {after}: {en}."
    )


def rule() -> Text:
    """How items were matched."""
    return Text(
        "同じ ID の項目、なければ同じ地区で文の似た項目（一致度"
        f"{ALIKE:.0%}以上）を、同じ項目とみなしました。",
        "Items of the same id are one; else those of a district whose texts are alike "
        f"({ALIKE:.0%} or more).",
    )


def district_words(row: dict[str, Any]) -> Text:
    """How many items of a district were kept, changed, added, removed."""
    names = ("kept", "changed", "added", "removed", "came", "went")
    words = ITEMS | {
        "came": Text("ほかの地区から", "from another district"),
        "went": Text("ほかの地区へ", "to another district"),
    }
    some = [name for name in names if row[name]]
    if not some:
        return Text("項目なし", "no items")
    return Text(
        "、".join(f"{words[name].ja}{row[name]}" for name in some),
        ", ".join(f"{row[name]} {words[name].en}" for name in some),
    )


def match_words(by: str, likeness: float) -> Text:
    """How an item was matched."""
    if by == "text":
        return Text(f"文の一致度{likeness:.0%}", f"texts {likeness:.0%} alike")
    return MATCHED[by]


def change_words(changes: str) -> Text:
    """What of an item is changed."""
    said = [CHANGES[name] for name in changes.split(";") if name]
    return Text("・".join(one.ja for one in said), ", ".join(one.en for one in said))
