"""Recordings in every format: the same flight gives the same path, and what is assumed is said."""

from io import BytesIO
from typing import Any

import numpy as np
import pytest

from geo.altitude import Reference
from geo.crs import GCJ02, geodesic_distances_m
from service.adapters.files.reading import read_telemetry
from service.domain.errors import Malformed
from service.domain.recording import Fix
from service.usecases.import_telemetry import Recorded, Told
from tests.builders import LAT, LON, NOW
from tests.files.flights import FILES, TRACKS, flight
from tests.files.reading import CONTEXT, defects

NEAR_M, NEAR_S = 0.02, 0.001
"""Within this the same flight is the same in every format: they write seven decimals or more."""


def read(name: str, content: str | bytes, **told: Any) -> tuple[Recorded, list[Fix]]:
    raw = content.encode() if isinstance(content, str) else content
    recorded = read_telemetry(BytesIO(raw), name, Told(**told), CONTEXT)
    return recorded, list(recorded.fixes)


def said(recorded: Recorded) -> set[str]:
    return {problem.code for problem in recorded.remarks.problems}


def refused(name: str, content: str | bytes, **told: Any) -> list[tuple[str, str]]:
    with pytest.raises(Malformed) as wrong:
        read(name, content, **told)
    return defects(wrong.value)


def lonlat(fixes: list[Fix]) -> Any:
    return np.array([(fix.lon, fix.lat) for fix in fixes])


# the same flight


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_fixture_is_what_the_drawing_gives(name: str) -> None:
    assert TRACKS.joinpath(name).read_bytes().decode() == FILES[name]


@pytest.mark.parametrize("name", sorted(FILES))
def test_the_same_flight_gives_the_same_path_and_times(name: str) -> None:
    _, fixes = read(name, FILES[name])
    once = [fix for n, fix in enumerate(fixes) if n == 0 or fix.at != fixes[n - 1].at]
    expected = np.array([(spot.lon, spot.lat) for spot in flight()])
    assert geodesic_distances_m(lonlat(once), expected).max() < NEAR_M
    times = [fix.at for fix in once]
    assert times == pytest.approx([spot.at.timestamp() for spot in flight()], abs=NEAR_S)


@pytest.mark.parametrize("name", ["airdata.csv", "dji-record.csv", "flight.gpx", "flight.kml"])
def test_heights_above_the_sea_agree_in_metres(name: str) -> None:
    _, fixes = read(name, FILES[name])
    assert {fix.reference for fix in fixes} == {Reference.AMSL}
    heights = [fix.height_m for fix in fixes]
    assert heights == pytest.approx([spot.height_m for spot in flight()], abs=0.01)


@pytest.mark.parametrize("name", ["airdata.csv", "dji-record.csv", "flight.gpx", "remote-id.csv"])
def test_speeds_are_metres_per_second(name: str) -> None:
    _, fixes = read(name, FILES[name])
    assert [fix.speed_mps for fix in fixes] == pytest.approx([11.5] * len(fixes), abs=1e-4)


# what is assumed is said


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("airdata.csv", {"unit_converted_height", "unit_converted_speed", "datum"}),
        ("dji-record.csv", {"local_time", "date_order"}),
        ("flight.gpx", {"height_reference_assumed"}),
        ("flight.geojson", {"height_reference_assumed"}),
        ("subtitles.srt", {"axes_exchanged", "local_time", "height_reference_unknown"}),
        ("remote-id.csv", {"milliseconds", "altitude_unknown", "height_reference_unknown"}),
    ],
)
def test_what_a_reader_takes_to_be_so_is_said(name: str, codes: set[str]) -> None:
    recorded, _ = read(name, FILES[name])
    assert codes <= said(recorded)


def test_everything_is_said_in_both_languages_and_once() -> None:
    recorded, _ = read("subtitles.srt", FILES["subtitles.srt"])
    problems = recorded.remarks.problems
    assert len({problem.code for problem in problems}) == len(problems)
    assert all(problem.message.zh != problem.message.en for problem in problems)
    (local,) = (problem for problem in problems if problem.code == "local_time")
    assert "13 times, first on line 1" in local.message.en


def test_heights_above_take_off_are_unknown_until_their_reference_is_declared() -> None:
    _, silent = read("subtitles.srt", FILES["subtitles.srt"])
    _, declared = read("subtitles.srt", FILES["subtitles.srt"], heights=Reference.AGL)
    assert {fix.height_m for fix in silent} == {None}
    assert [(fix.height_m, fix.reference) for fix in declared][:2] == [
        (60.0, Reference.AGL),
        (61.0, Reference.AGL),
    ]


