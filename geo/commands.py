"""What the commands do: read a plan or two files, compute, and write or print the result."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pandas as pd
from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text as RichText

from . import pipeline
from . import sources as official_sources
from .errors import DataError, UsageError, did_you_mean
from .findings import Finding, Severity, as_frame
from .intake import register_of
from .phrases import SEVERITY_WORDS, UNITS
from .plan import FILE_NAME
from .plan_file import load_plan, sample_folder
from .voice import Voice
from .words import Language, Text, same


def new(voice: Voice, folder: Path) -> None:
    """Start a plan of your own in DIR, as a copy of the sample."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        what = Text("すでにあり、空ではありません", "it is there already and not empty")
        raise UsageError(
            str(folder), what, Text("新しいフォルダを指定してください", "name a new folder")
        )
    sample = sample_folder()
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(sample / FILE_NAME, folder)
    for part in ("boundaries", "layers"):
        shutil.copytree(sample / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    voice.say(
        Text(
            f"{folder / FILE_NAME} を作りました。次は: keniki build {folder / FILE_NAME}",
            f"Made {folder / FILE_NAME}. Next: keniki build {folder / FILE_NAME}",
        )
    )


def build(voice: Voice, plan: Path | None, out: Path | None, *, sheets: bool) -> None:
    """Compute everything in PLAN; write its maps and tables."""
    path = find_plan(plan, voice)
    declared = load_plan(path)
    beside = Path() if path.parent == sample_folder() and not plan else path.parent
    out = out or beside / "maps_out"
    with voice.progress() as progress:
        study, written = pipeline.build(declared, out, progress, sheets=sheets)
    _say_findings(voice, study.findings)
    voice.say(
        Text(
            f"{len(written)} 個のファイルを書きました。{out / 'index.html'} を開いてください",
            f"Wrote {len(written)} files. Open {out / 'index.html'}",
        )
    )


def check(
    voice: Voice,
    plan: Path | None,
    as_json: bool,
    repaired: Path | None,
    snap_m: float | None,
) -> int:
    """Say what is wrong with the data of PLAN; 1 if figures built on it are wrong."""
    declared = load_plan(find_plan(plan, voice))
    if snap_m is not None and repaired is None:
        what = Text("--snap は --repair とともに使います", "--snap goes with --repair")
        remedy = Text("--repair DIR を加えてください", "add --repair DIR")
        raise UsageError("keniki check", what, remedy)
    if repaired is not None:
        for path in pipeline.mend(declared, repaired, snap_m):
            voice.say(Text(f"書きました: {path}", f"Wrote {path}"))
    with voice.progress() as progress:
        findings = pipeline.inspect(declared, progress)
    frame = as_frame(findings)
    if as_json:
        rows = frame.astype(object).where(frame.notna(), None).to_dict("records")
        print(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        Console(highlight=False).print(_findings_table(frame, voice.language))
    return int(any(finding.severity is Severity.ERROR for finding in findings))


def towns(voice: Voice, text: str, plan: Path | None, ward: str | None) -> None:
    """How an area text is understood, as JSON."""
    register = register_of(load_plan(find_plan(plan, voice)))
    if ward is not None and ward not in register.wards:
        what = Text(f"「{ward}」という区の ID はありません", f"there is no ward “{ward}”")
        raise UsageError("--ward", what, did_you_mean(ward, register.wards))
    matches = register.read(text, ward)
    read = {
        "text": text,
        "pieces": [match.as_json(register) for match in matches],
        "towns": list(dict.fromkeys(t for m in matches if m.whole for t in m.towns)),
    }
    print(json.dumps(read, ensure_ascii=False, indent=2))


def sources(voice: Voice, code: str | None, file: Path | None, as_json: bool) -> int:
    """Official data to download for the municipality CODE (such as 12101)."""
    if code is not None and not (code.isdecimal() and code.isascii() and len(code) == 5):
        what = Text(
            f"「{code}」は市区町村コードではありません", f"“{code}” is no municipality code"
        )
        remedy = Text("5桁の数字で書いてください（例: 12101）", "write five digits, such as 12101")
        raise UsageError("keniki sources", what, remedy)
    if file is not None:
        return _say_what_it_is(voice, file, as_json)
    if as_json:
        rows = [source.as_json(code) for source in official_sources.OFFICIAL]
        print(json.dumps(rows, ensure_ascii=False, indent=2))
        return 0
    for source in official_sources.OFFICIAL:
        title, publisher = source.title.say(voice.language), source.publisher.say(voice.language)
        print(f"{title} — {publisher}\n  {source.page}")
        print(f"  {', '.join(source.expected(code))}\n  → {source.plan.say(voice.language)}")
    return 0


def _say_what_it_is(voice: Voice, file: Path, as_json: bool) -> int:
    found = official_sources.recognise(file)
    if found is None:
        what = Text(
            "名前も列も、知っている公式データと合いません",
            "it is not an official file that is known, by its name or its columns",
        )
        remedy = Text("keniki sources で一覧を見てください", "see the list of keniki sources")
        raise DataError(str(file), what, remedy)
    if as_json:
        known = {"by_name": found.by_name, "by_columns": found.by_columns}
        print(json.dumps(found.source.as_json() | known, ensure_ascii=False, indent=2))
    else:
        print(f"{file}: {found.said.say(voice.language)}")
    return 0


def find_plan(given: Path | None, voice: Voice) -> Path:
    """The plan asked for, else plan.toml here, else the embedded sample (which is said)."""
    if given is not None:
        return given / FILE_NAME if given.is_dir() else given
    if Path(FILE_NAME).is_file():
        return Path(FILE_NAME)
    voice.say(
        Text(
            f"ここに {FILE_NAME} がないため、同梱の見本（千葉市・模式図）を使います",
            f"No {FILE_NAME} here: using the embedded sample (Chiba City, schematic)",
        )
    )
    return sample_folder() / FILE_NAME


def _say_findings(voice: Voice, findings: tuple[Finding, ...]) -> None:
    heavy = [finding for finding in findings if finding.severity is not Severity.NOTE]
    if heavy:
        voice.say(
            Text(
                f"点検結果が {len(heavy)} 件あります（findings.csv、keniki check）",
                f"{len(heavy)} findings: see findings.csv, or run keniki check",
            )
        )


def _findings_table(frame: pd.DataFrame, language: Language) -> RichTable:
    heads = {
        "ja": ("重さ", "場所", "内容", "量", "どうするか"),
        "en": ("severity", "where", "what", "amount", "remedy"),
    }
    shown = RichTable(show_lines=False)
    for head in heads[language]:
        shown.add_column(head, overflow="fold")  # a path or a remedy is of no use cut short
    for row in frame.to_dict("records"):
        unit = UNITS.get(row["unit"], same(row["unit"])).say(language)
        amount = "" if pd.isna(row["amount"]) else f"{row['amount']:,.0f} {unit}"
        place = row["place"] if len(row["place"]) <= 60 else row["place"][:59] + "…"
        cells = (
            SEVERITY_WORDS[Severity(row["severity"])].say(language),
            f"{row['where']} {place}",
            row[f"what_{language}"],
            amount,
            row[f"remedy_{language}"],
        )
        shown.add_row(*map(RichText, cells))
    return shown
