"""What `keniki align` does: proposals for two partitions of a plan, in a folder."""

from __future__ import annotations

from pathlib import Path

from . import pipeline
from .commands import find_plan
from .errors import UsageError, did_you_mean
from .plan import Plan, Realign, Role
from .plan_file import load_plan
from .proposal_tables import option_title, proof
from .proposals import Proposals
from .voice import Voice
from .words import Text

#: Where the files go if nobody says.
FOLDER = "align_out"


def align(
    voice: Voice,
    kept: str,
    moving: str,
    *,
    plan: Path | None,
    splits: tuple[int, ...],
    swapped: bool,
    seconds: float | None,
    out: Path | None,
) -> None:
    """Proposals that align the zones of `moving` with those of `kept`, written into a folder."""
    declared = load_plan(find_plan(plan, voice))
    asked = _asked(declared, kept, moving)
    changes = {"splits": splits or asked.splits, "swapped": swapped}
    if seconds is not None:
        changes["seconds"] = seconds
    whole = {"realign": asked.model_copy(update=changes)}
    declared = declared.model_copy(update=whole).standing_in(declared.folder)
    folder = out or Path(FOLDER)
    with voice.progress() as progress:
        study = pipeline.compute(declared, progress)
        written = pipeline.write(study, folder, progress, only="align")
    assert study.proposals is not None  # noqa: S101  (it was asked for)
    _say(voice, study.proposals)
    voice.say(
        Text(
            f"{len(written)} 個のファイルを書きました。{folder / 'align.html'} を開いてください",
            f"Wrote {len(written)} files. Open {folder / 'align.html'}",
        )
    )


def _asked(plan: Plan, kept: str, moving: str) -> Realign:
    """What the plan says of these two partitions; keniki's own rules where it says nothing."""
    keys = [one.key for one in plan.partition if one.role is not Role.UNITS]
    for key in (kept, moving):
        if key not in keys:
            what = Text(f"「{key}」という区域区分はありません", f"no partition is called “{key}”")
            raise UsageError("keniki align", what, did_you_mean(key, keys))
    if kept == moving:
        what = Text("同じ区域区分です", "both are the same partition")
        remedy = Text("別々の区域区分を指定してください", "name two different ones")
        raise UsageError("keniki align", what, remedy)
    if plan.with_role(Role.UNITS) is None:
        what = Text("町丁目の区域区分がありません", "the plan has no towns that could move")
        remedy = Text(
            'role = "units" の区域区分を加えてください', 'add a partition of role "units"'
        )
        raise UsageError("keniki align", what, remedy)
    asked = plan.realign
    if asked is not None and (asked.kept, asked.moving) == (kept, moving):
        return asked
    return Realign(kept=kept, moving=moving)


def _say(voice: Voice, found: Proposals) -> None:
    """The proposals in a line each, and why there are not fewer splits."""
    front = found.front
    for option in found.options:
        one, title, proved = option.proposal, option_title(option), proof(option)
        splits, moved = f"{front.splits_today} → {one.splits}", f"{one.moved:,.0f}"
        voice.say(
            Text(
                f"{title.ja}: 分割 {splits}、移る {moved}。{proved.ja}",
                f"{title.en}: {splits} splits, {moved} move; {proved.en}",
            )
        )
    for end in found.ends:
        voice.say(end)