def test_an_altitude_of_minus_1000_m_is_unknown() -> None:
    _, fixes = read("remote-id.csv", FILES["remote-id.csv"])
    assert {(fix.height_m, fix.reference) for fix in fixes} == {(None, None)}


def test_a_reserved_speed_of_remote_identification_is_unknown() -> None:
    text = FILES["remote-id.csv"].replace(",11.5,", ",255.0,")
    _, fixes = read("remote-id.csv", text)
    assert {fix.speed_mps for fix in fixes} == {None}


@pytest.mark.parametrize(("received_s", "in_hour_s"), [(0.5, 3599.9), (-0.1, 0.1)])
def test_a_message_belongs_to_the_hour_nearest_to_its_reception(
    received_s: float, in_hour_s: float
) -> None:
    head, *_ = FILES["remote-id.csv"].splitlines()
    received_ms = 1000 * (NOW.timestamp() + received_s)
    row = f"{received_ms},2,takeoff,1.0,{LAT},{LON},-1000.0,-1000.0,1.0,11,{in_hour_s}"
    _, (fix,) = read("remote-id.csv", f"{head}\n{row}\n")
    sent = in_hour_s if in_hour_s < 1 else in_hour_s - 3600
    assert fix.at == pytest.approx(NOW.timestamp() + sent)


def test_a_declared_datum_goes_before_that_of_the_format_and_is_said() -> None:
    recorded, _ = read("flight.gpx", FILES["flight.gpx"], crs=GCJ02)
    assert (recorded.crs, "datum_declared" in said(recorded)) == (GCJ02, True)


def test_geojson_that_states_no_reference_system_needs_one_declared() -> None:
    bare = FILES["flight.geojson"].replace('"crs": "EPSG:4490",', "")
    assert refused("flight.geojson", bare) == [("/crs", "crs_required")]


def test_a_file_goes_by_the_digest_of_its_bytes() -> None:
    first, _ = read("a.gpx", FILES["flight.gpx"])
    again, _ = read("b.gpx", FILES["flight.gpx"])
    other, _ = read("a.gpx", FILES["flight.gpx"] + "\n")
    assert first.boot_id == again.boot_id != other.boot_id


# forms


@pytest.mark.parametrize(
    ("caption", "expected"),
    [
        ("[latitude: 30.601] [longitude: 104.062] [altitude: 117.0]", (104.062, 30.601)),
        ("[latitude : 30.601] [longtitude : 104.062]", (104.062, 30.601)),
        ("GPS (104.062, 30.601, 15), D 221.21m, H 200.70m, H.S 2.88m/s", (104.062, 30.601)),
        ("GPS(30.601,104.062,0.0M) BAROMETER:1.9M", (104.062, 30.601)),
        ("HOME(104.0,30.0) 2026.10.1 10:00:00\nGPS(104.062,30.601,16) Hb:1.9", (104.062, 30.601)),
    ],
)
def test_every_form_of_a_caption_is_read(caption: str, expected: tuple[float, float]) -> None:
    _, (fix,) = read("a.srt", f"1\n00:00:00,000 --> 00:00:01,000\n{caption}\n")
    assert (fix.lon, fix.lat) == expected


@pytest.mark.parametrize(
    ("caption", "height_m"),
    [
        ("GPS(104.062,30.601,15)", None),
        ("GPS(104.062,30.601,15.5)", 15.5),
        ("GPS(104.062,30.601,15M)", 15.0),
        ("GPS(104.062,30.601,15) BAROMETER:1.9", 1.9),
        ("GPS (104.062, 30.601, 15), D 221.21m, H 200.70m, H.S 2.88m/s", 200.7),
        ("[latitude: 30.601] [longitude: 104.062] [rel_alt: 1.300 abs_alt: 515.2]", 515.2),
    ],
)
def test_a_count_of_satellites_is_no_height(caption: str, height_m: float | None) -> None:
    text = f"1\n00:00:00,000 --> 00:00:01,000\n{caption}\n"
    _, (fix,) = read("a.srt", text, heights=Reference.AGL)
    assert fix.height_m == height_m


def test_captions_without_a_clock_count_from_the_start_that_is_stated() -> None:
    text = "1\n00:01:05,500 --> 00:01:06,000\nGPS(104.062,30.601,15)\n"
    recorded, (fix,) = read("a.srt", text, started_at=NOW)
    assert fix.at == NOW.timestamp() + 65.5
    assert "time_from_start" in said(recorded)


