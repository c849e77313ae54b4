"""What an application alters against the permit it follows, and what rules will ask about it."""

from dataclasses import replace
from datetime import time, timedelta
from typing import Any

import pytest

from geo.schedule import Schedule, Weekday, WeeklyWindow
from service.domain.application import Condition
from service.domain.casework import case_of, changes
from service.domain.kinds import (
    Change,
    ConditionKind,
    Domain,
    Phase,
    RestrictionKind,
    SupervisionMode,
    UasClass,
    Use,
    VehicleKind,
    ZoneKind,
)
from service.domain.rulepack import Case, Feature, SharingCase
from tests.builders import (
    LON,
    NOW,
    a_content,
    a_restriction,
    a_schedule,
    a_square,
    a_vehicle,
    nights,
)
from tests.domain.findings import a_finding
from tests.domain.questions import LAW, a_flight, an_area

LATER = a_schedule(start=NOW + timedelta(days=90), end=NOW + timedelta(days=180))
SLOW = Condition(ConditionKind.max_speed_mps, "8", "慢")


@pytest.mark.parametrize(
    ("altered", "expected"),
    [
        ({}, ()),
        ({"title": "另一标题"}, ()),
        ({"phase": Phase.demonstration_application}, (Change.phase,)),
        ({"valid_to": NOW + timedelta(days=91)}, (Change.period,)),
        ({"volumes": (an_area(a_square(LON + 0.001)),)}, (Change.geometry,)),
        ({"volumes": (an_area(use=Use.exclusive),)}, (Change.geometry,)),
        ({"volumes": (an_area(zone_kind=ZoneKind.closed_site),)}, (Change.geometry,)),
        ({"volumes": (an_area(schedule=a_schedule(weekly=(nights(),))),)}, (Change.period,)),
        ({"vehicle_ids": ("vehicle-a", "vehicle-b")}, (Change.vehicles,)),
        ({"requested_conditions": (SLOW,)}, (Change.conditions,)),
        (
            {"phase": Phase.demonstration_application, "vehicle_ids": ("vehicle-b",)},
            (Change.phase, Change.vehicles),
        ),
    ],
)
def test_what_differs_is_named_in_the_order_of_the_codes(
    altered: dict[str, Any], expected: tuple[Change, ...]
) -> None:
    previous = a_content(volumes=(an_area(),))
    assert changes(replace(previous, **altered), previous) == expected


def test_going_on_in_the_same_place_for_longer_changes_the_period_and_nothing_else() -> None:
    previous = a_content(volumes=(an_area(),))
    renewed = a_content(
        volumes=(an_area(schedule=LATER),),
        valid_from=NOW + timedelta(days=90),
        valid_to=NOW + timedelta(days=180),
    )
    assert changes(renewed, previous) == (Change.period,)


def test_the_order_of_vehicles_is_no_change() -> None:
    there, back = (a_content(vehicle_ids=ids) for ids in (("a", "b"), ("b", "a")))
    assert changes(there, back) == ()


def the_case(**parts: Any) -> Case:
    by_day = a_schedule(weekly=(WeeklyWindow(frozenset(Weekday), time(9), time(17)),))
    given: dict[str, Any] = {
        "content": a_content(volumes=(an_area(schedule=by_day),)),
        "changed": None,
        "vehicles": (),
        "findings": (),
        "restrictions": (),
        **parts,
    }
    return case_of(**given, law=LAW)


def test_a_plain_case_has_no_features() -> None:
    case = the_case()
    assert case.features == frozenset()
    assert case.changes is None
    assert case.phase is Phase.road_test
    assert case.supervision_mode is SupervisionMode.driver_seat


def at(**content: Any) -> frozenset[Feature]:
    plain = a_content(volumes=the_day_area())
    return the_case(content=replace(plain, **content)).features


def the_day_area(**changes: Any) -> tuple[Any, ...]:
    window = WeeklyWindow(frozenset(Weekday), time(9), time(17))
    return (an_area(schedule=a_schedule(weekly=(window,)), **changes),)


