"""The library's two questions, asked as a program without the service would ask them."""

from dataclasses import replace
from datetime import timedelta

import pytest
import shapely
from shapely import LineString, Point

from geo import (
    NONE,
    Footprint,
    GeometryRefused,
    Holidays,
    NetworkIndex,
    Reason,
    Reference,
    Separation,
    Verdict,
    Volume4D,
    check,
    check_route,
)
from geo.crs import geodesic_length_m
from tests.geo import oracle
from tests.geo.builders import FRAME, ROUTE, a_stretch, a_zone, band, days
from tests.geo.schedules import WEEK, Days
from tests.geo.shapes import LAT, LON, PLANE, at, path

MINIMA = Separation(horizontal_m=100, vertical_m=15, time=timedelta(0))
NOW = days(0, 10)


def a_disc(lon: float, altitude=None) -> Volume4D:
    return Volume4D(Footprint(Point(lon, LAT), 50), altitude, None, NOW)


def a_route(*steps: tuple[float, float]) -> Volume4D:
    line = LineString(path(*steps)) if steps else ROUTE
    return Volume4D(Footprint(line), None, None, NOW)


def test_all_that_stands_against_it_is_told_gravest_and_nearest_first() -> None:
    above_sea, above_ground = band(500, 600), band(100, 150, Reference.AGL)
    others = [
        a_disc(LON + 0.1),
        a_disc(LON + 0.0018, above_sea),
        a_disc(LON, above_ground),
        a_disc(LON, above_sea),
        a_disc(LON + 0.0005, above_sea),
        a_disc(LON + 0.0005, above_ground),
    ]
    hits = check(a_disc(LON, above_sea), others, MINIMA, FRAME)
    assert [hit.number for hit in hits] == [3, 4, 1, 2, 5]
    grave, doubtful = [Verdict.conflict] * 3, [Verdict.indeterminate] * 2
    assert [hit.judgement.verdict for hit in hits] == grave + doubtful
    assert all(hit.judgement.witness is not None for hit in hits)


def test_a_level_that_is_not_known_matters_where_it_is_said_to() -> None:
    here = a_disc(LON)
    (hit,) = check(here, [here], NONE, FRAME)
    assert hit.judgement.verdict is Verdict.conflict
    (hit,) = check(here, [here], NONE, FRAME, level_matters=True)
    assert hit.judgement.reason is Reason.level_unknown


def test_days_that_no_calendar_was_asked_about_are_told_as_not_known() -> None:
    holidays = replace(NOW, end=None, holidays=Holidays.only)
    here, always = (replace(a_disc(LON), schedule=s) for s in (holidays, replace(NOW, end=None)))
    (hit,) = check(here, [always], NONE, FRAME)
    assert hit.judgement.verdict is Verdict.indeterminate
    assert hit.judgement.reason is Reason.time_unknown
    a_holiday = Days(frozenset({NOW.start.date() + 300 * WEEK}))
    (hit,) = check(here, [always], NONE, replace(FRAME, calendar=a_holiday))
    assert hit.judgement.verdict is Verdict.conflict


def test_what_is_surely_apart_is_not_told() -> None:
    assert check(a_disc(LON), [a_disc(LON + 0.1)], MINIMA, FRAME) == ()


def test_a_route_is_held_against_zones_restrictions_and_the_road() -> None:
    one_way = a_stretch("r1", (0, 0), (10, 0), oneway=True)
    back = a_route((8, 0), (2, 0))
    works = Volume4D(Footprint(Point(at(5, 0)), 20), None, None, NOW)
    elsewhere = Volume4D(Footprint(Point(at(5, 5)), 20), None, None, NOW)
    found = check_route(
        back, [a_zone(5, 9)], [elsewhere, works], 5.0, FRAME, NetworkIndex([one_way], PLANE)
    )
    assert [p.zone for p in found.passages] == [0]
    (left,) = found.coverage.uncovered
    assert round(left.length_m, -1) == 2870
    assert [hit.number for hit in found.restrictions] == [1]
    assert [use.stretch_id for use in found.wrong_way] == ["r1"]


def test_a_two_way_road_may_be_driven_back() -> None:
    two_way = NetworkIndex([a_stretch("r1", (0, 0), (10, 0))], PLANE)
    found = check_route(a_route((8, 0), (2, 0)), [a_zone(-1, 11)], [], 5.0, FRAME, two_way)
    assert found.road is not None
    assert [(use.stretch_id, use.forward) for use in found.road.uses] == [("r1", False)]
    assert found.wrong_way == ()


def test_a_route_off_every_road_differs_from_one_that_was_asked_without_a_network() -> None:
    elsewhere = NetworkIndex([a_stretch("r1", (0, 5), (10, 5))], PLANE)
    found = check_route(a_route(), [a_zone(-1, 11)], [], 5.0, FRAME, elsewhere)
    assert found.road is not None
    assert found.road.uses == ()
    assert geodesic_length_m(found.road.unmatched) == pytest.approx(geodesic_length_m(ROUTE), abs=1)
    alone = check_route(a_route(), [a_zone(-1, 11)], [], 5.0, FRAME)
    assert (alone.road, alone.wrong_way, alone.coverage.uncovered) == (None, (), ())


@pytest.mark.parametrize(("beyond_m", "met"), [(-0.01, [0]), (0.01, [])])
def test_a_route_keeps_the_separation_from_restrictions_to_the_centimetre(
    beyond_m: float, met: list[int]
) -> None:
    place = oracle.moved(at(5, 0), 0, 20 + MINIMA.horizontal_m + beyond_m)
    works = Volume4D(Footprint(Point(place), 20), None, None, NOW)
    found = check_route(a_route(), [], [works], 5.0, FRAME, separation=MINIMA)
    assert [hit.number for hit in found.restrictions] == met
    assert check_route(a_route(), [], [works], 5.0, FRAME).restrictions == ()


def test_a_route_on_an_unknown_level_meets_restrictions_perhaps() -> None:
    works = Volume4D(Footprint(Point(at(5, 0)), 20), None, frozenset({1}), NOW)
    found = check_route(a_route(), [], [works], 5.0, FRAME, level_matters=True)
    assert [hit.judgement.reason for hit in found.restrictions] == [Reason.level_unknown]


@pytest.mark.parametrize("core", [Point(LON, LAT), shapely.box(*at(0, 0), *at(1, 1))])
def test_an_area_or_a_place_is_no_route(core: shapely.Geometry) -> None:
    with pytest.raises(GeometryRefused) as refused:
        check_route(Volume4D(Footprint(core), None, None, NOW), [a_zone(-1, 11)], [], 5.0, FRAME)
    assert refused.value.code == "not_a_line"