def test_points_with_a_time_each_make_one_track() -> None:
    marks = "".join(
        f"<Placemark><TimeStamp><when>2026-10-01T02:00:0{n}Z</when></TimeStamp>"
        f"<Point><coordinates>{LON + n / 1000},{LAT}</coordinates></Point></Placemark>"
        for n in range(3)
    )
    _, fixes = read("a.kml", f"<kml><Document>{marks}</Document></kml>")
    assert [(fix.track, fix.at) for fix in fixes] == [
        (0, NOW.timestamp() + second) for second in range(3)
    ]


def test_a_line_with_a_span_asks_for_its_times_to_be_stated() -> None:
    text = (
        "<kml><Placemark><TimeSpan><begin>2026-10-01T02:00:00Z</begin><end>2026-10-01T02:01:00Z"
        "</end></TimeSpan><LineString><altitudeMode>relativeToGround</altitudeMode><coordinates>"
        f"{LON},{LAT},10 {LON + 0.001},{LAT},20</coordinates></LineString></Placemark></kml>"
    )
    recorded, fixes = read("a.kml", text)
    assert [(fix.at, fix.reference) for fix in fixes] == [(None, Reference.AGL)] * 2
    assert "time_span" in said(recorded)


def test_a_plain_table_of_positions_is_read_whatever_separates_it() -> None:
    text = "X;Y;t\n104.06;30.60;2026-10-01 02:00:00+00\n104.07;30.60;2026-10-01 02:00:05+00\n"
    _, fixes = read("a.csv", text)
    assert [(fix.lon, fix.at) for fix in fixes] == [
        (104.06, NOW.timestamp()),
        (104.07, NOW.timestamp() + 5),
    ]


def test_the_moving_point_of_ogc_moving_features_is_read() -> None:
    text = (
        '{"type": "FeatureCollection", "features": [{"type": "Feature", "temporalGeometry":'
        ' {"type": "MovingPoint", "coordinates": [[104.06, 30.6], [104.07, 30.6]],'
        ' "datetimes": ["2026-10-01T02:00:00Z", "2026-10-01T02:01:00Z"]}}]}'
    )
    _, fixes = read("a.json", text, crs="EPSG:4326")
    assert [fix.at for fix in fixes] == [NOW.timestamp(), NOW.timestamp() + 60]


# dirt


def test_a_position_before_the_first_fix_or_that_is_no_number_is_left_out_and_said() -> None:
    text = "lat,lon,time\n0,0,1\nNaN,104.06,2\nx,104.06,3\n30.6,inf,4\n30.6,104.06,5\n"
    recorded, fixes = read("a.csv", text)
    assert [fix.line for fix in fixes] == [6]
    assert {"no_fix", "no_number"} <= said(recorded)


def test_text_in_a_column_of_numbers_is_an_unknown_value() -> None:
    text = FILES["airdata.csv"].replace("1837.2703", "Available with any HD 360 subscription")
    _, fixes = read("airdata.csv", text)
    assert (fixes[0].height_m, fixes[1].height_m) == (None, pytest.approx(561.0, abs=0.01))


def test_a_row_of_other_length_is_left_out_and_said() -> None:
    recorded, fixes = read("a.csv", "lat,lon\n30.6,104.06\n30.6\n30.6,104.07\n")
    assert (len(fixes), "column_count" in said(recorded)) == (2, True)


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE gpx [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    "<gpx><trk><trkseg><name>&b;</name></trkseg></trk></gpx>"
)


@pytest.mark.parametrize("name", ["a.gpx", "a.kml"])
@pytest.mark.parametrize(
    ("content", "code"),
    [
        (BOMB, "document_type"),
        ('<!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>', "document_type"),
        ("<a>" * 200, "too_deep"),
        ("<gpx><trk>", "not_xml"),
        ("no xml at all", "not_xml"),
        ("", "not_xml"),
    ],
)
def test_hostile_or_broken_xml_is_refused(name: str, content: str, code: str) -> None:
    assert refused(name, content) == [("/file", code)]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.csv", "", "columns_missing"),
        ("a.csv", "time,speed\n1,2\n", "columns_missing"),
        ("a.csv", "lat,lon\n" + "1" * 2_000_000, "line_too_long"),
        ("a.csv", "lat,lon,altitude(furlongs)\n30.6,104.06,1\n", "unit_unknown"),
        ("a.geojson", "[" * 100_000, "not_json"),
        ("a.geojson", "[]", "no_geojson"),
        ("a.srt", "x\n" * 1_000, "not_srt"),
        ("a.bin", "x", "format_unknown"),
    ],
)
def test_a_file_that_is_no_recording_is_refused(name: str, content: str, code: str) -> None:
    assert refused(name, content, crs="EPSG:4490") == [("/file", code)]
