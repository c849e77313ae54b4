"""What became of an imported file: one line per item read, nothing left out.

The lines count: read = accepted + skipped + refused, and accepted = added + changed + unchanged.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Self

import numpy as np

from geo.crs import Positions
from geo.text import Text
from service.domain.errors import Problem
from service.domain.kinds import Code

FAR_M = 50.0
"""A move shorter than this may well be a survey put right; a wrong datum is hundreds of metres."""
ALIKE = 0.9
"""Moves are one way when their sum is this much of the sum of their lengths."""
FEW = 3


class ImportKind(Code):
    """What a file can be imported as."""

    roads = "roads", "道路", "Roads"
    districts = "districts", "行政区", "Districts"
    zones = "zones", "区域", "Zones"
    restrictions = "restrictions", "限制", "Restrictions"
    runways = "runways", "跑道", "Runways"
    rail = "rail", "铁路", "Railways"
    telemetry = "telemetry", "遥测", "Telemetry"


class ImportOutcome(Code):
    """What became of one item."""

    added = "added", "新增", "Added"
    changed = "changed", "更新", "Changed"
    unchanged = "unchanged", "无变化", "Unchanged"
    skipped = "skipped", "跳过", "Skipped"
    refused = "refused", "拒收", "Refused"


class Counted(Code):
    """By what a file numbers its items."""

    line = "line", "行", "Line"
    feature = "feature", "要素", "Feature"
    summary = "summary", "摘要", "Summary"


ACCEPTED = frozenset({ImportOutcome.added, ImportOutcome.changed, ImportOutcome.unchanged})


@dataclass(frozen=True)
class ImportedItem:
    """One item: its place in the file, the id it has in the registry, and what is to be said of it.

    `place` is a line of a table, from 1, the index of a feature, from 0, as the file counts them,
    or the number of a summary made of it. `notes` are the reasons of a refused or skipped item and
    the warnings of an accepted one; `category` is its class or kind.
    """

    place: int
    outcome: ImportOutcome
    id: str | None = None
    notes: tuple[Problem, ...] = ()
    name: Text | None = None
    category: str | None = None

    @property
    def accepted(self) -> bool:
        """True when the registry holds it now."""
        return self.outcome in ACCEPTED

    @property
    def warned(self) -> bool:
        """True when it was accepted and should be looked at."""
        return self.accepted and bool(self.notes)


@dataclass(frozen=True)
class ImportReport:
    """What became of a file, item by item in the order of the file; `notes` are of the whole."""

    id: str
    revision: int
    kind: ImportKind
    file_name: str
    crs: str | None
    dry_run: bool
    by: str
    at: datetime
    items: tuple[ImportedItem, ...]
    counted: Counted = Counted.line
    notes: tuple[Problem, ...] = ()

    @property
    def read(self) -> int:
        """How many items the file holds."""
        return len(self.items)

    @property
    def accepted(self) -> int:
        """How many of them the registry holds now."""
        return sum(item.accepted for item in self.items)

    @property
    def warned(self) -> int:
        """How many of the accepted should be looked at."""
        return sum(item.warned for item in self.items)

    @property
    def categories(self) -> Mapping[str, int]:
        """How many of the accepted are of each class or kind, the most frequent first."""
        named = (item.category for item in self.items if item.accepted and item.category)
        return dict(Counter(named).most_common())

    def count(self, outcome: ImportOutcome) -> int:
        """How many items had that outcome."""
        return sum(item.outcome is outcome for item in self.items)


@dataclass(frozen=True)
class Shift:
    """How many of the things that are known would move far, all about one way, and how far."""

    known: int
    moved: int
    distance_m: float

    @classmethod
    def between(cls, before: Positions, after: Positions) -> Self | None:
        """The shift from (n, 2) metric positions to others; None when there is none to speak of."""
        moves = after - before
        lengths = np.hypot(*moves.T)
        far = lengths > FAR_M
        if not far.any():
            return None
        distance_m = float(np.hypot(*moves[far].mean(axis=0)))
        if distance_m < ALIKE * lengths[far].mean():
            return None
        return cls(len(moves), int(far.sum()), distance_m)

    @property
    def is_of_all(self) -> bool:
        """True when it looks like another datum rather than like a few things that moved."""
        return self.moved > FEW and 2 * self.moved > self.known
