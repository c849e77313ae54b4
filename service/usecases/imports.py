"""Importing files: each item judged by itself, published in portions, all of them accounted for.

Items arrive read and checked (adapters/files), so that the write lock is held only to store them
(decision 15). An item with an id that the registry knows brings that thing up to date.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice
from typing import Generic, TypeVar

from geo.text import Text
from service.domain import restriction as restriction_states
from service.domain import zone as zone_states
from service.domain.access import Action, require
from service.domain.errors import Malformed, Problem, Refused
from service.domain.importing import ImportedItem, ImportKind, ImportOutcome, ImportReport
from service.domain.journal import Actor
from service.domain.restriction import Restriction
from service.domain.road import District, Road
from service.domain.zone import Zone
from service.usecases import restrictions, zones
from service.usecases.context import Context
from service.usecases.ports import Page, Query, Records, Tx, UnitOfWork
from service.usecases.restrictions import RestrictionRequest
from service.usecases.zones import ZoneRequest

PORTION = 1000
NEEDS: Mapping[ImportKind, tuple[Action, ...]] = {
    ImportKind.roads: (),
    ImportKind.districts: (),
    ImportKind.zones: (Action.zone_write,),
    ImportKind.restrictions: (Action.restriction_write,),
    ImportKind.runways: (Action.restriction_write,),
}
PUBLISHING: Mapping[ImportKind, tuple[Action, ...]] = {
    ImportKind.zones: (Action.zone_assess, Action.zone_publish),
    ImportKind.restrictions: (Action.restriction_publish,),
    ImportKind.runways: (Action.restriction_publish,),
}

Value = Road | District | ZoneRequest | RestrictionRequest
Reference = TypeVar("Reference", Road, District)
Request = TypeVar("Request", ZoneRequest, RestrictionRequest)
Thing = TypeVar("Thing", Zone, Restriction)


@dataclass(frozen=True)
class Item:
    """One thing of a file: what was read, or why nothing was.

    `place` counts lines or features as the file does; `at` points to the item's fields; `id` is the
    one it is to have, None for a fresh one. Without value it is refused, or `skipped` when it is
    sound and not for this registry.
    """

    place: int
    value: Value | None
    id: str | None = None
    notes: tuple[Problem, ...] = ()
    skipped: bool = False
    at: str = ""


class _DryRun(Exception):
    """Rolls a portion back."""


def run(
    uow: UnitOfWork,
    actor: Actor,
    ctx: Context,
    kind: ImportKind,
    items: Iterable[Item],
    *,
    file_name: str,
    crs: str | None,
    dry_run: bool = False,
    publish: bool = False,
    progress: Callable[[int], None] = lambda read: None,
) -> ImportReport:
    """What became of every item; `progress` is told how many have been read so far.

    `publish` also assesses and publishes zones and restrictions. A dry run stores nothing, not even
    its report.
    """
    for action in (Action.import_run, *NEEDS[kind], *(PUBLISHING.get(kind, ()) if publish else ())):
        require(actor, action)
    done: list[ImportedItem] = []
    steps = tuple(action.value.partition(".")[2] for action in PUBLISHING.get(kind, ()))
    storing = _Storing(actor, ctx, steps if publish else ())
    for portion in _portions(_without_doubles(items)):
        with suppress(_DryRun), uow.write() as tx:
            done += storing.store(tx, portion)
            if dry_run:
                raise _DryRun
        progress(len(done))
    report = ImportReport(
        id=ctx.new_id(),
        revision=1,
        kind=kind,
        file_name=file_name,
        crs=crs,
        dry_run=dry_run,
        by=actor.name,
        at=ctx.now,
        items=tuple(done),
    )
    if not dry_run:
        with uow.write() as tx:
            tx.imports.add(report, ctx.deed(actor, "import"))
    return report


def get(tx: Tx, actor: Actor, key: str) -> ImportReport:
    """The report of an import."""
    require(actor, Action.import_read)
    return tx.imports.get(key)


def page(tx: Tx, actor: Actor, query: Query) -> Page[ImportReport]:
    """One page of the reports."""
    require(actor, Action.import_read)
    return tx.imports.page(query)


def _portions(items: Iterator[Item]) -> Iterator[Sequence[Item]]:
    while portion := list(islice(items, PORTION)):
        yield portion


def _without_doubles(items: Iterable[Item]) -> Iterator[Item]:
    """The items; one whose id an earlier one has is refused, or it would overwrite that one."""
    first: dict[str, int] = {}
    for item in items:
        before = first.setdefault(item.id, item.place) if item.id and item.value else item.place
        if before == item.place:
            yield item
        else:
            words = Text(
                f"编号 {item.id} 与第 {before} 项重复",
                f"Item {before} has the id {item.id} already",
            )
            yield replace(item, value=None, notes=(Problem(item.at, "duplicate_id", words),))


@dataclass(frozen=True)
class _Storing:
    """One actor storing items now, and taking `steps` with what has them."""

    actor: Actor
    ctx: Context
    steps: tuple[str, ...]

    def store(self, tx: Tx, items: Sequence[Item]) -> list[ImportedItem]:
        """What became of each item, in order."""
        values = [item.value for item in items]
        outcomes = {
            **self._refer(tx.roads, [value for value in values if isinstance(value, Road)]),
            **self._refer(tx.districts, [value for value in values if isinstance(value, District)]),
        }
        return [self._result(tx, item, outcomes) for item in items]

    def _refer(
        self, records: Records[Reference], values: Sequence[Reference]
    ) -> dict[str, ImportOutcome]:
        """The outcomes of values of a reference layer by id, all stored at once."""
        known = records.find([value.id for value in values])
        deed = self.ctx.deed(self.actor, "import")
        records.add_all([value for value in values if value.id not in known], deed)
        outcomes = dict.fromkeys((value.id for value in values), ImportOutcome.added)
        for value in values:
            current = known.get(value.id)
            if current is not None:
                same = replace(value, revision=current.revision) == current
                outcomes[value.id] = ImportOutcome.unchanged if same else ImportOutcome.changed
                if not same:
                    records.put(replace(value, revision=current.revision + 1), deed)
        return outcomes

    def _result(self, tx: Tx, item: Item, outcomes: Mapping[str, ImportOutcome]) -> ImportedItem:
        match item.value:
            case None:
                outcome = ImportOutcome.skipped if item.skipped else ImportOutcome.refused
                return ImportedItem(item.place, outcome, item.id, item.notes)
            case Road() | District() as value:
                return ImportedItem(item.place, outcomes[value.id], value.id, item.notes)
            case ZoneRequest() as request:
                return self._file(tx, item, request, _ZONES)
            case RestrictionRequest() as request:
                return self._file(tx, item, request, _RESTRICTIONS)

    def _file(
        self, tx: Tx, item: Item, request: Request, desk: "_Desk[Request, Thing]"
    ) -> ImportedItem:
        """What became of a request, taken through the use cases a person would take it through."""
        try:
            outcome, thing = self._written(tx, item.id, request, desk)
            for step in self.steps:
                if step in desk.steps(thing):
                    thing = desk.step(tx, self.actor, self.ctx, thing.id, step)
        except Malformed as wrong:
            problems = [replace(p, pointer=item.at + p.pointer) for p in wrong.problems]
            return _refused(item, problems)
        except Refused as refusal:
            return _refused(item, [Problem(item.at, refusal.code, refusal.message)])
        return ImportedItem(item.place, outcome, thing.id, item.notes)

    def _written(
        self, tx: Tx, key: str | None, request: Request, desk: "_Desk[Request, Thing]"
    ) -> tuple[ImportOutcome, Thing]:
        actor, ctx = self.actor, self.ctx
        current = None if key is None else desk.records(tx).find([key]).get(key)
        if current is None:
            named = ctx if key is None else replace(ctx, new_id=lambda: key)
            return ImportOutcome.added, desk.draft(tx, actor, named, request)
        if desk.described(tx, actor, ctx, request, current) == current:
            return ImportOutcome.unchanged, current
        edited = desk.edit(tx, actor, ctx, current.id, request, current.revision)
        return ImportOutcome.changed, edited


def _refused(item: Item, problems: Sequence[Problem]) -> ImportedItem:
    return ImportedItem(item.place, ImportOutcome.refused, item.id, (*item.notes, *problems))


@dataclass(frozen=True)
class _Desk(Generic[Request, Thing]):
    """The use cases that a kind of request goes through.

    `described` is what the current thing would be if the request were all that is known of it.
    """

    records: Callable[[Tx], Records[Thing]]
    draft: Callable[[Tx, Actor, Context, Request], Thing]
    edit: Callable[[Tx, Actor, Context, str, Request, int], Thing]
    step: Callable[[Tx, Actor, Context, str, str], Thing]
    described: Callable[[Tx, Actor, Context, Request, Thing], Thing]
    steps: Callable[[Thing], tuple[str, ...]]


_ZONES = _Desk[ZoneRequest, Zone](
    lambda tx: tx.zones,
    zones.propose,
    zones.edit,
    zones.step,
    lambda tx, actor, ctx, request, current: zones.described(
        tx, ctx, request, current.id, current.revision, current.state
    ),
    lambda zone: zone_states.STATES.steps(zone.state),
)
_RESTRICTIONS = _Desk[RestrictionRequest, Restriction](
    lambda tx: tx.restrictions,
    restrictions.draft,
    restrictions.edit,
    restrictions.step,
    lambda tx, actor, ctx, request, current: restrictions.described(
        actor, ctx, request, current.id, current.revision, current.state
    ),
    lambda restriction: restriction_states.STATES.steps(restriction.state),
)
