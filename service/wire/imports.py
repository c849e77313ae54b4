"""What became of an imported file."""

from datetime import datetime
from typing import Any, Self

from service.domain.importing import (
    Counted,
    ImportedItem,
    ImportKind,
    ImportOutcome,
    ImportReport,
)
from service.wire.common import Output, Reader, Words
from service.wire.problems import ProblemOut


class ImportedItemOut(Output):
    """One item, by its line or feature index; `category` is its class or kind."""

    place: int
    outcome: ImportOutcome
    id: str | None
    name: Words | None
    category: str | None
    notes: list[ProblemOut]

    @classmethod
    def from_domain(cls, item: ImportedItem, reader: Reader) -> Self:
        """The item with what is to be said of it."""
        return cls(
            place=item.place,
            outcome=item.outcome,
            id=item.id,
            name=Words.from_domain(item.name) if item.name else None,
            category=item.category,
            notes=[ProblemOut.from_domain(note, reader) for note in item.notes],
        )


class ImportListed(Output):
    """An import in figures."""

    id: str
    kind: ImportKind
    file_name: str
    crs: str | None
    dry_run: bool
    by: str
    at: datetime
    read: int
    accepted: int
    refused: int
    skipped: int
    warned: int
    categories: dict[str, int]

    @classmethod
    def from_domain(cls, report: ImportReport) -> Self:
        """The import, counted."""
        return cls(**_figures(report))


class ImportOut(ImportListed):
    """An import with every item; `notes` are of the whole file."""

    counted: Counted
    notes: list[ProblemOut]
    items: list[ImportedItemOut]

    @classmethod
    def in_full(cls, report: ImportReport, reader: Reader) -> Self:
        """The import, item by item in the order of the file."""
        items = [ImportedItemOut.from_domain(item, reader) for item in report.items]
        notes = [ProblemOut.from_domain(note, reader) for note in report.notes]
        return cls(**_figures(report), counted=report.counted, notes=notes, items=items)


def _figures(report: ImportReport) -> dict[str, Any]:
    return {
        "id": report.id,
        "kind": report.kind,
        "file_name": report.file_name,
        "crs": report.crs,
        "dry_run": report.dry_run,
        "by": report.by,
        "at": report.at,
        "read": report.read,
        "accepted": report.accepted,
        "refused": report.count(ImportOutcome.refused),
        "skipped": report.count(ImportOutcome.skipped),
        "warned": report.warned,
        "categories": dict(report.categories),
    }
