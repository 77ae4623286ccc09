"""Words for people, in Japanese and English.

Everything a reader sees (titles, column labels, errors, findings) is a :class:`Text`: Japanese
first, English beside it. Code, keys and column names stay English.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

Language = Literal["ja", "en"]


@dataclass(frozen=True)
class Text:
    """One thing said in two languages.

    >>> Text("区", "Ward").say("en")
    'Ward'
    """

    ja: str
    en: str

    # Read by pydantic where a Text stands in plan.toml: a third key is a typing mistake.
    __pydantic_config__: ClassVar = {"extra": "forbid", "str_min_length": 1}

    def say(self, language: Language) -> str:
        return self.ja if language == "ja" else self.en

    def __str__(self) -> str:
        return self.en


def same(word: str) -> Text:
    """A word that is the same in both languages: a name, a number, a file.

    >>> same("弁天").say("en")
    '弁天'
    """
    return Text(word, word)
