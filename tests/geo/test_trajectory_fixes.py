"""A path with times is what its fixes say, and is refused where they cannot be."""

from datetime import UTC, timedelta

import numpy as np
import pytest

from geo.altitude import Reference
from geo.errors import AltitudeRefused, TrajectoryRefused
from geo.paths import judge_paths
from geo.separation import NONE
from geo.trajectory import Trajectory
from tests.geo.paths import FRAME, NOW, START, driven
from tests.geo.shapes import LAT, LON

TWO = [(LON, LAT), (LON + 0.01, LAT)]


@pytest.mark.parametrize(
    ("fields", "code", "pointer"),
    [
        ({"lonlat": TWO[:1], "times": [0]}, "too_few_fixes", "/lonlat"),
        ({"lonlat": [(LON, LAT, 5), (LON, LAT, 6)]}, "not_positions", "/lonlat"),
        ({"lonlat": LON}, "not_positions", "/lonlat"),
        ({"times": [0, 1, 2]}, "not_one_per_fix", "/times"),
        ({"heights_m": [100]}, "not_one_per_fix", "/heights_m"),
        ({"lonlat": [TWO[0], (float("nan"), LAT)]}, "not_finite", "/lonlat/1"),
        ({"times": [0, float("inf")]}, "not_finite", "/times/1"),
        ({"heights_m": [float("nan"), 1]}, "not_finite", "/heights_m/0"),
        ({"lonlat": [TWO[0], (LAT, LON)]}, "not_degrees", "/lonlat/1"),
        ({"lonlat": [(-179, LAT), (179, LAT)]}, "crosses_date_line", "/lonlat/1"),
        ({"times": [0, 1.7e12]}, "time_out_of_range", "/times/1"),
        ({"times": [60, 0]}, "times_not_ascending", "/times/1"),
        ({"times": [60, 60]}, "times_not_ascending", "/times/1"),
        ({"radius_m": -1}, "no_radius", "/radius_m"),
        ({"radius_m": float("nan")}, "no_radius", "/radius_m"),
    ],
)
def test_what_is_no_path_is_refused_at_its_place(fields: dict, code: str, pointer: str) -> None:
    with pytest.raises(TrajectoryRefused) as refused:
        Trajectory(**{"lonlat": TWO, "times": [0, 60]} | fields)
    assert (refused.value.code, refused.value.pointer) == (code, pointer)
    assert all(refused.value.message)


def test_a_time_without_an_offset_is_refused() -> None:
    with pytest.raises(TrajectoryRefused) as refused:
        Trajectory.timed(TWO, [START, START.replace(tzinfo=None)])
    assert (refused.value.code, refused.value.pointer) == ("naive_time", "/times/1")


def test_instants_of_any_zone_are_the_seconds_that_they_are() -> None:
    instants = [START, (START + timedelta(microseconds=3)).astimezone(UTC)]
    path = Trajectory.timed(TWO, instants)
    assert (path.micros - path.micros[0]).tolist() == [0, 3]


def test_a_path_cannot_be_changed() -> None:
    times = np.array([0.0, 60.0])
    path = Trajectory(TWO, times, [1, 2])
    times[0] = 30
    assert path.times[0] == 0
    for column in (path.lonlat, path.times, path.heights_m):
        with pytest.raises(ValueError, match="read-only"):
            column[0] = 0


def test_a_path_that_the_plane_cannot_show_is_refused() -> None:
    to_the_pole = Trajectory([(LON, LAT), (LON, -90)], [NOW, NOW + 1e6])
    with pytest.raises(TrajectoryRefused) as refused:
        judge_paths(to_the_pole, driven((0, 0, 0), (1, 0, 60)), NONE, FRAME)
    assert refused.value.code == "beyond_plane"


def test_between_two_fixes_a_path_is_straight_and_even() -> None:
    path = Trajectory(TWO, [NOW, NOW + 100], [50, 150], Reference.AGL)
    assert path.after(25) == pytest.approx((LON + 0.0025, LAT), abs=1e-12)
    assert path.height_after(25) == 75
    assert Trajectory(TWO, [NOW, NOW + 100]).height_after(25) is None


@pytest.mark.parametrize("seconds", [-1, 100.1, NOW + 25, float("nan")])
def test_nothing_is_said_of_a_path_before_it_begins_or_after_it_ends(seconds: float) -> None:
    path = Trajectory(TWO, [NOW, NOW + 100], [50, 150], Reference.AGL)
    for asked in (path.after, path.height_after):
        with pytest.raises(ValueError, match="outside"):
            asked(seconds)


def test_a_reference_may_be_named_by_its_code() -> None:
    assert Trajectory(TWO, [0, 60], [1, 2], "AGL").reference is Reference.AGL
    with pytest.raises(AltitudeRefused) as refused:
        Trajectory(TWO, [0, 60], [1, 2], "MSL")
    assert (refused.value.code, refused.value.pointer) == ("altitude_code_unknown", "/reference")
    assert all("AGL" in words and "WGS84" in words for words in refused.value.message)
