"""Paths told in metres from the centre of the city and in seconds from nine in the morning."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from hypothesis import strategies as st

from geo.altitude import Reference
from geo.frame import Frame
from geo.schedule import Interval
from geo.separation import Separation
from geo.trajectory import Trajectory
from tests.geo import oracle
from tests.geo.shapes import CITY, GROUND, LAT, LON, PLANE
from tests.geo.test_schedule import Days

FRAME = Frame(PLANE, CITY, "Asia/Shanghai", GROUND, Days())
START = datetime(2026, 12, 1, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
NOW = START.timestamp()


def place(east_m: float, north_m: float) -> tuple[float, float]:
    return oracle.moved(oracle.moved((LON, LAT), 90, east_m), 0, north_m)


def flown(
    *fixes: tuple[float, ...], reference: Reference | None = Reference.AMSL, radius_m: float = 0.0
) -> Trajectory:
    """A path through fixes of metres east, metres north, seconds and metres up (else 100)."""
    lonlat = [place(east, north) for east, north, *_ in fixes]
    heights = [fix[3] if len(fix) > 3 else 100.0 for fix in fixes]
    return Trajectory(lonlat, [NOW + fix[2] for fix in fixes], heights, reference, radius_m)


def driven(*fixes: tuple[float, float, float], radius_m: float = 0.0) -> Trajectory:
    lonlat = [place(east, north) for east, north, _ in fixes]
    return Trajectory(lonlat, [NOW + fix[2] for fix in fixes], radius_m=radius_m)


def apart(horizontal_m: float, vertical_m: float = 30.0, seconds: float = 0.0) -> Separation:
    return Separation(horizontal_m, vertical_m, timedelta(seconds=seconds))


def seconds(interval: Interval) -> tuple[float, float]:
    """From when to when, counted from nine o'clock."""
    return tuple((at - START).total_seconds() for at in (interval.start, interval.end))


@st.composite
def paths(draw: st.DrawFn, reach: float = 0.008) -> Trajectory:
    """Two to five fixes within some hundred metres and ten minutes."""
    count = draw(st.integers(2, 5))
    many = {"min_size": count, "max_size": count}
    aside = st.floats(-reach, reach)
    lonlat = np.array([LON, LAT]) + draw(st.lists(st.tuples(aside, aside), **many))
    waits = draw(st.lists(st.floats(1, 150), **many))
    heights = draw(st.lists(st.integers(60, 140), **many))
    times = NOW + draw(st.integers(0, 100)) + np.cumsum(waits)
    radius_m = draw(st.sampled_from([0.0, 5.0, 40.0]))
    return Trajectory(lonlat, times, heights, Reference.AMSL, radius_m)


separations = st.builds(
    apart,
    st.sampled_from([1, 50, 300]),
    st.sampled_from([0, 10, 30, 500]),
    st.sampled_from([0, 0, 5, 60, 900]),
)
