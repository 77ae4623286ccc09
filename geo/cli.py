"""The command `keniki`. Exit codes: 0 done, 1 the data are at fault, 2 wrong use.

Results go to standard output, everything else to standard error: progress, notes, and errors of
one line each (file, what, values, remedy). What a command does is in :mod:`geo.commands`, which is
imported only when one runs: geopandas takes seconds, and help should not.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from .errors import KenikiError
from .voice import Voice, spoken_language
from .words import Language


def main(arguments: list[str] | None = None) -> None:
    """Run the command and exit with its code."""
    voice = Voice(spoken_language())
    for stream in (sys.stdout, sys.stderr):
        # A Japanese Windows console has no sign for 𠮷 or —: show its code rather than fail.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        code = run(sys.argv[1:] if arguments is None else arguments, voice)
    except KenikiError as err:
        for line in err.lines(voice.language):
            print(f"keniki: {line}", file=sys.stderr)
        code = err.exit_code
    except click.ClickException as err:
        context = getattr(err, "ctx", None)
        where = context.command_path if context else "keniki"
        message = " ".join(err.format_message().split())
        print(f"{where}: {message} (keniki --help)", file=sys.stderr)
        code = 2
    except KeyboardInterrupt:
        code = 130
    except BrokenPipeError:
        # The reader of our output has had enough; what is left must not fail on closing.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except OSError as err:
        print(f"keniki: {err.filename}: {err.strerror}", file=sys.stderr)
        code = 2
    sys.exit(code)


def run(arguments: list[str], voice: Voice) -> int:
    """The exit code of a command that did not fail. (click's own main would hide broken pipes.)"""
    try:
        with keniki.make_context("keniki", arguments, obj=voice) as context:
            return int(keniki.invoke(context) or 0)
    except click.exceptions.NoArgsIsHelpError as err:
        click.echo(err.format_message())
        return 2
    except click.exceptions.Exit as done:
        return done.exit_code


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="keniki")
@click.option("--lang", type=click.Choice(["ja", "en"]), help="Language of messages / 表示言語.")
@click.pass_obj
def keniki(voice: Voice, lang: Language | None) -> None:
    """Keniki (圏域): where service areas do not line up / 区域の重なりとずれを調べる."""
    voice.language = lang or voice.language


def voice_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --lang, which may stand behind the command as well as before it, and --quiet."""

    def set_quiet(context: click.Context, _: click.Parameter, value: bool) -> None:
        context.obj.quiet = value

    def set_language(context: click.Context, _: click.Parameter, value: Language | None) -> None:
        context.obj.language = value or context.obj.language

    quiet = click.option(
        "--quiet", "-q", is_flag=True, expose_value=False, callback=set_quiet,
        help="Say nothing but errors / エラーだけを表示.",
    )  # fmt: skip
    language = click.option(
        "--lang", type=click.Choice(["ja", "en"]), expose_value=False, callback=set_language,
        help="Language of messages / 表示言語.",
    )  # fmt: skip
    return quiet(language(command))


@keniki.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@voice_options
@click.pass_obj
def new(voice: Voice, folder: Path) -> None:
    """Start a plan of your own in DIR, as a copy of the sample / 見本を写して計画を始める."""
    from . import commands

    commands.new(voice, folder)


@keniki.command()
@click.argument("plan", required=False, type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="Folder to write into / 出力先.")
@click.option(
    "--sheets/--no-sheets", default=True, help="Draw what is to be printed / 印刷物も作る."
)
@voice_options
@click.pass_obj
def build(voice: Voice, plan: Path | None, out: Path | None, sheets: bool) -> None:
    """Compute everything in PLAN; write its maps and tables / 地図と表を作る."""
    from . import commands

    commands.build(voice, plan, out, sheets=sheets)


@keniki.command()
@click.argument("plan", required=False, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="For machines / 機械用の出力.")
@click.option(
    "--repair",
    "repaired",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Write safely repaired boundaries into DIR / 安全に直した境界を DIR に書く.",
)
@click.option(
    "--snap",
    "snap_m",
    type=click.FloatRange(min=0, min_open=True),
    metavar="METRES",
    help="With --repair: join borders less apart than this / この幅以下のずれを揃える.",
)
@voice_options
@click.pass_obj
def check(
    voice: Voice,
    plan: Path | None,
    as_json: bool,
    repaired: Path | None,
    snap_m: float | None,
) -> int:
    """Say what is wrong with the data of PLAN; 1 if figures built on it are wrong / 点検する."""
    from . import commands

    return commands.check(voice, plan, as_json, repaired, snap_m)


class PairCommand(click.Command):
    """A command of LEFT RIGHT whose --counts takes several columns: `--counts a b`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        spread: list[str] = []
        pair_first = len(args) > 2 and not any(word.startswith("-") for word in args[:2])
        in_counts = False
        for word in args:
            is_value = in_counts and not word.startswith("-")
            if pair_first and is_value and spread[-1] != "--counts":
                spread.append("--counts")
            in_counts = word == "--counts" or is_value
            spread.append(word)
        return super().parse_args(ctx, spread)


