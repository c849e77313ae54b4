"""An index answers for many volumes what `judge` says of each pair, and passes none over."""

from dataclasses import replace
from datetime import timedelta
from itertools import combinations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, Point, box

from geo import index as geo_index
from geo.altitude import AltitudeBand, Ground, Reference, Unit
from geo.conflict import Verdict, judge
from geo.footprint import Footprint
from geo.frame import Frame
from geo.index import VolumeIndex
from geo.schedule import Weekday, WeeklyWindow
from geo.screening import screen
from geo.separation import NONE, Separation
from geo.volume import Volume4D
from tests.geo import oracle
from tests.geo.shapes import CITY, GROUND, LAT, LON, PLANE
from tests.geo.test_conflict import band, days
from tests.geo.test_schedule import Days

FRAME = Frame(PLANE, CITY, "Asia/Shanghai", GROUND, Days())
HILLS = replace(FRAME, terrains=(oracle.Hillside(0.5, LON),))
FLAT = replace(FRAME, ground=Ground(500, 500, -43, -43))
Frames = st.sampled_from([FRAME, HILLS, FLAT])
MINIMA = Separation(horizontal_m=50, vertical_m=15, time=timedelta(minutes=10))
WHOLE_DAY = WeeklyWindow(frozenset([Weekday.SA]), *[days(0, 1).start.time()] * 2)

NEAR = st.integers(-20, 20).map(lambda step: step / 2000)
Places = st.tuples(NEAR, NEAR).map(lambda d: (LON + d[0], LAT + d[1]))
Footprints = st.one_of(
    st.builds(Footprint, Places.map(Point), st.sampled_from([0.0, 30.0, 400.0])),
    st.builds(
        lambda a, b, radius: Footprint(LineString([a, b]), radius),
        Places,
        Places,
        st.sampled_from([0.0, 20.0]),
    ),
    st.builds(
        lambda at, side: Footprint(box(*at, at[0] + side, at[1] + side)),
        Places,
        st.sampled_from([0.001, 0.005]),
    ),
)
Bands = st.none() | st.builds(
    lambda low, height, reference: AltitudeBand(low, low + height, Unit.m, reference),
    st.sampled_from([0, 60, 120, 500, 560]),
    st.sampled_from([30, 60]),
    st.sampled_from([Reference.AGL, Reference.AMSL]),
)
Schedules = st.builds(
    lambda start, length, weekly: days(
        start, None if length is None else start + length, *([WHOLE_DAY] if weekly else [])
    ),
    st.integers(0, 400),
    st.none() | st.sampled_from([0.01, 1, 21, 200, 40_000]),
    st.booleans(),
)
Volumes = st.builds(
    Volume4D,
    Footprints,
    Bands,
    st.none() | st.sampled_from([frozenset({0}), frozenset({1}), frozenset({0, 1})]),
    Schedules,
)
Separations = st.sampled_from([NONE, MINIMA, replace(MINIMA, vertical_m=0.0)])
Registries = st.lists(Volumes, min_size=1, max_size=12)


def one_by_one(
    volume: Volume4D, others: list[Volume4D], separation: Separation, frame: Frame, **more
) -> dict[Verdict, list[int]]:
    verdicts = [judge(volume, other, separation, frame, **more).verdict for other in others]
    return {
        verdict: [number for number, found in enumerate(verdicts) if found is verdict]
        for verdict in Verdict
    }


@given(Volumes, Registries, Separations, Frames, st.booleans())
def test_what_is_met_is_what_judge_says_of_each(
    volume: Volume4D,
    others: list[Volume4D],
    separation: Separation,
    frame: Frame,
    level_matters: bool,
) -> None:
    index = VolumeIndex(others, frame)
    met = index.meeting(volume, separation, level_matters=level_matters)
    expected = one_by_one(volume, others, separation, frame, level_matters=level_matters)
    assert met.conflict.tolist() == expected[Verdict.conflict]
    assert met.indeterminate.tolist() == expected[Verdict.indeterminate]
    candidates = set(index.candidates(volume, separation).tolist())
    assert candidates >= {*met.conflict.tolist(), *met.indeterminate.tolist()}


