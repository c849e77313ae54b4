"""Volumes: what an element of where and when must state, and what comes back of it."""

from datetime import UTC, datetime, time
from typing import Any

import pytest

from geo.schedule import Holidays, Schedule, Weekday
from service.domain.errors import Malformed
from service.domain.journal import NOBODY
from service.usecases.volumes import VolumeRequest
from service.wire.common import Language, Reader
from service.wire.intake import Intake
from service.wire.schedule import ScheduleBody
from service.wire.volumes import VolumeIn, VolumeOut, requests
from tests.builders import a_frame, a_line, a_planned_volume, a_schedule, a_volume

LINE = {"type": "LineString", "coordinates": [[104.06, 30.60], [104.07, 30.66]]}
READER = Reader(NOBODY, Language.en, datetime(2026, 6, 1, tzinfo=UTC))


def read(*, routes: bool = False, **changes: Any) -> VolumeRequest:
    """What is read from a volume; Malformed when something of it cannot be."""
    body = {"zone_kind": "urban_road", "geometry": LINE, "crs": "EPSG:4490", "width_m": 60}
    intake = Intake(a_frame())
    volume = VolumeIn.model_validate({**body, **changes})
    found = requests(intake, [volume], a_schedule(), routes=routes)
    intake.close()
    return found[0]


def refusal(**changes: Any) -> tuple[str, str]:
    """Where and why a volume is refused."""
    with pytest.raises(Malformed) as caught:
        read(**changes)
    problem = caught.value.problems[0]
    return problem.pointer, problem.code


def test_a_line_with_its_width_is_read() -> None:
    volume = read()
    assert volume.geometry is not None
    assert volume.geometry.equals(a_line((104.06, 30.60), (104.07, 30.66)))
    assert (volume.width_m, volume.pointer) == (60, "/volumes/0")


def test_the_original_is_kept_word_for_word_with_its_datum() -> None:
    declared = read(crs="GCJ-02").declared
    assert declared is not None
    assert declared.crs == "GCJ-02"
    assert declared.text == ('{"type":"LineString","coordinates":[[104.06,30.6],[104.07,30.66]]}')


def test_a_line_needs_its_width_unless_routes_are_asked_about() -> None:
    assert refusal(width_m=None) == ("/volumes/0/width_m", "width_required")
    assert read(width_m=None, routes=True).width_m is None


def test_a_zone_as_a_whole_needs_no_geometry() -> None:
    volume = read(zone_id="zone-1", geometry=None, crs=None, width_m=None)
    assert (volume.zone_id, volume.geometry) == ("zone-1", None)


def test_a_geometry_beside_a_zone_goes_along_to_be_compared_and_is_no_original() -> None:
    volume = read(zone_id="zone-1")
    assert volume.zone_id == "zone-1"
    assert volume.geometry is not None
    assert volume.declared is None


def test_what_only_the_registry_writes_goes_unread() -> None:
    shown = {"levels": [0], "declared": {"geometry": LINE, "crs": "GCJ-02"}}
    assert read(**shown) == read()


def test_neither_zone_nor_geometry_is_one_too_few() -> None:
    assert refusal(geometry=None) == ("/volumes/0/geometry", "zone_or_geometry")


def test_without_a_schedule_it_is_used_throughout() -> None:
    assert read().schedule == a_schedule()


def test_weekly_windows_are_read_in_the_jurisdictions_time() -> None:
    weekly = [{"days": ["MO", "FR"], "from": "22:00", "to": "sunrise"}]
    start, end = "2026-12-01T00:00:00+08:00", "2027-03-01T00:00:00+08:00"
    schedule = read(
        schedule={"start": start, "end": end, "weekly": weekly, "holidays": "excluded"}
    ).schedule
    window = schedule.weekly[0]
    assert (window.start, window.end) == (time(22), "sunrise")
    assert window.days == {Weekday.MO, Weekday.FR}
    assert (schedule.zone, schedule.holidays) == ("Asia/Shanghai", Holidays.excluded)


@pytest.mark.parametrize("at", ["24:00", "7:00", "22:00:00", "noon", "25:00", "22-00"])
def test_a_time_of_day_is_written_in_hours_and_minutes(at: str) -> None:
    weekly = [{"days": ["MO"], "from": at, "to": "23:00"}]
    body = {"start": "2026-12-01T00:00:00Z", "end": "2027-03-01T00:00:00Z", "weekly": weekly}
    with pytest.raises(ValueError, match="HH:MM"):
        ScheduleBody.model_validate(body)


def test_a_schedule_comes_back_as_it_was_sent() -> None:
    sent = {
        "start": "2026-12-01T00:00:00+08:00",
        "end": "2027-03-01T00:00:00+08:00",
        "weekly": [{"days": ["MO", "TU"], "from": "22:00", "to": "05:00"}],
        "except_dates": ["2027-01-01"],
        "holidays": "only",
    }
    read_back = ScheduleBody.model_validate(sent).to_domain(Intake(a_frame()), "", endless=False)
    assert isinstance(read_back, Schedule)
    shown = ScheduleBody.from_domain(read_back).model_dump(mode="json", by_alias=True)
    assert shown == sent


def test_a_line_goes_out_with_its_width_and_a_point_with_its_radius() -> None:
    line = a_planned_volume(volume=a_volume(a_line((104.06, 30.6), (104.07, 30.6)), 30.0))
    shown = VolumeOut.from_domain(line, READER)
    assert (shown.width_m, shown.radius_m) == (60.0, None)
    point = a_planned_volume(volume=a_volume(a_line((104.06, 30.6), (104.07, 30.6)).centroid, 30.0))
    assert VolumeOut.from_domain(point, READER).radius_m == 30.0
