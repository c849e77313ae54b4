"""Paths measured together are judged as if each were alone, and as if nothing were known of any."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.altitude import Reference
from geo.crs import geodesic_distances_m
from service.domain.fence import NOWHERE
from service.domain.kinds import SupervisionMode
from service.domain.permit import Permit
from service.domain.proof import prove
from service.domain.swept import sweep_all, swept_together
from service.domain.telemetry import Summary
from tests.builders import LAT, LON, NOW, a_band, a_square, a_track
from tests.domain.drives import AUTO, MANUAL, a_drive, permitted, permitted_flight
from tests.domain.questions import LAW, a_flight, an_area, during

ROADS = permitted(
    an_area(a_square(LON, side=0.006)),
    an_area(a_square(LON + 0.0041, side=0.005), schedule=during(-1, 0.02)),
    an_area(a_square(LON + 0.003, side=0.003)),
)
SKY = permitted_flight(
    a_flight(altitude=a_band(60, 110)), a_flight(a_square(LON + 0.004), altitude=a_band(90, 150))
)

fixes = st.lists(
    st.tuples(
        st.floats(-0.0005, 0.010),
        st.floats(0.0, 0.006),
        st.sampled_from([AUTO, AUTO, AUTO, MANUAL]),
        st.floats(50, 160),
        st.sampled_from([0.0, 0.5, 3.0, 20.0]),
    ),
    min_size=2,
    max_size=12,
)


def driven(told: list[tuple[Any, ...]], near: float, flown: bool) -> Summary:
    """A path through all of it, or through little of it."""
    lonlat = np.array([(LON + near * x, LAT + near * y) for x, y, *_ in told])
    modes = tuple(mode for _, _, mode, _, _ in told[1:])
    times = NOW.timestamp() + np.cumsum([took for *_, took in told])
    track = a_track(lonlat=lonlat, times=times, modes=modes)
    if not flown:
        return a_drive(1, 2, track=track, seconds=600)
    heights = np.array([height for *_, height, _ in told])
    high = replace(track, altitudes=heights, altitude_reference=Reference.AGL)
    return a_drive(1, 2, track=high, seconds=600, supervision_mode=SupervisionMode.vlos)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(fixes, st.sampled_from([1.0, 0.3]), st.booleans()), min_size=1, max_size=4)
)
def test_what_is_known_of_a_path_changes_nothing_that_it_proves(
    told: list[tuple[list[tuple[Any, ...]], float, bool]],
) -> None:
    summaries = [driven(*one) for one in told]
    permits = [SKY if flown else ROADS for *_, flown in told]
    asked = list(zip(summaries, permits, strict=True))
    for swept, (summary, permit) in zip(sweep_all(asked, LAW), asked, strict=True):
        together = prove(summary, permit, LAW, swept=swept)
        alone = prove(summary, permit, LAW)
        slowly = prove(summary, permit, LAW, swept=replace(swept, home=NOWHERE))
        assert together == alone == slowly


@pytest.mark.parametrize(
    ("summary", "permit", "home"),
    [
        (a_drive(1, 2, 3), ROADS, 0),
        (a_drive(5, 6, 7), ROADS, 1),
        (a_drive(5, 6, 7, seconds=60), ROADS, NOWHERE),
        (a_drive(1, 8), ROADS, NOWHERE),
        (a_drive(1, 1, 1), ROADS, 0),
        (a_drive(12, 12), ROADS, NOWHERE),
        (a_drive(1, 2, modes=MANUAL), ROADS, 0),
    ],
)
def test_a_path_is_at_home_in_the_first_volume_that_holds_all_of_it(
    summary: Summary, permit: Permit, home: int
) -> None:
    (swept,) = sweep_all([(summary, permit)], LAW)
    assert swept.home == home


def test_heights_decide_where_a_flight_is_at_home() -> None:
    def flown(low: float, high: float) -> int:
        heights = np.array([low, high])
        flight = a_drive(5, 6, altitudes=heights, altitude_reference=Reference.AGL)
        return sweep_all([(flight, SKY)], LAW)[0].home

    assert [flown(60, 110), flown(95, 140), flown(70, 140)] == [0, 1, NOWHERE]


def test_lengths_in_the_plane_are_those_on_the_ellipsoid() -> None:
    spread = np.random.default_rng(4).random((400, 2)) * [2.0, 1.4]
    start = np.array([102.95, 30.05]) + spread
    track = a_track(
        lonlat=np.repeat(start, 2, axis=0) + np.tile([[0, 0], [0.001, 0.001]], (400, 1)),
        times=None,
        modes=None,
    )
    sweep = sweep_all([(a_drive(1, 2, track=track), ROADS)], LAW)[0].sweep
    from_here = geodesic_distances_m(track.lonlat[:-1], track.lonlat[1:])
    assert np.allclose(sweep.length_m, from_here, rtol=2e-8, atol=1e-6)


def test_one_path_that_cannot_be_measured_spoils_no_other() -> None:
    broken = a_drive(1, 2, track=a_track(lonlat=np.array([(LON, LAT), (np.inf, LAT)])))
    asked = [(a_drive(1, 2), ROADS), (broken, ROADS)]
    assert swept_together(asked, LAW) == {}
