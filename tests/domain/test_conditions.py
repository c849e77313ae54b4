"""Which limit decided, and that it is said: the strictest, of which volume, of which permit."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from service.domain.application import Condition
from service.domain.breach import Breach
from service.domain.kinds import ConditionKind, ViolationKind, ZoneKind
from service.domain.permit import Permit
from service.domain.place import PlannedVolume
from service.domain.proof import prove
from service.domain.telemetry import Summary
from tests.builders import LON, a_content, a_permit, a_square
from tests.domain.drives import AUTO, MANUAL, a_drive, a_flown, kinds, permitted_flight, the_breach
from tests.domain.questions import LAW, an_area, during

ON_THE_EXPRESSWAY = an_area(zone_kind=ZoneKind.expressway)


def permitted(*volumes: PlannedVolume, **conditions: str) -> Permit:
    said = tuple(Condition(ConditionKind(kind), value, "") for kind, value in conditions.items())
    content = a_content(volumes=volumes or (an_area(),))
    return a_permit(number="CD-7", content=content, conditions=said, revision=3)


def broken(summary: Summary, permit: Permit) -> Breach:
    return the_breach(prove(summary, permit, LAW))


def quick(mps: float, **changes: Any) -> Summary:
    return a_drive(1, 2, max_speed_mps=mps, **changes)


# speed


def test_a_kind_of_zone_has_its_own_limit() -> None:
    breach = broken(quick(34), permitted(ON_THE_EXPRESSWAY))
    assert breach.violation_kind is ViolationKind.speed
    assert breach.rule_id == "speed.expressway"
    assert "the limit of expressway, 33.34 m/s (permit CD-7, version 3)" in breach.explanation.en
    assert prove(quick(33), permitted(ON_THE_EXPRESSWAY), LAW).breaches == ()


@pytest.mark.parametrize(
    ("condition", "rule_id", "says"),
    [
        ("20", "conduct.speed", "the condition of at most 20 m/s"),
        ("40", "speed.expressway", "the limit of expressway"),
    ],
)
def test_the_strictest_of_the_limits_decides_and_is_named(
    condition: str, rule_id: str, says: str
) -> None:
    breach = broken(quick(50), permitted(ON_THE_EXPRESSWAY, max_speed_mps=condition))
    assert breach.rule_id == rule_id
    assert says in breach.explanation.en


def test_a_kind_without_a_limit_has_none() -> None:
    assert prove(quick(50), permitted(), LAW).breaches == ()


def test_the_limit_is_that_of_the_zone_it_drove_in() -> None:
    beside = an_area(a_square(LON + 0.02))
    assert broken(quick(50), permitted(ON_THE_EXPRESSWAY, beside)).rule_id == "speed.expressway"
    assert prove(quick(50), permitted(beside, an_area()), LAW).breaches == ()


def test_driving_by_hand_is_not_held_to_the_limit_of_a_zone() -> None:
    by_hand = quick(50, modes=MANUAL)
    assert prove(by_hand, permitted(ON_THE_EXPRESSWAY), LAW).breaches == ()
    mixed = a_drive(1, 2, 3, modes=(MANUAL, AUTO), max_speed_mps=50)
    assert prove(mixed, permitted(ON_THE_EXPRESSWAY), LAW).breaches == ()
    told = replace(mixed, track=replace(mixed.track, speeds_mps=np.array([50.0, 40.0, 36.0])))
    assert "36.0 m/s" in broken(told, permitted(ON_THE_EXPRESSWAY)).explanation.en


# what was left


def test_an_excursion_names_the_nearest_volume_and_the_permit() -> None:
    far, near = an_area(a_square(LON + 0.03)), an_area(zone_kind=ZoneKind.closed_site)
    breach = broken(a_drive(8, 11, 12), permitted(far, near))
    assert "the nearest is volume 2 (closed_site) (permit CD-7, version 3)" in breach.explanation.en
    assert "最近的是第 2 项范围（封闭测试场）" in breach.explanation.zh


def test_hours_of_a_condition_are_named_before_those_of_a_volume() -> None:
    both = permitted(an_area(schedule=during(1, 2)), hours="11:00-12:00")
    assert "the condition says 11:00-12:00" in broken(a_drive(1, 2), both).explanation.en
    volume_only = permitted(an_area(schedule=during(1, 2)), hours="09:00-12:00")
    assert "by the hours of volume 1" in broken(a_drive(1, 2), volume_only).explanation.en


def test_a_height_names_the_band_that_was_left() -> None:
    breach = broken(a_flown(100, 130), permitted_flight())
    assert breach.violation_kind is ViolationKind.altitude
    assert "volume 1 (low_altitude_area) is for 60–110 m AGL" in breach.explanation.en


def test_weather_is_for_people_to_judge() -> None:
    assert kinds(prove(a_drive(1, 2), permitted(weather="no heavy rain"), LAW)) == []
