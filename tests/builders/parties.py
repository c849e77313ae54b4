"""Who and with what: actors, organisations, people, vehicles, insurance, accounts."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from geo.text import Text
from service.domain.journal import Actor, Deed
from service.domain.kinds import (
    Domain,
    Role,
    VehicleKind,
)
from service.domain.organisation import Organisation, Person, PersonRole
from service.domain.vehicle import Insurance, Vehicle, VehicleKey
from service.usecases.ports import Account, Token
from tests.builders.basics import NOW, an_id


def an_organisation(**changes: Any) -> Organisation:
    organisation = Organisation(
        id=an_id("organisation"),
        revision=1,
        name=Text("蓉行科技", "Rongxing"),
        registration_number="91510100MA0000000X",
    )
    return replace(organisation, **changes)


def a_person(**changes: Any) -> Person:
    person = Person(
        id=an_id("person"),
        revision=1,
        organisation_id="organisation-a",
        name="张三",
        person_role=PersonRole.safety_driver,
        licence_class="C1",
        licence_number="510100199001010000",
    )
    return replace(person, **changes)


def a_vehicle(**changes: Any) -> Vehicle:
    vehicle = Vehicle(
        id=an_id("vehicle"),
        revision=1,
        organisation_id="organisation-a",
        domain=Domain.ground,
        vehicle_kind=VehicleKind.passenger_car,
        manufacturer="蓉行",
        model="RX-1",
        automation_level=4,
        software_version="2.1.0",
        configuration_hash="c0ffee",
        vin="LRX00000000000001",
    )
    return replace(vehicle, **changes)


def a_vehicle_key(**changes: Any) -> VehicleKey:
    key = an_id("key")
    return replace(VehicleKey(key, "vehicle-a", f"digest of {key}", NOW), **changes)


def an_insurance(**changes: Any) -> Insurance:
    insurance = Insurance(
        id=an_id("insurance"),
        revision=1,
        organisation_id="organisation-a",
        insurer="平安",
        policy_number="P-1",
        sum_cny_per_vehicle=5_000_000,
        valid_from=NOW - timedelta(days=30),
        valid_to=NOW + timedelta(days=335),
        vehicle_ids=("vehicle-a",),
    )
    return replace(insurance, **changes)


def an_actor(role: Role = Role.admin, **changes: Any) -> Actor:
    return replace(Actor(id=f"{role}-1", name=str(role), role=role), **changes)


def an_operator(organisation_id: str = "organisation-a", **changes: Any) -> Actor:
    return an_actor(Role.operator, organisation_id=organisation_id, **changes)


def a_deed(action: str = "add", **changes: Any) -> Deed:
    return replace(Deed(actor=an_actor(), action=action, at=NOW), **changes)


def an_account(**changes: Any) -> Account:
    key = an_id("account")
    account = Account(key, f"user-{key}", "$argon2id$not-a-hash", "police", None, None)
    return replace(account, **changes)


def a_token(account: Account, **changes: Any) -> Token:
    token = Token(an_id("digest"), account.id, NOW + timedelta(hours=12), read_only=False)
    return replace(token, **changes)
