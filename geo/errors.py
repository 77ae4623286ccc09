"""What stops the work. One line each: where, what with the values, what to do.

The command ends with the error's ``exit_code``: 1 where the data are at fault, 2 where what was
asked for cannot be (a wrong option, a wrong plan).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import ClassVar

from .words import Language, Text


class KenikiError(Exception):
    """Base of all errors that keniki raises on purpose.

    Parameters
    ----------
    where
        File, or key of the plan, that is at fault.
    what
        What is wrong, with the values. No full stop.
    remedy
        What to do about it. No full stop.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, where: str, what: Text, remedy: Text) -> None:
        self.where, self.what, self.remedy = where, what, remedy
        super().__init__(self.line("en"))

    def line(self, language: Language) -> str:
        """The whole message on one line, whatever the data contain."""
        what, remedy = self.what.say(language), self.remedy.say(language)
        if language == "ja":
            said = f"{self.where}: {what}。{remedy}。"
        else:
            end = "" if remedy.endswith("?") else "."
            said = f"{self.where}: {what}. {remedy[:1].upper()}{remedy[1:]}{end}"
        return " ".join(said.split())

    def lines(self, language: Language) -> list[str]:
        return [self.line(language)]


class DataError(KenikiError):
    """The data are at fault: unreadable, contradictory, not what they say they are."""


class UsageError(KenikiError):
    """What was asked for cannot be done: an option, a key, a column that does not exist."""

    exit_code = 2


class PlanError(UsageError):
    """A wrong plan, with every fault at once (`faults`: one error per fault; `file`: the plan)."""

    def __init__(self, file: str, faults: Sequence[UsageError]) -> None:
        self.file, self.faults = file, tuple(faults)
        first = self.faults[0]
        super().__init__(first.where, first.what, first.remedy)

    def lines(self, language: Language) -> list[str]:
        return [f"{self.file}: {fault.line(language)}" for fault in self.faults]


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that is most like this one; None where none is like it."""
    return next(iter(get_close_matches(word, list(known), n=1, cutoff=0.6)), None)


def did_you_mean(word: str, known: Iterable[str]) -> Text:
    """The remedy for a word that is not known: the nearest ones, else all of them.

    >>> did_you_mean("distrct", ["ward", "district"]).en
    'did you mean “district”?'
    >>> did_you_mean("x", ["ward", "district"]).en
    'use one of: ward, district'
    """
    known = list(known)
    if near := nearest(word, known):
        return Text(f"「{near}」の誤りではありませんか", f"did you mean “{near}”?")
    choices = ", ".join(known)
    return Text(f"次から選んでください: {choices}", f"use one of: {choices}")


def no_column(where: str, asked: str, columns: Iterable[object]) -> UsageError:
    """The error for a column that was asked for and is not there.

    >>> print(no_column("t.csv", "nmae", ["id", "name"]))
    t.csv: there is no column “nmae”. Did you mean “name”?
    """
    what = Text(f"列「{asked}」がありません", f"there is no column “{asked}”")
    return UsageError(where, what, did_you_mean(asked, map(str, columns)))
