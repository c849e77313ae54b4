"""One sentence in the two languages of the registry."""

from typing import NamedTuple


class Text(NamedTuple):
    """What a person reads, in Chinese and in English."""

    zh: str
    en: str
