"""What became of an imported file: one line per item read, nothing left out.

The lines count: read = accepted + skipped + refused, and accepted = added + changed + unchanged.
"""

from dataclasses import dataclass
from datetime import datetime

from service.domain.errors import Problem
from service.domain.kinds import Code


class ImportKind(Code):
    """What a file can be imported as."""

    roads = "roads", "道路", "Roads"
    districts = "districts", "行政区", "Districts"
    zones = "zones", "区域", "Zones"
    restrictions = "restrictions", "限制", "Restrictions"
    runways = "runways", "跑道", "Runways"


class ImportOutcome(Code):
    """What became of one item."""

    added = "added", "新增", "Added"
    changed = "changed", "更新", "Changed"
    unchanged = "unchanged", "无变化", "Unchanged"
    skipped = "skipped", "跳过", "Skipped"
    refused = "refused", "拒收", "Refused"


ACCEPTED = frozenset({ImportOutcome.added, ImportOutcome.changed, ImportOutcome.unchanged})


@dataclass(frozen=True)
class ImportedItem:
    """One item: its place in the file, the id it has in the registry, and what is to be said of it.

    `place` is a line of a table or the index of a feature, as the file counts them. `notes` are the
    reasons of a refused or skipped item and the warnings of an accepted one.
    """

    place: int
    outcome: ImportOutcome
    id: str | None = None
    notes: tuple[Problem, ...] = ()

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
    """What became of a file, item by item in the order of the file."""

    id: str
    revision: int
    kind: ImportKind
    file_name: str
    crs: str | None
    dry_run: bool
    by: str
    at: datetime
    items: tuple[ImportedItem, ...]

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

    def count(self, outcome: ImportOutcome) -> int:
        """How many items had that outcome."""
        return sum(item.outcome is outcome for item in self.items)