@pytest.mark.parametrize(
    ("content", "feature"),
    [
        ({"passengers": True}, Feature.passengers),
        ({"cargo": True}, Feature.cargo),
        ({"over_people": True}, Feature.over_people),
        ({"volumes": the_day_area(zone_kind=ZoneKind.expressway)}, Feature.expressway),
        ({"volumes": the_day_area(zone_kind=ZoneKind.urban_expressway)}, Feature.urban_expressway),
    ],
)
def test_what_the_content_states_is_a_feature(content: dict[str, Any], feature: Feature) -> None:
    assert at(**content) == {feature}


def used(*windows: WeeklyWindow, **changes: Any) -> Schedule:
    return a_schedule(weekly=windows, **changes)


EVERY_DAY = frozenset(Weekday)


@pytest.mark.parametrize(
    ("schedule", "by_night"),
    [
        (used(), True),
        (used(WeeklyWindow(EVERY_DAY, time(6), time(22))), False),
        (used(WeeklyWindow(EVERY_DAY, time(5, 59), time(22))), True),
        (used(WeeklyWindow(EVERY_DAY, time(6), time(22, 1))), True),
        (used(WeeklyWindow(EVERY_DAY, time(20), time(4))), True),
        (used(WeeklyWindow(EVERY_DAY, time(12), "sunset")), True),
        (used(WeeklyWindow(EVERY_DAY, time(9), time(17)), nights(Weekday.SU)), True),
        (used(end=NOW + timedelta(hours=8)), False),
        (used(end=NOW + timedelta(hours=13)), True),
    ],
)
def test_night_is_when_any_use_may_fall_into_the_packs_night(
    schedule: Schedule, by_night: bool
) -> None:
    features = at(volumes=(an_area(schedule=schedule),))
    assert (Feature.night in features) is by_night


def test_one_volume_by_night_makes_a_night_case() -> None:
    by_night = an_area(schedule=used(nights()))
    assert at(volumes=(*the_day_area(), by_night)) == {Feature.night}


@pytest.mark.parametrize(
    ("kind", "feature"),
    [
        (RestrictionKind.controlled_airspace, Feature.controlled_airspace),
        (RestrictionKind.temporary_controlled_airspace, Feature.controlled_airspace),
        (RestrictionKind.aerodrome_clearance_area, Feature.aerodrome),
    ],
)
def test_restricted_airspace_that_is_met_is_a_feature(
    kind: RestrictionKind, feature: Feature
) -> None:
    case = the_case(restrictions=[a_restriction(restriction_kind=kind)])
    assert case.features == {feature}


def test_road_works_are_no_feature() -> None:
    assert the_case(restrictions=[a_restriction()]).features == frozenset()


@pytest.mark.parametrize(
    ("met", "feature"),
    [
        (SharingCase.air_controlled_height, Feature.controlled_airspace),
        (SharingCase.air_over_expressway, Feature.expressway),
    ],
)
def test_controlled_air_that_is_met_is_a_feature(met: SharingCase, feature: Feature) -> None:
    assert the_case(findings=[a_finding(met)]).features == {feature}


def test_the_classes_of_aircraft_are_computed_and_of_cars_there_are_none() -> None:
    small = a_vehicle(
        domain=Domain.air,
        vehicle_kind=VehicleKind.multirotor,
        empty_mass_kg=9.0,
        mtow_kg=20.0,
        max_speed_mps=20.0,
        max_height_m=120.0,
    )
    content = a_content(domain=Domain.air, phase=Phase.flight_trial, volumes=(a_flight(),))
    assert the_case(content=content, vehicles=[small]).uas_classes == {UasClass.small}
    assert the_case(vehicles=[a_vehicle()]).uas_classes == frozenset()


def test_changes_of_one_that_follows_nothing_are_not_asked_for() -> None:
    assert the_case(changed=()).changes == frozenset()
    assert the_case(changed=(Change.period,)).changes == {Change.period}
