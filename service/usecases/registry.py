"""Registering who tests and with what: organisations, people, vehicles, insurance (Art. 45)."""

from dataclasses import replace
from typing import Protocol, TypeVar

from geo.text import Text
from service.domain.access import POLICY, Action, Reach, require, require_sight
from service.domain.errors import Malformed, Problem, Stale
from service.domain.journal import Actor
from service.domain.organisation import Organisation, Person
from service.domain.vehicle import Insurance, Vehicle
from service.usecases.context import Context
from service.usecases.ports import Page, Query, Records, Tx


class Owned(Protocol):
    """Something that belongs to an organisation."""

    @property
    def id(self) -> str:
        """Its id."""
        ...

    @property
    def organisation_id(self) -> str:
        """Whose it is."""
        ...


Thing = TypeVar("Thing", bound=Owned)


def register_organisation(tx: Tx, actor: Actor, ctx: Context, value: Organisation) -> Organisation:
    """A new test subject."""
    require(actor, Action.organisation_write)
    tx.organisations.add(value, ctx.deed(actor, "register"))
    return value


def register_person(tx: Tx, actor: Actor, ctx: Context, value: Person) -> Person:
    """A new safety driver, pilot or monitor of the actor's organisation."""
    require(actor, Action.person_write, value.organisation_id)
    tx.people.add(value, ctx.deed(actor, "register"))
    return value


def register_vehicle(tx: Tx, actor: Actor, ctx: Context, value: Vehicle) -> Vehicle:
    """A new vehicle or aircraft of the actor's organisation."""
    require(actor, Action.vehicle_write, value.organisation_id)
    _refuse_mixed_domains(value)
    tx.vehicles.add(value, ctx.deed(actor, "register"))
    return value


def update_vehicle(
    tx: Tx, actor: Actor, ctx: Context, key: str, value: Vehicle, revision: int
) -> Vehicle:
    """The vehicle with other content, at the next revision."""
    current = get_vehicle(tx, actor, key)
    require(actor, Action.vehicle_write, current.organisation_id)
    if current.revision != revision:
        raise Stale(current.revision, revision)
    _refuse_mixed_domains(value)
    updated = replace(value, id=key, revision=revision + 1, organisation_id=current.organisation_id)
    tx.vehicles.put(updated, ctx.deed(actor, "update"))
    return updated


def register_insurance(tx: Tx, actor: Actor, ctx: Context, value: Insurance) -> Insurance:
    """A new policy; every vehicle it names must be of the same organisation."""
    require(actor, Action.insurance_write, value.organisation_id)
    vehicles = tx.vehicles.find(value.vehicle_ids)
    problems = [
        Problem(
            f"/vehicle_ids/{index}",
            "vehicle_unknown",
            Text(f"没有车辆 {key}", f"There is no vehicle {key}"),
        )
        for index, key in enumerate(value.vehicle_ids)
        if key not in vehicles or vehicles[key].organisation_id != value.organisation_id
    ]
    if problems:
        raise Malformed(problems)
    tx.insurance.add(value, ctx.deed(actor, "register"))
    return value


def get_organisation(tx: Tx, actor: Actor, key: str) -> Organisation:
    """The organisation; an operator sees only its own."""
    require_sight(actor, Action.organisation_read, "organisation", key, key)
    return tx.organisations.get(key)


def get_person(tx: Tx, actor: Actor, key: str) -> Person:
    """The person, for their organisation and the authorities."""
    return _seen(tx.people, actor, Action.person_read, "person", key)


def get_vehicle(tx: Tx, actor: Actor, key: str) -> Vehicle:
    """The vehicle, for itself, its organisation and the authorities."""
    return _seen(tx.vehicles, actor, Action.vehicle_read, "vehicle", key, vehicle_id=key)


def get_insurance(tx: Tx, actor: Actor, key: str) -> Insurance:
    """The policy, for its organisation and the authorities."""
    return _seen(tx.insurance, actor, Action.insurance_read, "insurance", key)


def page_organisations(tx: Tx, actor: Actor, query: Query) -> Page[Organisation]:
    """One page of organisations; an operator's holds only its own."""
    require(actor, Action.organisation_read)
    if actor.organisation_id is None:
        return tx.organisations.page(query)
    return Page((tx.organisations.get(actor.organisation_id),), None)


def page_people(tx: Tx, actor: Actor, query: Query) -> Page[Person]:
    """One page of people."""
    return tx.people.page(own(actor, Action.person_read, query))


def page_vehicles(tx: Tx, actor: Actor, query: Query) -> Page[Vehicle]:
    """One page of vehicles; a vehicle's holds only itself."""
    if actor.vehicle_id is not None:
        return Page((get_vehicle(tx, actor, actor.vehicle_id),), None)
    return tx.vehicles.page(own(actor, Action.vehicle_read, query))


def page_insurance(tx: Tx, actor: Actor, query: Query) -> Page[Insurance]:
    """One page of insurance policies."""
    return tx.insurance.page(own(actor, Action.insurance_read, query))


def own(actor: Actor, action: Action, query: Query) -> Query:
    """The query narrowed to what the actor may see; Forbidden when that is nothing at all."""
    require(actor, action)
    if POLICY[actor.role, action] is Reach.any:
        return query
    return query.only("organisation_id", {actor.organisation_id or ""})


def _seen(
    records: Records[Thing],
    actor: Actor,
    action: Action,
    what: str,
    key: str,
    vehicle_id: str | None = None,
) -> Thing:
    require(actor, action)
    value = records.get(key)
    require_sight(actor, action, what, key, value.organisation_id, vehicle_id)
    return value


def _refuse_mixed_domains(vehicle: Vehicle) -> None:
    if vehicle.vehicle_kind.domain is not vehicle.domain:
        wrong = Text("车辆类型与领域不符", "This kind of vehicle is of the other domain")
        raise Malformed([Problem("/vehicle_kind", "kind_of_other_domain", wrong)])
