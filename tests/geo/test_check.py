"""The library's two questions, asked as a program without the service would ask them."""

from datetime import timedelta

from shapely import LineString, Point

from geo import NetworkIndex, Separation, Verdict, Volume4D, check, check_route
from geo.footprint import Footprint
from tests.geo.shapes import LAT, LON, PLANE, at, path
from tests.geo.test_conflict import FRAME, band, days
from tests.geo.test_network import a_stretch
from tests.geo.test_passages import ROUTE, a_zone

MINIMA = Separation(horizontal_m=100, vertical_m=15, time=timedelta(0))
NOW = days(0, 10)


def a_disc(lon: float, altitude=None) -> Volume4D:
    return Volume4D(Footprint(Point(lon, LAT), 50), altitude, None, NOW)


def a_route(*steps: tuple[float, float]) -> Volume4D:
    line = LineString(path(*steps)) if steps else ROUTE
    return Volume4D(Footprint(line), None, None, NOW)


def test_all_that_stands_against_it_is_told_gravest_and_nearest_first() -> None:
    above_sea = band(500, 600)
    others = [
        a_disc(LON + 0.1),
        a_disc(LON + 0.0018),
        a_disc(LON, altitude=above_sea),
        a_disc(LON + 0.0005),
    ]
    mine = a_disc(LON)
    hits = check(mine, others, MINIMA, FRAME)
    assert [hit.number for hit in hits] == [2, 3, 1]
    assert all(hit.judgement.verdict is Verdict.conflict for hit in hits)
    assert all(hit.judgement.witness is not None for hit in hits)


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


def test_a_route_without_a_network_is_on_no_road() -> None:
    found = check_route(a_route(), [a_zone(-1, 11)], [], 5.0, FRAME)
    assert (found.uses, found.wrong_way, found.coverage.uncovered) == ((), (), ())
