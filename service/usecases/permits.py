"""Permits after confirmation: plates, activation, suspension, end (GD-ICV-2022 Art. 28)."""

from collections.abc import Iterator, Sequence

from geo.separation import Separation
from geo.text import Text
from geo.volume import Volume4D
from service.domain.access import Action, Allowed, decide, require, require_sight
from service.domain.errors import IllegalStep, Malformed, Problem, Refused
from service.domain.journal import Actor, Entry
from service.domain.kinds import Domain, PermitState, Standing
from service.domain.permit import ALLOCATING, STATES, Permit, PermitVehicle
from service.usecases.context import Context
from service.usecases.districts import in_districts
from service.usecases.ports import Page, Query, Tx
from service.usecases.registry import own

STEPS = {
    "activate": Action.permit_activate,
    "suspend": Action.permit_suspend,
    "resume": Action.permit_resume,
    "terminate": Action.permit_terminate,
    "revoke": Action.permit_revoke,
}


def get(tx: Tx, actor: Actor, key: str) -> Permit:
    """The permit; an operator sees only its own."""
    require(actor, Action.permit_read)
    permit = tx.permits.get(key)
    require_sight(actor, Action.permit_read, "permit", key, permit.organisation_id)
    return permit


def page(tx: Tx, actor: Actor, query: Query) -> Page[Permit]:
    """One page of the permits the actor may see."""
    return in_districts(tx, own(actor, Action.permit_read, query), tx.permits.page)


def in_force_near(
    tx: Tx, actor: Actor, ctx: Context, volume: Volume4D, margin: Separation
) -> tuple[Permit, ...]:
    """Permits not yet over that may come within the margin of a volume, as the actor may see them.

    A superset: what they truly meet is for the caller to judge.
    """
    require(actor, Action.permit_read)
    return tuple(
        permit
        for permit in tx.nearby.near([volume], margin, frozenset({Permit})).permits
        if permit.state_at(ctx.now) in ALLOCATING
        and isinstance(decide(actor, Action.permit_read, permit.organisation_id), Allowed)
    )


def step(
    tx: Tx,
    actor: Actor,
    ctx: Context,
    key: str,
    name: str,
    reason: str = "",
    ground: str | None = None,
    *,
    vehicle_ids: Sequence[str] = (),
    version: int | None = None,
) -> Permit:
    """The permit after `activate`, `suspend`, `resume`, `terminate` or `revoke`.

    All but activating need a reason. With `vehicle_ids` only these vehicles are stopped or go on;
    with `version` the permit must not have changed since.
    """
    permit = get(tx, actor, key)
    require(actor, STEPS[name], permit.organisation_id)
    problems = [*_unreasoned(name, reason), *_not_on(permit, vehicle_ids)]
    if problems:
        raise Malformed(problems)
    if version is not None:
        permit.at_version(version)
    if vehicle_ids:
        moved = permit.with_vehicles_after(name, vehicle_ids, ctx.now, reason, ground)
    else:
        moved = permit.after(name, ctx.now, reason, ground)
        if name == "activate":
            _refuse_unready(permit, ctx)
    tx.permits.put(moved, ctx.deed(actor, f"{name}_vehicles" if vehicle_ids else name))
    return moved


def issue_plate(
    tx: Tx,
    actor: Actor,
    ctx: Context,
    key: str,
    vehicle_id: str,
    plate: str,
    *,
    version: int | None = None,
) -> Permit:
    """The permit with the vehicle's temporary plate; no plate, no road."""
    require(actor, Action.permit_plate)
    permit = get(tx, actor, key)
    if version is not None:
        permit.at_version(version)
    if permit.content.domain is not Domain.ground:
        raise Refused(
            Text("航空器不核发临牌", "Aircraft get no plate"), code="no_plate_for_aircraft"
        )
    state = permit.state_at(ctx.now)
    if state not in (PermitState.confirmed, PermitState.active):
        raise IllegalStep("permit", state, "issue_plate", STATES.steps(state))
    if permit.vehicle(vehicle_id).standing not in (Standing.plate_pending, Standing.cleared):
        words = Text("该车辆已暂停或移出", "This vehicle is suspended or removed")
        raise Refused(words, code="vehicle_stopped")
    plated = permit.with_vehicle(PermitVehicle(vehicle_id, Standing.cleared, plate))
    tx.permits.put(plated, ctx.deed(actor, "issue_plate"))
    return plated


def history(tx: Tx, actor: Actor, key: str) -> tuple[Entry, ...]:
    """What was done to the permit, line by line."""
    get(tx, actor, key)
    return tuple(tx.journal.page(0, limit=1000, subject=f"permit:{key}"))


def _unreasoned(name: str, reason: str) -> Iterator[Problem]:
    if name != "activate" and not reason:
        yield Problem("/reason", "reason_required", Text("请说明理由", "A reason is needed"))


def _not_on(permit: Permit, vehicle_ids: Sequence[str]) -> Iterator[Problem]:
    """A problem for every vehicle that is not on the permit, or named twice."""
    on_it = {line.vehicle_id for line in permit.vehicles}
    for index, key in enumerate(vehicle_ids):
        pointer = f"/vehicle_ids/{index}"
        if key not in on_it:
            words = Text(f"车辆 {key} 不在许可内", f"Vehicle {key} is not on the permit")
            yield Problem(pointer, "vehicle_not_on_permit", words)
        elif vehicle_ids.index(key) != index:
            yield Problem(pointer, "repeated", Text(f"{key} 重复", f"{key} is named twice"))


def _refuse_unready(permit: Permit, ctx: Context) -> None:
    """Refused before the permit's first instant, and while none of its vehicles may be used."""
    if ctx.now < permit.content.valid_from:
        raise Refused(Text("许可期限尚未开始", "The permit has not begun"), code="not_begun")
    if all(vehicle.standing is not Standing.cleared for vehicle in permit.vehicles):
        words = Text("尚无车辆获得临牌", "No vehicle has its plate yet")
        raise Refused(words, code="no_vehicle_cleared")
