"""Where a payload meets the frame of the jurisdiction: all that is wrong with it is gathered.

One Intake per payload. `to_domain` functions hand it their doubtful parts, read None for those that
failed, and call `close` before they build a value.
"""

from collections.abc import Callable
from typing import TypeVar

from geo.errors import GeoError
from geo.frame import Frame
from geo.shapes import Warned
from geo.text import Text
from service.domain.errors import Malformed, Problem
from service.wire.problems import of_geometry

T = TypeVar("T")


class Intake:
    """The defects and warnings of one payload, and the frame it is read in."""

    def __init__(self, frame: Frame) -> None:
        """Nothing found yet."""
        self.frame = frame
        self._problems: list[Problem] = []
        self.warnings: list[Problem] = []

    def take(self, pointer: str, make: Callable[[], T]) -> T | None:
        """What `make` gives; None, and the defect noted, when geo refuses it."""
        try:
            return make()
        except GeoError as refused:
            self._problems.append(of_geometry(pointer, refused))
            return None

    def refuse(self, pointer: str, code: str, zh: str, en: str) -> None:
        """Note a defect."""
        self._problems.append(Problem(pointer, code, Text(zh, en)))

    def warn(self, pointer: str, warned: Warned) -> None:
        """Note what was accepted and should be looked at."""
        self.warnings.append(Problem(pointer + warned.pointer, warned.code, warned.message))

    def close(self) -> None:
        """Raise Malformed with every defect; return when there is none."""
        if self._problems:
            raise Malformed(self._problems)
