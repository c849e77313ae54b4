"""Where a vehicle is by its permit, and when it counts as silent."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from geo.altitude import Reference
from service.domain.kinds import PermitState, Standing
from service.domain.live import (
    Heard,
    LastSummary,
    Presence,
    binds,
    geofence_etag,
    presence,
    silent_since,
)
from service.domain.permit import Permit, PermitVehicle
from service.domain.question import Law
from tests.builders import (
    LAT,
    LON,
    NOW,
    a_band,
    a_content,
    a_frame,
    a_permit,
    a_planned_volume,
    a_schedule,
    a_square,
    a_volume,
    nights,
)
from tests.builders.live import a_heartbeat, a_position
from tests.surroundings import a_context

LAW = Law(a_context().pack, a_frame())
WEST, MIDDLE = LON, LAT + 0.005
METRE = 1 / 95_800
"""In degrees of longitude, here."""


def over(*volumes: Any) -> Permit:
    planned = tuple(a_planned_volume(volume=volume) for volume in volumes)
    return a_permit(content=a_content(volumes=planned))


def west_of_it(metres: float, **told: Any) -> Presence:
    """How a heartbeat stands that far west of the permitted square."""
    return presence(a_heartbeat(lon=WEST - metres * METRE, **told), over(a_volume()), LAW)


@pytest.mark.parametrize(
    ("metres", "accuracy_m", "expected"),
    [
        (-50, 2, Presence.inside),
        (5, 2, Presence.inside),
        (9, 2, Presence.uncertain),
        (12, 2, Presence.outside),
        (-50, 80, Presence.uncertain),
        (50, 80, Presence.uncertain),
        (90, 80, Presence.outside),
        (-1, None, Presence.inside),
        (5, None, Presence.uncertain),
        (12, None, Presence.outside),
        (-1, 0, Presence.inside),
    ],
)
def test_the_accuracy_decides_how_sure_a_place_is(
    metres: float, accuracy_m: float | None, expected: Presence
) -> None:
    assert west_of_it(metres, horizontal_accuracy_m=accuracy_m) is expected


def test_on_the_edge_between_two_volumes_is_inside() -> None:
    permit = over(a_volume(), a_volume(a_square(lon=LON - 0.01)))
    assert presence(a_heartbeat(lon=WEST), permit, LAW) is Presence.inside


def test_outside_its_hours_is_outside() -> None:
    at_night = over(a_volume(schedule=a_schedule(weekly=(nights(),))))
    day, night = NOW, NOW + timedelta(hours=14)
    assert presence(a_heartbeat(at=day), at_night, LAW) is Presence.outside
    assert presence(a_heartbeat(at=night), at_night, LAW) is Presence.inside


@pytest.mark.parametrize(
    ("height", "reference", "expected"),
    [
        (90, Reference.AGL, Presence.inside),
        (130, Reference.AGL, Presence.outside),
        (None, None, Presence.uncertain),
        (590, Reference.AMSL, Presence.uncertain),
        (2000, Reference.AMSL, Presence.outside),
    ],
)
def test_a_height_that_is_not_known_leaves_it_uncertain(
    height: float | None, reference: Reference | None, expected: Presence
) -> None:
    told = a_heartbeat(altitude=height, altitude_reference=reference)
    assert presence(told, over(a_volume(altitude=a_band())), LAW) is expected


@pytest.mark.parametrize(
    ("minutes", "is_silent"), [(5, False), (5.1, True), (9 * 60, True), (24 * 60, False)]
)
def test_silent_is_who_spoke_today_and_missed_a_turn(minutes: float, is_silent: bool) -> None:
    # 18:00 in the evening of the jurisdiction
    local_now = a_context(NOW + timedelta(hours=8)).local_now
    heard = local_now - timedelta(minutes=minutes)
    since = silent_since(heard, local_now, timedelta(minutes=5))
    assert since == (heard if is_silent else None)


def test_who_never_spoke_is_not_silent() -> None:
    assert silent_since(None, a_context().local_now, timedelta(minutes=5)) is None


def test_the_last_to_arrive_counts_and_tells_the_permit() -> None:
    position = a_position(permit_id="permit-a")
    earlier = LastSummary(NOW - timedelta(minutes=1), "permit-b")
    later = LastSummary(NOW + timedelta(minutes=1), "permit-b")
    told = [
        (heard.at, heard.permit_id)
        for heard in (Heard(position, earlier), Heard(position, later), Heard())
    ]
    assert told == [(NOW, "permit-a"), (later.received_at, "permit-b"), (None, None)]


@pytest.mark.parametrize(
    "changed",
    [
        {"state": PermitState.suspended},
        {"vehicles": (PermitVehicle("vehicle-a", Standing.suspended),)},
        {"vehicles": (PermitVehicle("vehicle-b", Standing.cleared),)},
        {"content": a_content(valid_from=NOW + timedelta(days=1))},
        {"content": a_content(valid_to=NOW)},
    ],
)
def test_a_permit_binds_its_cleared_vehicles_while_it_is_in_force(changed: Any) -> None:
    permit = a_permit()
    assert binds(permit, "vehicle-a", NOW)
    assert not binds(replace(permit, **changed), "vehicle-a", NOW)


def test_the_fence_has_another_tag_after_every_change() -> None:
    permit = a_permit()
    stopped = permit.with_vehicles_after("suspend", ["vehicle-a"], NOW, "x")
    tags = {
        geofence_etag(permit, NOW),
        geofence_etag(replace(permit, revision=2), NOW),
        geofence_etag(permit.after("suspend", NOW, "x"), NOW),
        geofence_etag(stopped, NOW),
        geofence_etag(permit, permit.content.valid_to),
    }
    assert len(tags) == 5
    assert geofence_etag(permit, NOW + timedelta(days=1)) == geofence_etag(permit, NOW)