@keniki.command(cls=PairCommand)
@click.argument("left")
@click.argument("right")
@click.option("--plan", type=click.Path(path_type=Path), help="The plan with both / 計画ファイル.")
@click.option("--left-id", help="Id column of the file LEFT / 左のファイルの ID 列.")
@click.option("--right-id", help="Id column of the file RIGHT / 右のファイルの ID 列.")
@click.option("--crs", help="CRS to measure in, metres; also of files that name none / 座標系.")
@click.option("--counts", multiple=True, metavar="COL...", help="Count columns / 人口などの列.")
@click.option(
    "--remainder", is_flag=True, help="Rows for what the other side lacks / 区域外の行も."
)
@click.option(
    "--sliver-width",
    "sliver_width_m",
    type=click.FloatRange(min=0),
    metavar="METRES",
    help="Add is_sliver: nowhere this wide / この幅に満たない重なりに印.",
)
@click.option(
    "--sliver-share",
    type=click.FloatRange(min=0, max=1, max_open=True),
    metavar="SHARE",
    help="Or less than this of both, and few people / 両方のこの割合未満で人も少ない重なりに印.",
)
@click.option(
    "--snap",
    "snap_m",
    type=click.FloatRange(min=0, min_open=True),
    metavar="METRES",
    help="First snap RIGHT to LEFT within this / 先に右の境界を左にこの幅以内で揃える.",
)
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="CSV file / 出力ファイル."
)
@click.option("--scheduler", metavar="ADDRESS", help="Dask scheduler to work on / 計算クラスタ.")
@voice_options
@click.pass_obj
def overlap(voice: Voice, /, left: str, right: str, out: Path | None, **asked: Any) -> None:
    """Every overlap of LEFT and RIGHT as CSV / 重なりの一覧を CSV で書く.

    LEFT and RIGHT are keys of the plan's partitions; or boundary files, with --left-id, --right-id
    and --crs. Totals are split by area: within each town, or without a plan within each LEFT zone.
    """
    from . import overlap_command

    overlap_command.overlap(voice, left, right, out, **asked)


@keniki.command()
@click.argument("kept", metavar="DISTRICTS")
@click.argument("moving", metavar="CARE")
@click.option("--plan", type=click.Path(path_type=Path), help="The plan / 計画ファイル.")
@click.option(
    "--splits",
    multiple=True,
    type=click.IntRange(min=0),
    metavar="K",
    help="Propose what leaves so many splits (repeatable; none: the knees) / 残す分割の数.",
)
@click.option(
    "--reverse",
    "swapped",
    is_flag=True,
    help="Move the borders of DISTRICTS instead / 地区のほうを動かす.",
)
@click.option(
    "--time-limit",
    "seconds",
    type=click.FloatRange(min=0, min_open=True),
    metavar="S",
    help="Seconds for each point of each ward / 1点あたりの秒数.",
)
@click.option("--out", type=click.Path(path_type=Path), help="Folder to write into / 出力先.")
@voice_options
@click.pass_obj
def align(voice: Voice, /, kept: str, moving: str, **asked: Any) -> None:
    """The smallest moves that would align DISTRICTS and CARE / 区域をそろえる提案を作る.

    Both are keys of the plan's partitions. Towns move between zones of CARE so that zones of
    DISTRICTS are split less. Rules (loads, distances, ward lines) stand in the plan's [realign].
    """
    from . import align_command

    align_command.align(voice, kept, moving, **asked)


@keniki.command()
@click.argument("text")
@click.option("--plan", type=click.Path(path_type=Path), help="Whose towns / 町丁目のある計画.")
@click.option("--ward", help="Id of the ward the text speaks of / 区の ID.")
@voice_options
@click.pass_obj
def towns(voice: Voice, text: str, plan: Path | None, ward: str | None) -> None:
    """How an area text is understood, as JSON / 担当地域の文をどう読むか."""
    from . import commands

    commands.towns(voice, text, plan, ward)


@keniki.command()
@click.argument("code", required=False)
@click.option("--check", "file", type=click.Path(path_type=Path), help="What is this file? / 判別.")
@click.option("--json", "as_json", is_flag=True, help="For machines / 機械用の出力.")
@voice_options
@click.pass_obj
def sources(voice: Voice, code: str | None, file: Path | None, as_json: bool) -> int:
    """Official data to download for the municipality CODE (such as 12101) / 公式データの入手先."""
    from . import commands

    return commands.sources(voice, code, file, as_json)
