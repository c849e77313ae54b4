"""Telemetry summaries: read item by item, positions kept as they come, everything else strict."""

from typing import Any

import numpy as np
import pytest
from pydantic import TypeAdapter

from service.domain.kinds import ControlMode
from service.domain.telemetry import Summary
from service.usecases.telemetry import Posted
from service.wire.telemetry import Batch, posted, posted_text
from tests.builders import a_frame

FIXES = [[104.06, 30.60], [104.06, 30.60], [104.07, 30.60]]


def body(**changes: Any) -> dict[str, Any]:
    sent = {
        "id": "summary-1",
        "vehicle_id": "vehicle-1",
        "permit_id": "permit-1",
        "boot_id": "boot-1",
        "seq": 1,
        "started_at": "2026-06-01T08:00:00+08:00",
        "ended_at": "2026-06-01T08:02:00+08:00",
        "software_version": "1.0",
        "supervision_mode": "driver_seat",
        "distance_km": {"automated": 0.96},
        "duration_s": {"automated": 120},
        "takeovers": {"driver": 1},
        "max_speed_mps": 10,
        "mean_speed_mps": 8,
        "horizontal_accuracy_m": 0.5,
        "crs": "EPSG:4490",
        "path": {"type": "LineString", "coordinates": FIXES},
        "path_times": [f"2026-06-01T08:0{n}:00+08:00" for n in range(3)],
        "path_modes": ["manual", "automated"],
    }
    return {**sent, **changes}


def read(*items: Any) -> tuple[Posted, ...]:
    return posted(TypeAdapter(Batch).validate_python(list(items)), a_frame())


def summary(**changes: Any) -> Summary:
    found = read(body(**changes))[0].summary
    assert found is not None
    return found


def refused(**changes: Any) -> tuple[str, str]:
    problem = read(body(**changes))[0].problem
    assert problem is not None
    return problem.pointer, problem.code


def test_a_summary_is_read_with_its_track() -> None:
    found = summary()
    assert found.key == ("vehicle-1", "boot-1", 1)
    assert found.distance_km[ControlMode.automated] == 0.96
    assert found.distance_km[ControlMode.manual] == 0
    assert (found.takeovers.driver, found.takeovers.total) == (1, 1)
    assert found.track.modes == (ControlMode.manual, ControlMode.automated)


def test_a_vehicle_may_stand_still_on_its_path() -> None:
    track = summary().track
    assert track.lonlat.tolist() == FIXES
    assert track.times is not None
    assert np.diff(track.times).tolist() == [60.0, 60.0]


def test_a_fix_told_twice_is_kept_once() -> None:
    times = [f"2026-06-01T08:0{n}:00+08:00" for n in (0, 0, 2)]
    found = summary(path_times=times, path_speeds_mps=[1, 2, 3], path_altitudes=None)
    assert found.track.lonlat.tolist() == [FIXES[0], FIXES[2]]
    assert found.track.modes == (ControlMode.automated,)
    assert found.track.speeds_mps is not None
    assert found.track.speeds_mps.tolist() == [1.0, 3.0]


def test_two_places_at_one_time_are_both_kept_and_so_is_a_path_that_only_repeats() -> None:
    times = [f"2026-06-01T08:0{n}:00+08:00" for n in (0, 1, 1)]
    assert len(summary(path_times=times).track.lonlat) == 3
    still = {"type": "LineString", "coordinates": [FIXES[0]] * 3}
    assert len(summary(path=still, path_times=times[1:2] * 3).track.lonlat) == 3


def test_an_item_tells_its_key_whatever_else_is_wrong_with_it() -> None:
    (known, unknown) = read(body(path=7), {**body(), "seq": 0})
    assert (known.key, unknown.key) == (("vehicle-1", "boot-1", 1), None)


@pytest.mark.parametrize("item", [body(), body(path=7), body(crs="EPSG:1"), 7])
def test_what_was_sent_can_be_read_again_to_the_same(item: Any) -> None:
    (posted_,) = read(item)
    again = posted_text(0, posted_.text().encode(), a_frame())
    assert (again.problem, again.key) == (posted_.problem, posted_.key)
    digests = [p.summary and p.summary.digest for p in (again, posted_)]
    assert digests[0] == digests[1]


