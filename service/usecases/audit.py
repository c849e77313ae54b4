"""The whole registry at once: which standing permits contradict each other, restrictions or zones.

Each is asked the question it was confirmed on, as of now: a restriction published since, a zone
closed or an import may have taken its ground away. What is found ends no permit; a person decides.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from geo.conflict import Verdict
from geo.index import VolumeIndex
from geo.screening import Flags, Ids
from geo.volume import Volume4D
from service.domain.access import Action, require
from service.domain.checks import check
from service.domain.findings import Finding
from service.domain.journal import Actor
from service.domain.kinds import Domain, RestrictionState, RoadClass, Severity, Use, ZoneState
from service.domain.permit import ALLOCATING, Permit
from service.domain.place import always
from service.domain.question import Law, Question, Surroundings
from service.domain.restriction import Restriction
from service.domain.road import Road
from service.domain.zone import Zone
from service.usecases.checks import beside, roads_of
from service.usecases.context import Context
from service.usecases.ports import Query, Tx, every

Thing = Zone | Restriction | Road | Permit
Key = tuple[str, str]

_PAGE = 1_000


@dataclass(frozen=True)
class Contradiction:
    """A finding that more than advises, on a permit as if it were asked for today."""

    permit: Permit
    finding: Finding


def contradictions(
    tx: Tx, actor: Actor, ctx: Context, progress: Callable[[int, int], None]
) -> Iterator[Contradiction]:
    """Every finding that more than advises on a permit not yet over; between permits told once.

    `progress` is told how many of how many permits have been looked at.
    """
    require(actor, Action.audit_read)
    standing = _Standing.of(tx, ctx)
    law, count = Law(ctx.pack, ctx.frame), len(standing.permits)
    told_by: dict[tuple[str, Verdict, frozenset[Key]], str] = {}
    beside_each = zip(standing.permits, standing.surroundings(ctx), strict=True)
    for done, (permit, around) in enumerate(beside_each, start=1):
        for finding in check(standing.question(permit), around, law).findings:
            parties = {(party.type, party.id) for party in finding.against}
            said = (finding.rule.id, finding.verdict, frozenset({("permit", permit.id), *parties}))
            if finding.severity is Severity.advisory:
                continue
            if told_by.setdefault(said, permit.id) == permit.id:
                yield Contradiction(permit, finding)
        progress(done, count)


@dataclass(frozen=True)
class _Standing:
    """What counts today; `chains` are the permits of each chain, by its first."""

    zones: Sequence[Zone]
    restrictions: Sequence[Restriction]
    permits: Sequence[Permit]
    chains: Mapping[str, frozenset[str]]
    roads: Mapping[str, Road]
    expressways: Sequence[Road]

    @classmethod
    def of(cls, tx: Tx, ctx: Context) -> "_Standing":
        whole = Query(limit=_PAGE)
        allocating = every(tx.permits.page, whole.only("state", ALLOCATING))
        permits = [permit for permit in allocating if permit.state_at(ctx.now) in ALLOCATING]
        chains: dict[str, frozenset[str]] = defaultdict(frozenset)
        for permit in permits:
            chains[permit.chain_with_itself[0]] |= {permit.id}
        return cls(
            list(every(tx.zones.page, whole.only("state", [ZoneState.published]))),
            list(every(tx.restrictions.page, whole.only("state", [RestrictionState.published]))),
            permits,
            chains,
            roads_of(tx, (planned for permit in permits for planned in permit.content.volumes)),
            list(every(tx.roads.page, whole.only("road_class", [RoadClass.expressway]))),
        )

    def question(self, permit: Permit) -> Question:
        """The question it was confirmed on; what follows it in its chain is its own as well."""
        content = permit.content
        return Question(
            domain=content.domain,
            phase=content.phase,
            volumes=content.volumes,
            organisation_id=permit.organisation_id,
            chain=self.chains[permit.chain_with_itself[0]],
            vehicles=len(content.vehicle_ids),
        )

    def surroundings(self, ctx: Context) -> Iterator[Surroundings]:
        """For each permit all that it surely or maybe meets, and everyone in the zones it meets.

        Zones of other hours and heights are met, too: they open nothing, but tell what would. The
        levels of a permit are those of its roads today, whatever they were when it was confirmed.
        """
        at_any_time = always(ctx.frame.zone)
        rows: list[tuple[Thing, Volume4D]] = [
            *((z, Volume4D(z.volume.footprint, None, None, at_any_time)) for z in self.zones),
            *((r, r.volume) for r in self.restrictions),
            *((r, Volume4D(r.footprint, None, None, at_any_time)) for r in self.expressways),
            *((p, replace(v.volume, levels=None)) for p in self.permits for v in p.content.volumes),
        ]
        met = _met(rows, ctx)
        for permit in self.permits:
            near = dict(met[_key(permit)])
            zones = [thing for thing in near.values() if isinstance(thing, Zone)]
            for zone in zones:
                near |= met[_key(zone)]
            near.pop(_key(permit), None)
            found = [near[key] for key in sorted(near)]
            uses = (use for planned in permit.content.volumes for use in planned.stretches)
            used = sorted({use.stretch_id for use in uses} & self.roads.keys())
            below = (thing for thing in found if isinstance(thing, Road))
            yield Surroundings(
                roads=(*below, *(self.roads[key] for key in used)),
                zones=tuple(thing for thing in found if isinstance(thing, Zone)),
                restrictions=tuple(thing for thing in found if isinstance(thing, Restriction)),
                permits=tuple(thing for thing in found if isinstance(thing, Permit)),
            )


def _met(rows: Sequence[tuple[Thing, Volume4D]], ctx: Context) -> Mapping[Key, Mapping[Key, Thing]]:
    """What each thing surely or maybe comes near enough to for a rule to compare them."""

    def compared(number: int, others: Ids) -> Flags:
        mine = rows[number][0]
        return np.array([_is_compared(mine, rows[other][0]) for other in others], bool)

    pairs = VolumeIndex([volume for _, volume in rows], ctx.frame).pairs(beside(ctx), compared)
    met: dict[Key, dict[Key, Thing]] = defaultdict(dict)
    for numbers in np.vstack((pairs.conflict, pairs.indeterminate)).tolist():
        one, other = (rows[number][0] for number in numbers)
        met[_key(one)][_key(other)] = other
        met[_key(other)][_key(one)] = one
    return met


def _key(thing: Thing) -> Key:
    return type(thing).__name__, thing.id


def _is_compared(one: Thing, other: Thing) -> bool:
    """Whether a rule may compare the two; permits come last."""
    if not isinstance(other, Permit):
        return False
    if isinstance(one, Restriction):
        return one.applies_to.concerns(other.content.domain)
    if isinstance(one, Road):
        return other.content.domain is Domain.air
    return isinstance(one, Zone) or _is_exclusive(one) or _is_exclusive(other)


def _is_exclusive(permit: Permit) -> bool:
    return any(planned.use is Use.exclusive for planned in permit.content.volumes)