@pytest.mark.parametrize("block", [1, 3, 2_000])
@given(Registries, Separations, Frames, st.booleans())
def test_the_audit_finds_every_pair(
    block: int,
    volumes: list[Volume4D],
    separation: Separation,
    frame: Frame,
    level_matters: bool,
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(geo_index, "_BLOCK", block)
        found = VolumeIndex(volumes, frame).pairs(separation, level_matters=level_matters)
    verdicts = {
        (a, b): judge(
            volumes[a], volumes[b], separation, frame, level_matters=level_matters
        ).verdict
        for a, b in combinations(range(len(volumes)), 2)
    }
    expected = {v: [pair for pair in verdicts if verdicts[pair] is v] for v in Verdict}
    assert [tuple(pair) for pair in found.conflict.tolist()] == expected[Verdict.conflict]
    assert [tuple(pair) for pair in found.indeterminate.tolist()] == expected[Verdict.indeterminate]


@pytest.mark.parametrize("apart_m", [0.05, 1, 50, 500, 5_000, 10_000])
@pytest.mark.parametrize("bearing", [0, 90, 200])
@pytest.mark.parametrize("at", [(LON, LAT), (CITY.west, CITY.south), (CITY.east, CITY.north)])
def test_a_centimetre_decides(apart_m: float, bearing: float, at: tuple[float, float]) -> None:
    def a_point(place: tuple[float, float]) -> Volume4D:
        return Volume4D(Footprint(Point(place), 10), None, None, days(0, 1))

    away_m = 20 + apart_m
    near, far = (oracle.moved(at, bearing, away_m + by) for by in (-0.01, 0.01))
    separation = Separation(apart_m, 0, timedelta(0))
    index = VolumeIndex([a_point(near), a_point(far)], FRAME)
    assert index.meeting(a_point(at), separation).conflict.tolist() == [0]


def test_what_lasts_for_ever_is_found_beside_what_lasts_an_hour() -> None:
    place = Footprint(Point(LON, LAT), 10)
    lasting = [0.04, 10, 15, 500, 5_000, 50_000, None]
    volumes = [Volume4D(place, None, None, days(300, end and 300 + end)) for end in lasting]
    index = VolumeIndex(volumes, FRAME)
    at_the_time = Volume4D(place, None, None, days(300.01, 300.02))
    before = Volume4D(place, None, None, days(0, 300))
    assert index.meeting(at_the_time, NONE).conflict.tolist() == list(range(len(lasting)))
    assert index.meeting(before, NONE).conflict.tolist() == []
    assert len(index.pairs(NONE).conflict) == len(lasting) * (len(lasting) - 1) / 2


def test_pairs_that_are_not_compared_are_left_out() -> None:
    place = Footprint(Point(LON, LAT), 10)
    index = VolumeIndex([Volume4D(place, None, None, days(0, 1))] * 3, FRAME)
    done: list[int] = []
    found = index.pairs(NONE, lambda number, others: others != 2, done.append)
    assert found.conflict.tolist() == [[0, 1]]
    assert done == [3]


def test_an_index_of_nothing_meets_nothing() -> None:
    index = VolumeIndex([], FRAME)
    anywhere = Volume4D(Footprint(Point(LON, LAT), 10), None, None, days(0, 1))
    assert index.meeting(anywhere, NONE).conflict.tolist() == []
    assert index.pairs(NONE).conflict.shape == (0, 2)
    assert len(index) == 0
    assert len(VolumeIndex([anywhere], FRAME)) == 1


def test_heights_that_cannot_be_compared_are_left_open() -> None:
    place = Footprint(Point(LON, LAT), 10)
    above_ground = Volume4D(place, band(0, 60, Reference.AGL), None, days(0, 1))
    above_sea = Volume4D(place, band(540, 600, Reference.AMSL), None, days(0, 1))
    met = VolumeIndex([above_sea], FRAME).meeting(above_ground, NONE)
    assert met.conflict.tolist() == []
    assert met.indeterminate.tolist() == [0]


def test_the_audit_leaves_open_what_unknown_levels_leave_open() -> None:
    place = Footprint(Point(LON, LAT), 10)
    known, unknown = (Volume4D(place, None, levels, days(0, 1)) for levels in ([0], None))
    index = VolumeIndex([known, unknown, known], FRAME)
    assert index.pairs(NONE).conflict.tolist() == [[0, 1], [0, 2], [1, 2]]
    found = index.pairs(NONE, level_matters=True)
    assert found.conflict.tolist() == [[0, 2]]
    assert found.indeterminate.tolist() == [[0, 1], [1, 2]]


def test_the_geometry_kept_for_others_is_never_prepared() -> None:
    volume = Volume4D(Footprint(Point(LON, LAT), 10), None, None, days(0, 1))
    VolumeIndex([volume], FRAME).meeting(volume, MINIMA)
    assert not np.any(shapely.is_prepared([volume.footprint.on(PLANE)]))


@given(Volumes, st.lists(Volumes, max_size=6), Separations, Frames, st.booleans())
def test_a_screen_says_what_judge_says_of_each(
    volume: Volume4D,
    others: list[Volume4D],
    separation: Separation,
    frame: Frame,
    level_matters: bool,
) -> None:
    met = screen(volume, others, separation, frame, level_matters=level_matters)
    expected = one_by_one(volume, others, separation, frame, level_matters=level_matters)
    assert met.conflict.tolist() == expected[Verdict.conflict]
    assert met.indeterminate.tolist() == expected[Verdict.indeterminate]
