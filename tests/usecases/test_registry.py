"""Registering who tests and with what; what is another's is not there."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from service.domain.errors import Forbidden, Malformed, NotFound, Stale
from service.domain.kinds import Domain, Role, VehicleKind
from service.usecases import registry
from service.usecases.ports import Query
from tests.builders import a_person, a_vehicle, an_actor, an_insurance, an_organisation
from tests.usecases.desk import ADMIN, MANAGING, POLICE, A, Desk, a_desk

CAR = an_actor(Role.vehicle, vehicle_id="vehicle-a", organisation_id="organisation-a")
READS = [
    (registry.get_person, "person-b"),
    (registry.get_vehicle, "vehicle-b"),
    (registry.get_insurance, "insurance-b"),
    (registry.get_organisation, "organisation-b"),
]


def test_the_managing_unit_registers_organisations_and_operators_do_not() -> None:
    desk, organisation = Desk(), an_organisation(id="organisation-c")
    desk.do(registry.register_organisation, MANAGING, organisation)
    assert desk.committed.organisations.get("organisation-c") == organisation
    with pytest.raises(Forbidden):
        desk.do(registry.register_organisation, A, an_organisation())


def test_an_operator_registers_its_own() -> None:
    desk, vehicle = a_desk(), a_vehicle(id="new")
    desk.do(registry.register_vehicle, A, vehicle)
    desk.do(registry.register_person, A, a_person(id="new"))
    desk.do(registry.register_insurance, A, an_insurance(id="new", vehicle_ids=("new",)))
    assert desk.committed.vehicles.get("new") == vehicle


@pytest.mark.parametrize(
    ("register", "value"),
    [
        (registry.register_vehicle, a_vehicle(organisation_id="organisation-b")),
        (registry.register_person, a_person(organisation_id="organisation-b")),
        (registry.register_insurance, an_insurance(organisation_id="organisation-b")),
    ],
)
def test_nobody_registers_in_anothers_name(register: Callable[..., Any], value: Any) -> None:
    with pytest.raises(Forbidden):
        a_desk().do(register, A, value)


def test_a_car_is_no_aircraft_neither_new_nor_brought_up_to_date() -> None:
    desk, flying_car = a_desk(), a_vehicle(domain=Domain.air)
    with pytest.raises(Malformed) as refused:
        desk.do(registry.register_vehicle, A, flying_car)
    assert refused.value.problems[0].pointer == "/vehicle_kind"
    with pytest.raises(Malformed):
        desk.do(registry.update_vehicle, A, "vehicle-a", flying_car, 1)


def test_an_update_is_the_next_revision_of_the_same_owner() -> None:
    desk = a_desk()
    changed = a_vehicle(id="other", organisation_id="organisation-b", software_version="3.0")
    updated = desk.do(registry.update_vehicle, A, "vehicle-a", changed, 1)
    assert (updated.id, updated.organisation_id) == ("vehicle-a", "organisation-a")
    assert (updated.revision, updated.software_version) == (2, "3.0")
    with pytest.raises(Stale):
        desk.do(registry.update_vehicle, A, "vehicle-a", changed, 1)


def test_an_authority_looks_and_does_not_update() -> None:
    desk = a_desk()
    assert desk.ask(registry.get_vehicle, POLICE, "vehicle-a").id == "vehicle-a"
    with pytest.raises(Forbidden):
        desk.do(registry.update_vehicle, POLICE, "vehicle-a", a_vehicle(), 1)


@pytest.mark.parametrize("key", ["vehicle-b", "nobody"])
def test_a_policy_names_vehicles_of_its_own_organisation(key: str) -> None:
    policy = an_insurance(id="new", vehicle_ids=("vehicle-a", key))
    with pytest.raises(Malformed) as refused:
        a_desk().do(registry.register_insurance, A, policy)
    assert [p.pointer for p in refused.value.problems] == ["/vehicle_ids/1"]


@pytest.mark.parametrize(("read", "key"), READS)
def test_what_is_anothers_is_not_there(read: Callable[..., Any], key: str) -> None:
    desk = a_desk()
    with pytest.raises(NotFound) as foreign:
        desk.ask(read, A, key)
    with pytest.raises(NotFound) as absent:
        desk.ask(read, A, key[:-1] + "z")
    assert foreign.value.message.en.replace(key, "") == absent.value.message.en.replace(
        key[:-1] + "z", ""
    )


@pytest.mark.parametrize(("read", "key"), READS)
def test_authorities_see_everybodys(read: Callable[..., Any], key: str) -> None:
    assert a_desk().ask(read, POLICE, key).id == key


@pytest.mark.parametrize(
    ("page", "mine"),
    [
        (registry.page_people, ["person-a"]),
        (registry.page_vehicles, ["vehicle-a"]),
        (registry.page_insurance, ["insurance-a"]),
        (registry.page_organisations, ["organisation-a"]),
    ],
)
def test_lists_of_an_operator_hold_its_own_and_those_of_offices_all(
    page: Callable[..., Any], mine: list[str]
) -> None:
    desk = a_desk()
    assert [item.id for item in desk.ask(page, A, Query()).items] == mine
    assert len(desk.ask(page, POLICE, Query()).items) == 2


def test_an_operator_that_belongs_nowhere_has_nothing() -> None:
    stray = replace(A, organisation_id=None)
    assert a_desk().ask(registry.page_vehicles, stray, Query()).items == ()


def test_a_vehicle_sees_itself_and_no_other() -> None:
    sister = a_vehicle(id="vehicle-c")
    desk = a_desk(sister)
    assert [v.id for v in desk.ask(registry.page_vehicles, CAR, Query()).items] == ["vehicle-a"]
    assert desk.ask(registry.get_vehicle, CAR, "vehicle-a").id == "vehicle-a"
    for other in ("vehicle-b", "vehicle-c"):
        with pytest.raises(NotFound):
            desk.ask(registry.get_vehicle, CAR, other)


def test_who_may_see_none_of_a_kind_is_told_so() -> None:
    with pytest.raises(Forbidden):
        a_desk().ask(registry.page_people, CAR, Query())


def test_an_aircraft_is_registered_as_one() -> None:
    desk = a_desk()
    drone = a_vehicle(id="drone", domain=Domain.air, vehicle_kind=VehicleKind.multirotor)
    assert desk.do(registry.register_vehicle, A, drone) == drone
    assert desk.ask(registry.get_vehicle, ADMIN, "drone") == drone
