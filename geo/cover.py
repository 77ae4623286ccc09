"""What the front sheet of a workbook says: what it is, how figures were made, the sources."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from . import phrases
from .crs import known_crs
from .findings import Severity
from .partition import Partition
from .study import Pair, Study
from .tables import once
from .words import Text, same

#: A label and what is said under it.
Said = tuple[Text, Text]

TITLE, DATE = Text("題名", "Title"), Text("作成", "Date")
NOTE, SOURCE = Text("注意", "Note"), Text("出典", "Source")
COUNTED, IGNORED = Text("数え方", "How it is counted"), Text("数えない重なり", "Overlaps left out")


def about(study: Study) -> list[Said]:
    """The title, the date, and that it is schematic where it is."""
    plan = study.plan
    said = [(TITLE, plan.title), (DATE, same(plan.date))]
    return [*said, (NOTE, plan.schematic)] if plan.schematic else said


def rules(study: Study) -> list[Said]:
    """Where areas are measured, how people are counted, what is no overlap, how good data are."""
    crs = same(f"{known_crs(study.plan.crs).name} ({study.plan.crs})")
    return [
        (Text("区域区分", "Partitions"), _partitions(study)),
        *((NOTE, one.note) for one in study.partitions.values() if one.note),
        (Text("面積を測る座標系", "Areas are measured in"), crs),
        *_by_pair(study, COUNTED, lambda pair: phrases.way(study, *_two(study, pair))),
        *_by_pair(study, IGNORED, lambda pair: study.rule(pair).said),
        (Text("点検結果", "Findings"), _findings(study)),
    ]


def sources(study: Study) -> list[Said]:
    """Every source with its publisher, date and licence."""
    return [(SOURCE, source.said) for source in study.every_source]


def _two(study: Study, pair: Pair) -> list[Partition]:
    return [study.partitions[key] for key in pair]


def _partitions(study: Study) -> Text:
    every = study.partitions.values()
    return Text(
        "、".join(f"{one.title.ja} {len(one.zones):,}" for one in every),
        "; ".join(f"{one.title.en}: {len(one.zones):,}" for one in every),
    )


def _findings(study: Study) -> Text:
    times = Counter(one.severity for one in study.findings)
    words = phrases.SEVERITY_WORDS
    return Text(
        "、".join(f"{words[one].ja} {times[one]:,}件" for one in Severity),
        "; ".join(f"{words[one].en}: {times[one]:,}" for one in Severity),
    )


def _by_pair(study: Study, label: Text, say: Callable[[Pair], Text]) -> list[Said]:
    """What holds for pairs of partitions: once, if it is the same for all of them."""
    pairs: dict[Text, list[Pair]] = {}
    for pair in once(study):
        if pair in study.alignments:
            pairs.setdefault(say(pair), []).append(pair)
    if len(pairs) == 1:
        return [(label, said) for said in pairs]
    return [(label, _of(study, its, said)) for said, its in pairs.items()]


def _of(study: Study, pairs: list[Pair], said: Text) -> Text:
    ja, en = [], []
    for left, right in (_two(study, pair) for pair in pairs):
        ja.append(f"{left.title.ja} × {right.title.ja}")
        en.append(f"{left.title.en} × {right.title.en}")
    return Text(f"{'、'.join(ja)}: {said.ja}", f"{', '.join(en)}: {said.en}")
