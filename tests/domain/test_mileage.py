"""Where proved kilometres were driven: by day, mode, zone, stretch and direction."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.network import NetworkIndex, Stretch, StretchUse
from service.domain.evidence import Evidence, Part
from service.domain.kinds import ControlMode, ZoneKind
from service.domain.pace import Span
from service.domain.permit import Permit
from service.domain.place import PlannedVolume
from service.domain.proof import prove
from service.domain.telemetry import Summary
from tests.builders import LON, NOW, a_frame, a_line, a_planned_volume, a_volume
from tests.domain.drives import AUTO, MANUAL, MIDDLE, STEP_M, a_drive, permitted, without
from tests.domain.questions import LAW


def a_stretch(key: str, begin: float, end: float) -> Stretch:
    """A street through the middle of the area, by thousandths of a degree from its west edge."""
    line = a_line((LON + begin / 1000, MIDDLE), (LON + end / 1000, MIDDLE))
    return Stretch(key, line, 0, False, "urban_main", 2)


WEST, EAST = a_stretch("west", 0, 4), a_stretch("east", 4, 8)
NETWORK = NetworkIndex([WEST, EAST], a_frame().plane)


def a_street(*uses: StretchUse) -> PlannedVolume:
    """The whole street, opened as zone-1."""
    line = a_line((LON, MIDDLE), (LON + 0.008, MIDDLE))
    return a_planned_volume(
        zone_kind=ZoneKind.urban_road,
        zone_id="zone-1",
        volume=a_volume(line, radius_m=10),
        stretches=uses or (StretchUse("west", 0, WEST.length_m, True), a_use(EAST)),
    )


def a_use(stretch: Stretch, forward: bool = True) -> StretchUse:
    return StretchUse(stretch.id, 0, stretch.length_m, forward)


def evidence(
    summary: Summary, permit: Permit | None = None, recorded: Sequence[Span] = ()
) -> Evidence:
    return prove(summary, permit or permitted(a_street()), LAW, recorded, NETWORK).evidence


def on(found: Evidence, stretch_id: str | None) -> Part:
    (part,) = [part for part in found.parts if part.where.stretch_id == stretch_id]
    return part


def test_a_drive_is_told_by_the_stretches_it_ran_along() -> None:
    found = evidence(a_drive(0, 1, 2, 3, 4, 5, 6, 7, 8))
    assert {part.where.stretch_id for part in found.parts} == {"west", "east"}
    for stretch in (WEST, EAST):
        part = on(found, stretch.id)
        assert part.km == pytest.approx(4 * STEP_M / 1000, rel=0.01)
        assert part.hours == pytest.approx(40 / 3600, rel=0.01)
        assert (part.where.zone_id, part.where.forward) == ("zone-1", True)


def test_a_stretch_is_passed_by_who_enters_it_at_one_end_and_leaves_it_at_the_other() -> None:
    found = evidence(a_drive(0, 1, 2, 3, 4, 5, 6))
    assert (on(found, "west").entries, on(found, "west").exits) == (1, 1)
    assert (on(found, "east").entries, on(found, "east").exits) == (1, 0)


def test_the_way_back_is_another_direction_and_begins_at_the_other_end() -> None:
    back = a_street(a_use(WEST, forward=False), a_use(EAST, forward=False))
    found = evidence(a_drive(8, 7, 6, 5, 4, 3, 2), permitted(back))
    assert on(found, "east").where.forward is False
    assert (on(found, "east").entries, on(found, "east").exits) == (1, 1)
    assert (on(found, "west").entries, on(found, "west").exits) == (1, 0)


def test_a_direction_that_was_not_asked_for_is_no_mileage_of_the_stretch() -> None:
    found = evidence(a_drive(8, 7, 6))
    assert {part.where.stretch_id for part in found.parts} == {None}


def test_modes_are_told_apart() -> None:
    found = evidence(a_drive(0, 1, 2, 3, 4, modes=(AUTO, AUTO, MANUAL, MANUAL)))
    modes = {part.where.mode: part.km for part in found.parts}
    assert modes[AUTO] == pytest.approx(modes[MANUAL], rel=0.02)


def test_midnight_parts_a_drive_into_two_days() -> None:
    # NOW is ten in the morning in Chengdu
    drive = a_drive(0, 1, 2, 3, 4, seconds=600)
    before = timedelta(hours=13, minutes=40)
    times = drive.track.times
    assert times is not None
    late = replace(
        drive,
        started_at=NOW + before,
        ended_at=drive.ended_at + before,
        track=replace(drive.track, times=times + before.total_seconds()),
        duration_s={AUTO: 9_000.0},
    )
    days = sorted({part.where.day.day for part in evidence(late).parts})
    assert days == [1, 2]


def test_what_lies_beside_all_stretches_has_none() -> None:
    area = a_planned_volume(zone_id="zone-2")
    (part,) = evidence(a_drive(0, 1, 2), permitted(area)).parts
    assert (part.where.zone_id, part.where.stretch_id) == ("zone-2", None)


def test_an_uncertain_summary_has_no_parts() -> None:
    assert evidence(without(a_drive(0, 1, 2), "times")).parts == ()


def test_what_was_driven_outside_is_part_of_nothing() -> None:
    found = evidence(a_drive(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11))
    assert found.outside_km > 0.1
    assert sum(part.km for part in found.parts) == pytest.approx(found.km[AUTO])


@given(
    lons=st.lists(st.integers(0, 80), min_size=2, max_size=12),
    claimed_km=st.floats(0.01, 3),
    modes=st.sampled_from([AUTO, MANUAL]),
)
def test_the_parts_add_up_to_what_is_proved(
    lons: list[int], claimed_km: float, modes: ControlMode
) -> None:
    drive = a_drive(*(lon / 10 for lon in lons), modes=modes, distance_km={modes: claimed_km})
    found = evidence(drive, permitted(a_street(), a_planned_volume()))
    if not found.uncertain:
        assert sum(part.km for part in found.parts) == pytest.approx(found.km.get(modes, 0.0))
        assert sum(part.hours for part in found.parts) == pytest.approx(found.hours.get(modes, 0.0))
