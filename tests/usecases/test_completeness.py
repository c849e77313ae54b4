"""What an application still lacks, and where that stops it: at the completeness check, or later."""

from dataclasses import replace
from typing import Any

import pytest

from service.domain.application import Application
from service.domain.kinds import (
    ApplicationState,
    Domain,
    Phase,
    ReviewDecision,
    SupervisionMode,
    VehicleKind,
    ZoneKind,
)
from service.domain.organisation import PersonRole
from service.domain.permit import Permit
from service.usecases import applications
from service.usecases.completeness import Incomplete, missing
from tests.builders import a_band, a_person, a_vehicle, an_insurance
from tests.usecases.desk import (
    ADMIN,
    INDUSTRY,
    MANAGING,
    A,
    Desk,
    a_desk,
    a_request,
    a_volume_request,
    in_days,
)

STATE = ApplicationState
EMPTY = {"vehicle_ids": (), "person_ids": (), "insurance_ids": ()}


def drafted(desk: Desk, *volumes: Any, **content: Any) -> Application:
    return desk.do(applications.draft, A, a_request(*volumes, **content))


def lacking(desk: Desk, application: Application) -> list[str]:
    found = desk.ask(missing, desk.ctx, application)
    return [item.pointer or item.document_kind or "" for item in found]


# what is missing


def test_documents_that_the_pack_asks_for_are_listed_until_they_are_brought() -> None:
    desk = a_desk()
    draft = drafted(desk)
    assert "test_plan" in lacking(desk, draft)
    assert "risk_disclosure" in lacking(desk, draft)
    assert "ethics_statement" not in lacking(desk, draft)


@pytest.mark.parametrize(
    "policy",
    [
        {"sum_cny_per_vehicle": 4_999_999},
        {"valid_to": in_days(89)},
        {"valid_from": in_days(1)},
        {"vehicle_ids": ("another",)},
    ],
)
def test_a_vehicle_not_insured_for_the_sum_and_the_time_is_named(policy: dict[str, Any]) -> None:
    desk = a_desk(an_insurance(id="thin", **policy))
    assert "/vehicle_ids/0" in lacking(desk, drafted(desk, insurance_ids=("thin",)))
    assert "/vehicle_ids/0" not in lacking(desk, drafted(desk))


def test_a_period_longer_than_the_pack_allows_is_named() -> None:
    desk = a_desk()
    eighteen, longer = in_days(547), in_days(549)
    assert "/valid_to" not in lacking(desk, drafted(desk, valid_to=eighteen))
    assert "/valid_to" in lacking(desk, drafted(desk, valid_to=longer))


@pytest.mark.parametrize("field", EMPTY)
def test_a_test_without_vehicle_person_or_insurance_is_incomplete(field: str) -> None:
    desk = a_desk()
    assert f"/{field}" in lacking(desk, drafted(desk, **{field: ()}))
    assert f"/{field}" not in lacking(desk, drafted(desk))


@pytest.mark.parametrize(
    ("mode", "role", "is_enough"),
    [
        ("driver_seat", PersonRole.safety_driver, True),
        ("driver_seat", PersonRole.platform_monitor, False),
        ("rear_seat", PersonRole.remote_pilot, False),
        ("remote", PersonRole.platform_monitor, True),
        ("remote", PersonRole.remote_pilot, False),
        ("remote", PersonRole.safety_driver, True),
    ],
)
def test_somebody_is_named_who_may_watch_over_the_test(
    mode: str, role: PersonRole, is_enough: bool
) -> None:
    desk = a_desk(a_person(id="watcher", person_role=role))
    draft = drafted(desk, person_ids=("watcher",), supervision_mode=SupervisionMode(mode))
    assert ("/person_ids" not in lacking(desk, draft)) is is_enough


def test_nobody_may_be_left_out_however_the_test_is_watched_over() -> None:
    desk = a_desk()
    for mode in set(SupervisionMode) - {SupervisionMode.vlos, SupervisionMode.bvlos}:
        draft = drafted(desk, person_ids=(), supervision_mode=mode)
        assert "/person_ids" in lacking(desk, draft), mode


@pytest.mark.parametrize("mode", [SupervisionMode.vlos, SupervisionMode.bvlos])
def test_a_flight_names_its_remote_pilot(mode: SupervisionMode) -> None:
    drone = a_vehicle(id="drone", domain=Domain.air, vehicle_kind=VehicleKind.multirotor)
    desk = a_desk(drone, a_person(id="pilot", person_role=PersonRole.remote_pilot))
    flight = a_volume_request(zone_kind=ZoneKind.low_altitude_area, altitude=a_band(60, 110))
    air: dict[str, Any] = {"domain": Domain.air, "phase": Phase.flight_trial}
    air |= {"vehicle_ids": ("drone",), "supervision_mode": mode}
    assert "/person_ids" in lacking(desk, drafted(desk, flight, **air))
    assert "/person_ids" not in lacking(desk, drafted(desk, flight, person_ids=("pilot",), **air))


# where it stops


def test_what_lacks_fields_may_be_submitted_and_does_not_pass_the_completeness_check() -> None:
    desk = a_desk()
    application = desk.submitted(**EMPTY)
    with pytest.raises(Incomplete) as refused:
        desk.review(MANAGING, application)
    assert [(p.pointer, p.code) for p in refused.value.problems] == [
        ("/vehicle_ids", "vehicle_required"),
        ("/insurance_ids", "insurance_required"),
        ("/person_ids", "person_required"),
    ]
    assert refused.value.code == "incomplete"
    assert desk.stored(application).state is STATE.submitted


def test_missing_documents_do_not_stop_the_completeness_check() -> None:
    desk = a_desk()
    application = desk.submitted()
    assert "test_plan" in lacking(desk, application)
    assert desk.review(MANAGING, application).state is STATE.joint_review


@pytest.mark.parametrize("decision", set(ReviewDecision) - {ReviewDecision.approve})
def test_what_lacks_fields_may_be_returned_or_rejected(decision: ReviewDecision) -> None:
    desk = a_desk()
    assert desk.review(MANAGING, desk.submitted(**EMPTY), decision).reviews != ()


def test_what_is_put_right_passes() -> None:
    desk = a_desk()
    application = desk.review(MANAGING, desk.submitted(**EMPTY), "return")
    edited = desk.do(applications.edit, A, application.id, a_request(), application.version)
    again = desk.do(applications.submit, A, edited.id)
    assert desk.review(MANAGING, again).state is STATE.joint_review


def test_cover_that_ended_since_the_check_keeps_it_from_being_confirmed_and_is_named() -> None:
    policy = an_insurance(id="policy", sum_cny_per_vehicle=5_000_000)
    desk = a_desk(policy)
    application = desk.signed(desk.submitted(insurance_ids=("policy",)))
    with desk.store.write() as tx:
        thin = replace(policy, revision=2, sum_cny_per_vehicle=1_000_000)
        tx.insurance.put(thin, desk.ctx.deed(ADMIN, "edit"))
    refusal = desk.withheld(application).refusal
    assert isinstance(refusal, Incomplete)
    assert [(p.pointer, p.code) for p in refusal.problems] == [("/vehicle_ids/0", "not_insured")]
    assert "vehicle-a" in refusal.message.en
    with desk.store.write() as tx:
        tx.insurance.put(replace(policy, revision=3), desk.ctx.deed(ADMIN, "edit"))
    assert isinstance(desk.confirm(application, INDUSTRY), Permit)
