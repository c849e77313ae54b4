"""Live: the last that was heard of each vehicle, and the vehicles that have fallen silent.

HTTP and MQTT share `locate`. Positions have no history and no journal lines.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from geo.text import Text
from service.domain.access import Action, Allowed, decide, require, require_sight
from service.domain.errors import Malformed, NotFound, Problem, RegistryError
from service.domain.journal import Actor
from service.domain.kinds import Code, PermitState
from service.domain.live import (
    Heard,
    Heartbeat,
    Position,
    Presence,
    binds,
    geofence_etag,
    presence,
    silent_since,
)
from service.domain.permit import Permit
from service.domain.question import Law
from service.domain.rulepack import LimitKey
from service.domain.vehicle import Vehicle
from service.usecases.context import Context
from service.usecases.identity import of_vehicle
from service.usecases.ports import Page, Query, Tx, every
from service.usecases.registry import own


class Receipt(Code):
    """What became of a heartbeat."""

    accepted = "accepted", "已接收", "Accepted"
    outdated = "outdated", "不新于已有位置", "No newer than what is known"


@dataclass(frozen=True)
class Telling:
    """A heartbeat, of which vehicle, and who told it; the vehicle itself where nobody is named."""

    vehicle_id: str
    heartbeat: Heartbeat
    actor: Actor | None = None


Located = tuple[Receipt, Position]
"""What became of a heartbeat, and the last position then known of the vehicle."""


@dataclass(frozen=True)
class VehicleState:
    """What is known of a vehicle now; `permit` is the one it tests under, as far as that is known.

    `silent_since` is when it was heard last, and given only once it has missed its turn.
    """

    vehicle_id: str
    heard: Heard
    due_every: timedelta
    silent_since: datetime | None
    permit: Permit | None
    presence: Presence | None
    geofence_etag: str | None


@dataclass(frozen=True)
class Silence:
    """A vehicle under a permit in force that spoke today and is overdue."""

    vehicle_id: str
    organisation_id: str
    permit_id: str
    since: datetime


def locate(
    tx: Tx, ctx: Context, tellings: Sequence[Telling]
) -> tuple[Located | RegistryError, ...]:
    """What became of each heartbeat, in order; of one that is refused, why.

    However many they are, all take as few statements as one would.
    """
    vehicles = tx.vehicles.find({told.vehicle_id for told in tellings})
    permits = tx.permits.find({key for t in tellings if (key := t.heartbeat.permit_id) is not None})
    known = dict(tx.positions.last(vehicles.keys()))
    moved: dict[str, Position] = {}
    answers: list[Located | RegistryError] = []
    for told in tellings:
        key, permit = told.vehicle_id, permits.get(told.heartbeat.permit_id or "")
        try:
            receipt, last = _located(ctx, told, vehicles.get(key), permit, known.get(key))
        except RegistryError as refused:
            answers.append(refused)
            continue
        if receipt is Receipt.accepted:
            known[key] = moved[key] = last
        answers.append((receipt, last))
    tx.positions.put_all(moved.values())
    return tuple(answers)


def state(tx: Tx, actor: Actor, ctx: Context, vehicle_id: str) -> VehicleState:
    """What is known of one vehicle, for itself, its organisation and the authorities."""
    require(actor, Action.position_read)
    vehicle = tx.vehicles.get(vehicle_id)
    _require_sight(actor, Action.position_read, vehicle)
    (known,) = _states(tx, ctx, {vehicle_id: vehicle.organisation_id})
    return known


def states(tx: Tx, actor: Actor, ctx: Context, query: Query) -> Page[VehicleState]:
    """One page of vehicles that told where they are, those heard longest ago first.

    One that moves while pages are read may come twice, and is never left out.
    """
    query = own(actor, Action.position_read, query)
    if actor.vehicle_id is not None:
        query = query.only("vehicle_id", {actor.vehicle_id})
    page = tx.positions.page(query)
    known = _states(tx, ctx, {p.vehicle_id: p.organisation_id for p in page.items})
    return Page(tuple(known), page.next)


def silent(tx: Tx, ctx: Context, query: Query) -> tuple[Silence, ...]:
    """Every vehicle under a permit in force that spoke today and has been silent too long.

    Those under the permits that the query asks for, silent the longest first.
    """
    found = []
    under = _under(tx, ctx, query)
    for vehicle_id, heard in _heard(tx, under.keys()).items():
        bound_by = [p for p in under[vehicle_id] if binds(p, vehicle_id, ctx.now)]
        since = _silent_since(ctx, heard, bound_by)
        if since is not None:
            named = next((p for p in bound_by if p.id == heard.permit_id), bound_by[0])
            found.append(Silence(vehicle_id, named.organisation_id, named.id, since))
    return tuple(sorted(found, key=lambda silence: silence.since))


def shown(actor: Actor, positions: Iterable[Position]) -> tuple[Position, ...]:
    """The positions that the actor may see."""
    return tuple(
        position
        for position in positions
        if isinstance(
            decide(actor, Action.position_read, position.organisation_id, position.vehicle_id),
            Allowed,
        )
    )


def _located(
    ctx: Context,
    told: Telling,
    vehicle: Vehicle | None,
    permit: Permit | None,
    known: Position | None,
) -> Located:
    if told.actor is not None:
        require(told.actor, Action.position_post)
    if vehicle is None:
        raise NotFound("vehicle", told.vehicle_id)
    _require_sight(told.actor or of_vehicle(vehicle), Action.position_post, vehicle)
    problem = _refusal(ctx, vehicle, told.heartbeat, permit)
    if problem is not None:
        raise Malformed([problem])
    if known is not None and told.heartbeat.at <= known.heartbeat.at:
        return Receipt.outdated, known
    position = Position(vehicle.id, vehicle.organisation_id, ctx.now, told.heartbeat)
    return Receipt.accepted, position


def _require_sight(actor: Actor, action: Action, vehicle: Vehicle) -> None:
    require_sight(actor, action, "vehicle", vehicle.id, vehicle.organisation_id, vehicle.id)


def _refusal(
    ctx: Context, vehicle: Vehicle, heartbeat: Heartbeat, permit: Permit | None
) -> Problem | None:
    if heartbeat.at > ctx.now + ctx.pack.duration(LimitKey.telemetry_clock_skew):
        return Problem("/at", "in_the_future", Text("时间在未来", "It lies in the future"))
    if heartbeat.permit_id is None:
        return None
    if permit is None or permit.organisation_id != vehicle.organisation_id:
        words = Text("没有该许可", "There is no such permit")
        return Problem("/permit_id", "permit_unknown", words)
    if all(line.vehicle_id != vehicle.id for line in permit.vehicles):
        words = Text("该车辆不在许可内", "The vehicle is not on the permit")
        return Problem("/permit_id", "vehicle_not_on_permit", words)
    return None


def _states(tx: Tx, ctx: Context, owners: Mapping[str, str]) -> list[VehicleState]:
    """What is known of the vehicles, each of the organisation named with it."""
    heard = _heard(tx, owners.keys())
    under = _under(tx, ctx, Query().only("organisation_id", owners.values()))
    named = tx.permits.find({h.permit_id for h in heard.values() if h.permit_id is not None})
    return [
        _state(ctx, key, heard[key], under.get(key, ()), named.get(heard[key].permit_id or ""))
        for key in owners
    ]


def _state(
    ctx: Context, vehicle_id: str, heard: Heard, under: Sequence[Permit], named: Permit | None
) -> VehicleState:
    bound_by = [permit for permit in under if binds(permit, vehicle_id, ctx.now)]
    permit = named or _only(bound_by or under)
    where = None
    if permit is not None and heard.position is not None:
        where = presence(heard.position.heartbeat, permit, Law(ctx.pack, ctx.frame))
    return VehicleState(
        vehicle_id=vehicle_id,
        heard=heard,
        due_every=ctx.pack.duration(LimitKey.silent_after),
        silent_since=_silent_since(ctx, heard, bound_by),
        permit=permit,
        presence=where,
        geofence_etag=geofence_etag(permit, ctx.now) if permit else None,
    )


def _only(permits: Sequence[Permit]) -> Permit | None:
    return permits[0] if len(permits) == 1 else None


def _silent_since(ctx: Context, heard: Heard, bound_by: Sequence[Permit]) -> datetime | None:
    """When it fell silent; None also for a vehicle that no permit in force lets drive."""
    if not bound_by:
        return None
    return silent_since(heard.at, ctx.local_now, ctx.pack.duration(LimitKey.silent_after))


def _heard(tx: Tx, vehicle_ids: Iterable[str]) -> Mapping[str, Heard]:
    keys = list(vehicle_ids)
    positions, summaries = tx.positions.last(keys), tx.positions.last_summaries(keys)
    return {key: Heard(positions.get(key), summaries.get(key)) for key in keys}


def _under(tx: Tx, ctx: Context, query: Query) -> Mapping[str, Sequence[Permit]]:
    """The permits under way that name each vehicle, stopped ones too."""
    found: dict[str, list[Permit]] = defaultdict(list)
    for permit in every(tx.permits.page, replace(query, limit=1000).only("state", _UNDER_WAY)):
        if permit.state_at(ctx.now) in _UNDER_WAY:
            for line in permit.vehicles:
                found[line.vehicle_id].append(permit)
    return found


_UNDER_WAY = frozenset({PermitState.active, PermitState.suspended})
