"""Recordings of real aircraft and travellers: the same flight is the same in every format."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from geo.altitude import Reference
from geo.crs import Extent, geodesic_distances_m
from service.adapters.files.reading import read_telemetry
from service.domain.errors import Problem
from service.domain.recording import Fix, legs
from service.usecases.import_telemetry import Told
from tests.real.conftest import DATA
from tests.surroundings import a_context

AIRDATA = "drone-dronextract/Airdata"
SRT = "drone-dji-srt"
DAY_S = 86_400.0
ANYWHERE = Extent(-180, -90, 180, 90)
NEAR_M, NEAR_S, NEAR_HEIGHT_M, NEAR_MPS = 1e-6, 1e-3, 1e-3, 0.01


def read(file: str, extent: Extent = ANYWHERE, **told: Any) -> tuple[list[list[Fix]], set[str]]:
    """The legs of a file, wherever on earth they are, and the codes of what was said of it."""
    ctx = a_context()
    ctx = replace(ctx, frame=replace(ctx.frame, extent=extent))
    path = DATA / file
    with path.open("rb") as stream:
        recorded = read_telemetry(stream, Path(file).name, Told(**told), ctx)
        found = list(legs(recorded.fixes, DAY_S, recorded.remarks))
    problems: Sequence[Problem] = recorded.remarks.problems
    return found, {problem.code for problem in problems}


def one(file: str, **told: Any) -> list[Fix]:
    (leg,) = read(file, **told)[0]
    return leg


def positions(fixes: Sequence[Fix]) -> Any:
    return np.array([(fix.lon, fix.lat) for fix in fixes])


def test_a_flight_is_the_same_from_csv_and_gpx() -> None:
    table = {(fix.lon, fix.lat): fix for fix in one(f"{AIRDATA}CSV.csv")}
    points = one(f"{AIRDATA}GPX.gpx")
    assert (len(table), len(points)) == (2261, 2147)
    for point in points:
        same = table[point.lon, point.lat]
        assert point.at == pytest.approx(same.at, abs=NEAR_S)
        assert point.height_m == pytest.approx(same.height_m, abs=NEAR_HEIGHT_M)
        assert point.reference is same.reference is Reference.AMSL
        # the GPX has centimetres per second
        assert point.speed_mps == pytest.approx(same.speed_mps, abs=NEAR_MPS)


def test_a_flight_has_the_same_path_from_csv_and_kml_though_that_is_thinned() -> None:
    table, line = one(f"{AIRDATA}CSV.csv"), one(f"{AIRDATA}KML.kml")
    assert {fix.at for fix in line} == {None}
    at = {(fix.lon, fix.lat): n for n, fix in enumerate(table)}
    order = [at[fix.lon, fix.lat] for fix in line]
    assert order == sorted(order)
    kept = [table[n] for n in order]
    assert geodesic_distances_m(positions(kept), positions(line)).max() <= NEAR_M
    heights = [fix.height_m for fix in line]
    assert heights == pytest.approx([fix.height_m for fix in kept], abs=NEAR_HEIGHT_M)


def test_columns_in_feet_and_miles_per_hour_are_converted_and_said() -> None:
    _, codes = read(f"{AIRDATA}CSV.csv")
    assert {"unit_converted_height", "unit_converted_speed"} <= codes


@pytest.mark.parametrize(
    ("file", "count", "first", "timed"),
    [
        ("air2s.srt", 17, (2.234156, 41.424724), True),
        ("mavic_air2.srt", 25, (2.162162, 41.420684), True),
        ("mavic_mini.SRT", 117, (-121.7458, 48.0771), False),
        ("mavic_pro.SRT", 467, (149.0251, -20.2533), True),
        ("old_format.SRT", 467, (149.0251, -20.2533), True),
        ("p4_rtk.SRT", 55, (-58.851745, -34.237922), False),
    ],
)
def test_subtitles_of_every_airframe_are_read(
    file: str, count: int, first: tuple[float, float], timed: bool
) -> None:
    fixes = one(f"{SRT}/{file}")
    assert (len(fixes), fixes[0][2:4]) == (count, first)
    assert all((fix.at is not None) is timed for fix in fixes)


def test_subtitles_of_one_flight_in_two_forms_are_the_same() -> None:
    new, old = one(f"{SRT}/mavic_pro.SRT"), one(f"{SRT}/old_format.SRT")
    assert [fix[2:5] for fix in new] == [fix[2:5] for fix in old]


@pytest.mark.parametrize("file", ["air2s.srt", "p4_rtk.SRT", "mavic_pro.SRT"])
def test_heights_of_subtitles_are_unknown_until_their_reference_is_declared(file: str) -> None:
    assert {fix.height_m for fix in one(f"{SRT}/{file}")} == {None}
    declared = one(f"{SRT}/{file}", heights=Reference.AGL)
    assert all(-10 < (fix.height_m or 0) < 130 for fix in declared)
    assert {fix.reference for fix in declared} == {Reference.AGL}


def test_an_airframe_that_writes_latitude_first_is_told_by_where_it_is_flown(
    tmp_path: Path,
) -> None:
    text = (DATA / SRT / "mavic_pro.SRT").read_text(encoding="utf-8-sig")
    there = Extent(148, -21, 150, -20)
    swapped = tmp_path / "swapped.srt"
    swapped.write_text(text.replace("GPS(149.0251,-20.2533", "GPS(-20.2533,149.0251"))
    leg, codes = read(str(swapped), there)
    assert (leg[0][0].lon, "axes_exchanged" in codes) == (149.0251, True)
    assert "axes_exchanged" not in read(f"{SRT}/mavic_pro.SRT", there)[1]


def test_remote_identification_of_a_flight_is_read_without_its_unknown_altitudes() -> None:
    (leg,), codes = read("drone-rid-pcap/anafi4_real_locations.csv")
    assert {"altitude_unknown", "milliseconds", "repeated"} <= codes
    # 1,140 receptions of 124 messages, the first at 16:15:29.1 UTC
    assert (len(leg), leg[0].at) == (124, 1_680_365_729.1)
    assert {fix.height_m for fix in leg} == {None}
    assert all(0 <= (fix.speed_mps or 0) < 20 for fix in leg)


def test_remote_identification_of_a_flight_says_nothing_of_its_accuracy() -> None:
    (leg,), _ = read("drone-rid-pcap/anafi4_real_locations.csv")
    assert {fix.accuracy_m for fix in leg} == {None}


def test_tracks_of_travellers_are_cut_where_they_were_not_recorded() -> None:
    found, codes = read("traj-geolife-mp/demodata_geolife.csv")
    assert (sum(map(len, found)), len(found)) == (5908, 13)
    assert {"gap", "time_back"} <= codes


def test_no_path_is_drawn_through_moving_features_hours_apart() -> None:
    found, codes = read("traj-geolife-mp/movingfeatures_collection.json", crs="EPSG:4326")
    assert (found, {"gap", "single_fix"} <= codes) == ([], True)
