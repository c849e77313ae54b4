"""Importing files: each item judged by itself, published in portions, all of them accounted for.

Items arrive read and checked (adapters/files), so that the write lock is held only to store them
(decision 15). An item with an id that the registry knows brings that thing up to date. A file that
would move them all is taken for one in another datum, until somebody says that they have moved.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice
from typing import Generic, TypeVar

from shapely.geometry.base import BaseGeometry

from geo.text import Text
from service.domain import restriction as restriction_states
from service.domain import zone as zone_states
from service.domain.access import Action, require
from service.domain.errors import Malformed, Problem, Refused
from service.domain.importing import (
    Counted,
    ImportedItem,
    ImportKind,
    ImportOutcome,
    ImportReport,
)
from service.domain.journal import Actor
from service.domain.restriction import Restriction
from service.domain.road import District, Road
from service.domain.zone import Zone
from service.usecases import restrictions, zones
from service.usecases.context import Context
from service.usecases.import_places import (
    Value,
    district_as_kept,
    moves,
    place_of,
    restriction_as_kept,
    road_as_kept,
    zone_as_kept,
)
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
    ImportKind.rail: (Action.restriction_write,),
}
PUBLISHING: Mapping[ImportKind, tuple[Action, ...]] = {
    ImportKind.zones: (Action.zone_assess, Action.zone_publish),
    ImportKind.restrictions: (Action.restriction_publish,),
    ImportKind.runways: (Action.restriction_publish,),
    ImportKind.rail: (Action.restriction_publish,),
}

Reference = TypeVar("Reference", Road, District)
Request = TypeVar("Request", ZoneRequest, RestrictionRequest)
Thing = TypeVar("Thing", Zone, Restriction)


@dataclass(frozen=True)
class Item:
    """One thing of a file: what was read, or why nothing was.

    `place` counts lines or features as the file does; `at` points to the item's fields; `id` is the
    one it is to have, None for a fresh one. Without value it is refused, or `skipped` when it is
    sound and not for this registry; `name` is then what the file calls it.
    """

    place: int
    value: Value | None
    id: str | None = None
    notes: tuple[Problem, ...] = ()
    skipped: bool = False
    at: str = ""
    name: Text | None = None

    @property
    def called(self) -> Text | None:
        """Its name, where it has one."""
        return self.name if self.value is None else self.value.name


@dataclass(frozen=True)
class Items:
    """The items of a file, each read as it is asked for, and what holds for all of them.

    `crs` is the system that their positions are in; `notes` are to be said of the whole file.
    """

    each: Iterable[Item]
    crs: str
    counted: Counted
    notes: tuple[Problem, ...] = ()

    def __iter__(self) -> Iterator[Item]:
        """Read on."""
        return iter(self.each)


class _DryRun(Exception):
    """Rolls a portion back."""


def run(
    uow: UnitOfWork,
    actor: Actor,
    ctx: Context,
    kind: ImportKind,
    items: Items,
    *,
    file_name: str,
    dry_run: bool = False,
    publish: bool = False,
    moved: bool = False,
    progress: Callable[[int], None] = lambda read: None,
) -> ImportReport:
    """What became of every item; `progress` is told how many have been read so far.

    `publish` also assesses and publishes zones and restrictions. A dry run stores nothing, not even
    its report. Refused, and nothing stored, when all that is known would move, unless it has
    `moved`.
    """
    for action in (Action.import_run, *NEEDS[kind], *(PUBLISHING.get(kind, ()) if publish else ())):
        require(actor, action)
    portions = tuple(_portions(_without_doubles(items), progress))
    places = _places(portions)
    with uow.read() as tx:
        shifts = moves(tx, ctx, kind, places, items.crs, allowed=moved or dry_run)
    steps = tuple(action.value.partition(".")[2] for action in PUBLISHING.get(kind, ()))
    storing = _Storing(actor, ctx, steps if publish else ())
    report = ImportReport(
        id=ctx.new_id(),
        revision=1,
        kind=kind,
        file_name=file_name,
        crs=items.crs,
        dry_run=dry_run,
        by=actor.name,
        at=ctx.now,
        items=tuple(storing.store_all(uow, portions, dry_run=dry_run)),
        counted=items.counted,
        notes=(*shifts, *items.notes),
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


def _portions(items: Iterator[Item], progress: Callable[[int], None]) -> Iterator[Sequence[Item]]:
    read = 0
    while portion := list(islice(items, PORTION)):
        read += len(portion)
        progress(read)
        yield portion


def _places(portions: Iterable[Sequence[Item]]) -> Mapping[str, BaseGeometry]:
    """Where the things lie that bring an id and a place of their own."""
    read = ((item.id, place_of(item.value)) for portion in portions for item in portion)
    return {key: place for key, place in read if key is not None and place is not None}


def _without_doubles(items: Items) -> Iterator[Item]:
    """The items; one whose id an earlier one has is refused, or it would overwrite that one."""
    zh, en = items.counted.title
    first: dict[str, int] = {}
    for item in items:
        before = first.setdefault(item.id, item.place) if item.id and item.value else item.place
        if before == item.place:
            yield item
        else:
            words = Text(
                f"编号 {item.id} 与{zh} {before} 重复",
                f"{en} {before} has the id {item.id} already",
            )
            notes = (Problem(item.at, "duplicate_id", words),)
            yield replace(item, value=None, notes=notes, name=item.called)


@dataclass(frozen=True)
class _Storing:
    """One actor storing items now, and taking `steps` with what has them."""

    actor: Actor
    ctx: Context
    steps: tuple[str, ...]

    def store_all(
        self, uow: UnitOfWork, portions: Iterable[Sequence[Item]], *, dry_run: bool
    ) -> Iterator[ImportedItem]:
        """What became of each item, portion by portion; of a dry run nothing is kept."""
        for portion in portions:
            done: list[ImportedItem] = []
            with suppress(_DryRun), uow.write() as tx:
                done = self.store(tx, portion)
                if dry_run:
                    raise _DryRun
            yield from done

    def store(self, tx: Tx, items: Sequence[Item]) -> list[ImportedItem]:
        """What became of each item, in order."""
        values = [item.value for item in items]
        roads = [value for value in values if isinstance(value, Road)]
        areas = [value for value in values if isinstance(value, District)]
        outcomes = {
            **self._refer(tx.roads, roads, road_as_kept),
            **self._refer(tx.districts, areas, district_as_kept),
        }
        return [self._result(tx, item, outcomes) for item in items]

    def _refer(
        self,
        records: Records[Reference],
        values: Sequence[Reference],
        as_kept: Callable[[Reference, Reference], Reference],
    ) -> dict[str, ImportOutcome]:
        """The outcomes of values of a reference layer by id, all stored at once."""
        known = records.find([value.id for value in values])
        deed = self.ctx.deed(self.actor, "import")
        records.add_all([value for value in values if value.id not in known], deed)
        outcomes = dict.fromkeys((value.id for value in values), ImportOutcome.added)
        for value in values:
            current = known.get(value.id)
            if current is not None:
                same = replace(as_kept(value, current), revision=current.revision) == current
                outcomes[value.id] = ImportOutcome.unchanged if same else ImportOutcome.changed
                if not same:
                    records.put(replace(value, revision=current.revision + 1), deed)
        return outcomes

    def _result(self, tx: Tx, item: Item, outcomes: Mapping[str, ImportOutcome]) -> ImportedItem:
        match item.value:
            case None:
                outcome = ImportOutcome.skipped if item.skipped else ImportOutcome.refused
                return _imported(item, outcome, item.id)
            case Road() | District() as value:
                return _imported(item, outcomes[value.id], value.id)
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
            return _imported(item, ImportOutcome.refused, item.id, problems)
        except Refused as refusal:
            problems = [Problem(item.at, refusal.code, refusal.message)]
            return _imported(item, ImportOutcome.refused, item.id, problems)
        return _imported(item, outcome, thing.id)

    def _written(
        self, tx: Tx, key: str | None, request: Request, desk: "_Desk[Request, Thing]"
    ) -> tuple[ImportOutcome, Thing]:
        actor, ctx = self.actor, self.ctx
        current = None if key is None else desk.records(tx).find([key]).get(key)
        if current is None:
            named = ctx if key is None else replace(ctx, new_id=lambda: key)
            return ImportOutcome.added, desk.draft(tx, actor, named, request)
        described = desk.described(tx, actor, ctx, request, current)
        if desk.as_kept(described, current) == current:
            return ImportOutcome.unchanged, current
        edited = desk.edit(tx, actor, ctx, current.id, request, current.revision)
        return ImportOutcome.changed, edited


def _imported(
    item: Item, outcome: ImportOutcome, key: str | None, problems: Sequence[Problem] = ()
) -> ImportedItem:
    notes, category = (*item.notes, *problems), _category(item.value)
    return ImportedItem(item.place, outcome, key, notes, item.called, category)


def _category(value: Value | None) -> str | None:
    """The class of a road, the kind of a zone or a restriction."""
    match value:
        case Road():
            return value.road_class
        case ZoneRequest():
            return value.zone_kind
        case RestrictionRequest():
            return value.restriction_kind
        case _:
            return None


@dataclass(frozen=True)
class _Desk(Generic[Request, Thing]):
    """The use cases that a kind of request goes through.

    `described` is what the current thing would be if the request were all that is known of it, and
    `as_kept` puts that where the registry has the thing if the two places are the same.
    """

    records: Callable[[Tx], Records[Thing]]
    draft: Callable[[Tx, Actor, Context, Request], Thing]
    edit: Callable[[Tx, Actor, Context, str, Request, int], Thing]
    step: Callable[[Tx, Actor, Context, str, str], Thing]
    described: Callable[[Tx, Actor, Context, Request, Thing], Thing]
    as_kept: Callable[[Thing, Thing], Thing]
    steps: Callable[[Thing], tuple[str, ...]]


_ZONES = _Desk[ZoneRequest, Zone](
    lambda tx: tx.zones,
    zones.propose,
    zones.edit,
    zones.step,
    lambda tx, actor, ctx, request, current: zones.described(
        tx, ctx, request, current.id, current.revision, current.state
    ),
    zone_as_kept,
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
    restriction_as_kept,
    lambda restriction: restriction_states.STATES.steps(restriction.state),
)
