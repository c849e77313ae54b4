"""A desk with active permits, and drives to be posted under them."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np

from service.domain.journal import Actor
from service.domain.kinds import (
    Role,
    Standing,
)
from service.domain.permit import PermitVehicle
from service.domain.telemetry import Outcome, Summary
from service.usecases import telemetry
from service.usecases.telemetry import Posted, Result
from tests.builders import LAT, LON, a_permit, a_summary, a_track, a_vehicle, an_actor
from tests.usecases.desk import Desk

CAR = an_actor(Role.vehicle, vehicle_id="vehicle-a", organisation_id="organisation-a")
MIDDLE = LAT + 0.005


def a_desk(**changes: Any) -> Desk:
    """Two minutes after NOW, with an active permit of either operator."""
    two = tuple(PermitVehicle(f"vehicle-{n}", Standing.cleared) for n in ("a", "c"))
    theirs = {"organisation_id": "organisation-b"}
    desk = Desk(
        *(a_vehicle(id=f"vehicle-{n}") for n in ("a", "c", "d")),
        a_vehicle(id="vehicle-b", **theirs),
        a_permit(id="permit-a", **{"vehicles": two, **changes}),
        a_permit(id="permit-b", vehicles=(PermitVehicle("vehicle-b", Standing.cleared),), **theirs),
    )
    desk.later(minutes=2)
    return desk


def along(*lons: float, **changes: Any) -> Summary:
    """Through the middle of the area, a minute from fix to fix, in thousandths of a degree."""
    shape = lons or (1, 5, 9)
    track = a_track(lonlat=np.array([(LON + lon / 1000, MIDDLE) for lon in shape]))
    return a_summary(track=track, **changes)


def shifted(summary: Summary, **by: float) -> Summary:
    """The same some time later, fixes and all."""
    later = timedelta(**by)
    assert summary.track.times is not None
    return replace(
        summary,
        started_at=summary.started_at + later,
        ended_at=summary.ended_at + later,
        track=replace(summary.track, times=summary.track.times + later.total_seconds()),
    )


def post(desk: Desk, *summaries: Summary, actor: Actor = CAR) -> tuple[Result, ...]:
    batch = tuple(Posted(index, summary) for index, summary in enumerate(summaries))
    return desk.do(telemetry.record, actor, batch)


def outcome(desk: Desk, summary: Summary, actor: Actor = CAR) -> tuple[Outcome, str | None]:
    (result,) = post(desk, summary, actor=actor)
    return result.status, result.problem.code if result.problem else None