@pytest.mark.parametrize(
    ("line", "pointer", "code"),
    [
        (b'{"seq": 1', "", "not_json"),
        (b"\xff\xfe", "", "not_json"),
        (b'{"seq": 1, "seq": 2}', "/seq", "duplicate_member"),
        (b"[]", "", "model_type"),
    ],
)
def test_a_line_that_is_no_summary_is_kept_as_it_came(line: bytes, pointer: str, code: str) -> None:
    found = posted_text(4, line, a_frame())
    assert found.problem is not None
    assert (found.index, found.problem.pointer, found.problem.code) == (4, pointer, code)
    assert found.text() == line.decode(errors="replace")


def test_positions_are_converted_from_the_datum_declared() -> None:
    shifted = summary(crs="GCJ-02").track.lonlat
    assert abs(shifted[0, 0] - 104.06) > 0.001


def test_one_object_is_a_batch_of_one() -> None:
    batch = TypeAdapter(Batch).validate_python(body())
    assert [item.summary is not None for item in posted(batch, a_frame())] == [True]


def test_a_bad_item_does_not_spoil_the_others() -> None:
    found = read(body(), {"id": 3}, "nonsense", body(seq=2))
    assert [item.summary is not None for item in found] == [True, False, False, True]
    assert [item.index for item in found] == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"seq": 0}, "/seq", "greater_than_equal"),
        ({"seq": True}, "/seq", "int_type"),
        ({"ended_at": "2026-06-01T07:00:00+08:00"}, "/ended_at", "end_before_start"),
        ({"path_times": ["2026-06-01T08:00:00+08:00"]}, "/path_times", "length_differs"),
        ({"path_modes": ["manual"] * 3}, "/path_modes", "length_differs"),
        ({"path_modes": ["manual", "asleep"]}, "/path_modes/1", "enum"),
        ({"path_altitudes": [1, 2, 3]}, "", "altitude_reference_required"),
        ({"crs": "EPSG:999999"}, "/crs", "crs_unknown"),
        ({"max_speed_mps": -1}, "/max_speed_mps", "greater_than_equal"),
        ({"max_speed_mps": 1e300}, "/max_speed_mps", "less_than_equal"),
        ({"distance_km": {"automated": 1e308}}, "/distance_km/automated", "less_than_equal"),
        ({"duration_s": {"manual": 1e308}}, "/duration_s/manual", "less_than_equal"),
        ({"takeovers": {"remote": 2**53 - 1}}, "/takeovers/remote", "less_than_equal"),
        ({"hard_brakes": 2**53 - 1}, "/hard_brakes", "less_than_equal"),
        ({"horizontal_accuracy_m": 0}, "/horizontal_accuracy_m", "greater_than"),
        ({"mean_speed_mps": float("nan")}, "/mean_speed_mps", "finite_number"),
        ({"horizontal_accuracy_m": 1e308}, "/horizontal_accuracy_m", "less_than_equal"),
        ({"path_speeds_mps": [1, 2, 1e308]}, "/path_speeds_mps/2", "less_than_equal"),
        ({"path_altitudes": [1e308, 0, 0]}, "/path_altitudes/0", "less_than_equal"),
        ({"path_altitudes": [0, -1e308, 0]}, "/path_altitudes/1", "greater_than_equal"),
        ({"distance_km": {"flying": 1}}, "/distance_km/flying", "extra_forbidden"),
        (
            {"path": {"type": "LineString", "coordinates": [[30.6, 104.06], [30.6, 104.07]]}},
            "/path_times",
            "length_differs",
        ),
        (
            {
                "path": {"type": "LineString", "coordinates": [[30.6, 104.06], [30.6, 104.07]]},
                "path_times": None,
                "path_modes": None,
            },
            "/path/coordinates/0",
            "outside_extent",
        ),
        (
            {"path": {"type": "LineString", "coordinates": [[104.06, 30.6, 500]] * 3}},
            "/path/coordinates/0",
            "too_long",
        ),
    ],
)
def test_a_defect_is_named(changes: dict[str, Any], pointer: str, code: str) -> None:
    assert refused(**changes) == (pointer, code)


def test_times_may_not_go_back() -> None:
    times = ["2026-06-01T08:01:00+08:00", "2026-06-01T08:00:00+08:00", "2026-06-01T08:02:00+08:00"]
    assert refused(path_times=times) == ("/path_times", "times_not_ascending")


def test_the_same_content_has_the_same_digest_and_other_content_another() -> None:
    assert summary().digest == summary(started_at="2026-06-01T00:00:00Z").digest
    assert summary().digest != summary(hard_brakes=1).digest
