"""What became of an imported file, in lines for whoever stands at a terminal.

What was said of many items is said once, with a few of them; the whole is in ImportOut.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby

from service.domain.errors import Problem
from service.domain.importing import (
    ACCEPTED,
    ImportedItem,
    ImportKind,
    ImportOutcome,
    ImportReport,
)

SHOWN = 5
_WARNED = "with a warning"
_SEE = {
    ImportKind.roads: "They are on the map and at /v1/roads.",
    ImportKind.districts: "They are at /v1/districts.",
    ImportKind.zones: "They are on the map and at /v1/zones.",
    ImportKind.restrictions: "They are on the map and at /v1/restrictions.",
    ImportKind.runways: "They are on the map and at /v1/restrictions.",
    ImportKind.rail: "They are on the map and at /v1/restrictions.",
    ImportKind.telemetry: "They are at /v1/telemetry/summaries, what they show at /v1/violations.",
}
_DRAFTED = {
    ImportKind.zones: "zones proposed",
    ImportKind.restrictions: "restrictions drafted",
    ImportKind.runways: "aerodrome clearance areas drafted as restrictions",
    ImportKind.rail: "stretches of controlled airspace drafted as restrictions",
}

Said = tuple[ImportedItem, Problem]


def remarks(report: ImportReport) -> Iterator[str]:
    """What should be looked at: of the whole file first, then of its items, group by group."""
    yield from (f"{note.message.en} ({note.code})." for note in report.notes)
    said = [(item, note) for item in report.items for note in item.notes]
    order = list(ImportOutcome)
    said.sort(key=lambda pair: (-order.index(_fate(pair)), pair[1].code))
    for (fate, code), group in groupby(said, key=lambda pair: (_fate(pair), pair[1].code)):
        yield from _group(report, fate, code, list(group))


def summary(report: ImportReport, *, published: bool) -> Iterator[str]:
    """The figures, and what comes next."""
    counts = ", ".join(f"{report.count(o)} {o.title.en.lower()}" for o in ImportOutcome)
    yield f"{report.read} read in {report.crs}: {counts}; {report.warned} {_WARNED}."
    if report.categories:
        counts = ", ".join(f"{count} {name}" for name, count in report.categories.items())
        yield f"By class: {counts}."
    if report.dry_run:
        yield "A dry run: nothing was stored."
    elif report.accepted:
        yield from _next(report, published)


def _fate(said: Said) -> ImportOutcome:
    """The outcome; all that was accepted counts as one."""
    outcome = said[0].outcome
    return ImportOutcome.added if outcome in ACCEPTED else outcome


def _group(
    report: ImportReport, fate: ImportOutcome, code: str, said: Sequence[Said]
) -> Iterator[str]:
    title = _WARNED if fate is ImportOutcome.added else fate.value
    yield f"{len(said)} {title}: {code}"
    for item, note in said[:SHOWN]:
        yield f"  {_named(report, item)}{note.pointer and ' ' + note.pointer}: {note.message.en}"
    if len(said) > SHOWN:
        yield f"  and {len(said) - SHOWN} more"


def _named(report: ImportReport, item: ImportedItem) -> str:
    """Its place in the file, its name and its id."""
    parts = [f"{report.counted} {item.place}"]
    if item.name is not None:
        parts.append(" / ".join(dict.fromkeys(item.name)))
    if item.id is not None:
        parts.append(f"[{item.id}]")
    return "".join(char if char.isprintable() else "?" for char in " ".join(parts))


def _next(report: ImportReport, published: bool) -> Iterator[str]:
    drafted = _DRAFTED.get(report.kind)
    new = report.count(ImportOutcome.added) + report.count(ImportOutcome.changed)
    if drafted is None or published or not new:
        yield _SEE[report.kind]
    else:
        yield (
            f"{new} {drafted}, not in force: publish them on the map,"
            " or import the file again with --publish."
        )
