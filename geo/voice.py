"""How the command speaks: Japanese or English, progress or nothing, always on standard error."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.console import Console
from rich.text import Text as RichText

from .words import Language, Text


@dataclass
class Voice:
    """How the command speaks: language, and whether at all."""

    language: Language = "en"
    quiet: bool = False
    console: Console = field(default_factory=lambda: Console(stderr=True, highlight=False))

    def say(self, text: Text) -> None:
        """One plain line, unless quiet."""
        if not self.quiet:
            self.console.print(RichText(text.say(self.language)), soft_wrap=True)

    @contextmanager
    def progress(self) -> Iterator[Callable[[Text], None]]:
        """What is being done: a spinner on a terminal, plain lines elsewhere."""
        if self.quiet:
            yield lambda step: None
        elif self.console.is_terminal:
            with self.console.status("") as status:
                yield lambda step: status.update(RichText(step.say(self.language)))
        else:
            yield self.say


def spoken_language() -> Language:
    """Japanese where KENIKI_LANG or the locale says so, else English."""
    named = (os.environ.get(name, "") for name in ("KENIKI_LANG", "LC_ALL", "LC_MESSAGES", "LANG"))
    first = next(filter(None, named), "en")
    return "ja" if first.lower().startswith("ja") else "en"
