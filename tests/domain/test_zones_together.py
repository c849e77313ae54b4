"""What zones open together: hours, directions and heights that none of them opens alone."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from geo.almanac import FixedDays
from geo.altitude import AltitudeBand, Reference, Unit
from geo.conflict import Verdict
from geo.schedule import Weekday, WeeklyWindow
from service.domain.check_zones import covered
from service.domain.holding import Place
from service.domain.kinds import Direction, Phase, ZoneKind
from tests.builders import LAT, LON, NOW, a_band, a_line, a_schedule, a_square
from tests.domain.questions import (
    LAW,
    a_drive,
    a_flight,
    a_question,
    an_air_question,
    an_area,
    an_open_zone,
    use,
)

AIR = {"zone_kind": ZoneKind.low_altitude_area, "phases_open": (Phase.flight_trial,)}
ROAD = {"zone_kind": ZoneKind.urban_road, "road_ids": ("r1",), "radius_m": 15.0}


def of_hours(start: int, end: int) -> Any:
    window = WeeklyWindow(frozenset(Weekday), time(start), time(end))
    return a_schedule(end=None, weekly=(window,))


SUNNY = replace(LAW, frame=replace(LAW.frame, calendar=FixedDays(daylight=(time(6), time(18)))))
NEVER = (WeeklyWindow(frozenset(Weekday), time(9), "sunrise"),)


def but_for(*days: date) -> Any:
    return a_schedule(end=None, except_dates=frozenset(days))


def test_a_zone_for_the_day_and_one_for_the_night_open_all_hours() -> None:
    day, night, evening = (an_open_zone(schedule=of_hours(*h)) for h in [(6, 18), (18, 6), (19, 6)])
    assert covered(a_question(), [day, night], LAW)[1] == ()
    coverage, (finding,) = covered(a_question(), [day, evening], LAW)
    assert finding.rule.id == "sharing.zone_hours"
    assert {against.id for against in finding.against} == {day.id, evening.id}
    assert "2026-10-01 18:00" in finding.explanation.en
    assert coverage.uncovered


def test_zones_of_half_the_hours_each_open_only_what_both_hold() -> None:
    day = an_open_zone(a_square(LON), schedule=of_hours(6, 18))
    night = an_open_zone(a_square(LON + 0.005), schedule=of_hours(18, 6))
    middle, whole = an_area(a_square(LON + 0.006, LAT + 0.001, 0.003)), an_area(a_square(LON))
    assert covered(a_question(middle), [day, night], LAW)[1] == ()
    (finding,) = covered(a_question(whole), [day, night], LAW)[1]
    assert (finding.rule.id, [a.id for a in finding.against]) == ("sharing.zone_hours", [day.id])


def test_a_zone_for_each_direction_opens_both() -> None:
    there = an_open_zone(a_line(), direction=Direction.forward, **ROAD)
    back = an_open_zone(a_line(), direction=Direction.backward, **ROAD)
    both = a_drive(use("r1"), use("r1", forward=False))
    assert covered(a_question(both), [there, back], LAW)[1] == ()
    (finding,) = covered(a_question(both), [back], LAW)[1]
    assert [against.id for against in finding.against] == [back.id]


def test_zones_above_each_other_open_the_heights_of_both() -> None:
    low, high, higher = (
        an_open_zone(altitude=a_band(*band), **AIR) for band in [(0, 60), (60, 120), (61, 120)]
    )
    flight = an_air_question(a_flight(altitude=a_band(30, 90)))
    assert covered(flight, [low, high], LAW)[1] == ()
    (finding,) = covered(flight, [low, higher], LAW)[1]
    assert finding.rule.id == "sharing.zone_altitude"
    assert finding.verdict is Verdict.conflict
    assert "60 to 61 m AGL" in finding.explanation.en
    assert {against.id for against in finding.against} == {low.id, higher.id}


def test_heights_that_are_opened_at_other_hours_are_not_open() -> None:
    low = an_open_zone(altitude=a_band(0, 60), schedule=of_hours(6, 18), **AIR)
    high = an_open_zone(altitude=a_band(60, 120), schedule=of_hours(18, 6), **AIR)
    (finding,) = covered(an_air_question(a_flight(altitude=a_band(30, 90))), [low, high], LAW)[1]
    assert finding.rule.id == "sharing.zone_altitude"


def test_stacked_zones_in_feet_and_metres_leave_no_gap() -> None:
    low = an_open_zone(altitude=AltitudeBand(0, 200, Unit.ft, Reference.AGL), **AIR)
    high = an_open_zone(altitude=a_band(200 * 0.3048, 120), **AIR)
    flight = an_air_question(a_flight(altitude=AltitudeBand(100, 300, Unit.ft, Reference.AGL)))
    assert covered(flight, [low, high], LAW)[1] == ()


def test_zones_above_each_other_are_one_whatever_the_heights_are_asked_above() -> None:
    low, high, higher = (
        an_open_zone(altitude=AltitudeBand(*band, Unit.m, Reference.AMSL), **AIR)
        for band in [(0, 600), (600, 9000), (610, 9000)]
    )
    flight = an_air_question(a_flight())
    assert covered(flight, [low, high], LAW)[1] == ()
    (finding,) = covered(flight, [low, higher], LAW)[1]
    assert finding.verdict is Verdict.indeterminate


def test_zones_that_are_closed_on_the_same_day_years_ahead_leave_it_open() -> None:
    late = date(2033, 5, 1)
    one, other = (
        an_open_zone(a_square(), schedule=but_for(date(2027, 1, day), late)) for day in (1, 2)
    )
    asked = a_schedule(end=NOW.replace(year=2034))
    (finding,) = covered(a_question(an_area(schedule=asked)), [one, other], LAW)[1]
    assert "2033-05-01 00:00" in finding.explanation.en


def test_hours_that_no_day_has_are_open_wherever_the_place_is() -> None:
    never = a_schedule(end=NOW.replace(year=2030), weekly=NEVER)
    evening = an_open_zone(schedule=of_hours(20, 22))
    assert covered(a_question(an_area(schedule=never)), [evening], SUNNY)[1] == ()


def test_hours_on_days_that_no_calendar_is_asked_of_are_not_open_unnoticed() -> None:
    perhaps = a_schedule(end=NOW.replace(year=2090), weekly=NEVER)
    evening = an_open_zone(schedule=of_hours(20, 22))
    (finding,) = covered(a_question(an_area(schedule=perhaps)), [evening], SUNNY)[1]
    assert "2066-" in finding.explanation.en


def test_a_place_that_no_company_holds_is_not_held() -> None:
    held, failing = Place(an_area(), LAW, {}).held_by([])
    assert held.uncovered
    assert failing is not None


HOURS = st.integers(0, 23)


@given(st.lists(st.tuples(HOURS, HOURS, st.integers(0, 3), st.integers(1, 4)), max_size=4))
def test_zones_open_a_place_when_at_each_hour_and_height_one_of_them_does(
    rows: Sequence[tuple[int, int, int, int]],
) -> None:
    zones = [
        an_open_zone(
            altitude=a_band(30 * low, 30 * (low + thick)), schedule=of_hours(start, end), **AIR
        )
        for start, end, low, thick in rows
    ]
    flight = a_flight(
        altitude=a_band(30, 90),
        schedule=a_schedule(start=NOW + timedelta(days=1), end=NOW + timedelta(days=3)),
    )

    def is_open(hour: int, slab: int) -> bool:
        return any(
            (start <= hour < end if start < end else hour >= start or hour < end)
            and low <= slab < low + thick
            for start, end, low, thick in rows
        )

    everywhere = all(is_open(hour, slab) for hour in range(24) for slab in (1, 2))
    findings = covered(an_air_question(flight), zones, LAW)[1]
    assert (findings == ()) == everywhere
