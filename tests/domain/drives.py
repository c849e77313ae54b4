"""Drives and flights for tests, and permits to hold them against."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np

from geo.altitude import Reference
from service.domain.breach import Breach
from service.domain.kinds import ControlMode, Domain, Phase, SupervisionMode, ViolationKind
from service.domain.permit import Permit
from service.domain.place import PlannedVolume
from service.domain.proof import Proof
from service.domain.telemetry import Summary
from tests.builders import LAT, LON, NOW, a_content, a_permit, a_summary, a_track
from tests.domain.questions import a_flight, an_area

AUTO, MANUAL = ControlMode.automated, ControlMode.manual
MIDDLE = LAT + 0.005
STEP_M = 95.9
"""A thousandth of a degree to the east."""


def a_drive(*lons: float, modes: Any = AUTO, seconds: float = 10, **changes: Any) -> Summary:
    """A drive through the middle of the area, by thousandths of a degree from its west edge."""
    at = [NOW.timestamp() + seconds * number for number in range(len(lons))]
    segments = len(lons) - 1
    track = a_track(
        lonlat=np.array([(LON + lon / 1000, MIDDLE) for lon in lons]),
        times=np.array(at),
        modes=(modes,) * segments if isinstance(modes, ControlMode) else modes,
        **{key: changes.pop(key) for key in ("altitudes", "altitude_reference") if key in changes},
    )
    ended_at = NOW + timedelta(seconds=seconds * segments)
    claims = {
        "distance_km": {AUTO: 9.0, MANUAL: 9.0},
        "duration_s": {AUTO: 90.0, MANUAL: 90.0},
    }
    return a_summary(**{"track": track, "ended_at": ended_at, **claims, **changes})


def without(summary: Summary, *known: str) -> Summary:
    return replace(summary, track=replace(summary.track, **dict.fromkeys(known)))


def permitted(*volumes: PlannedVolume, **changes: Any) -> Permit:
    return a_permit(content=a_content(volumes=volumes or (an_area(),)), **changes)


def permitted_flight(*volumes: PlannedVolume, **changes: Any) -> Permit:
    content = a_content(
        domain=Domain.air,
        phase=Phase.flight_trial,
        volumes=volumes or (a_flight(),),
        supervision_mode=SupervisionMode.vlos,
    )
    return a_permit(content=content, **changes)


def a_flown(*altitudes: float, reference: Reference = Reference.AGL, **changes: Any) -> Summary:
    return a_drive(
        *range(1, len(altitudes) + 1),
        altitudes=np.array(altitudes, dtype=float),
        altitude_reference=reference,
        **{"supervision_mode": SupervisionMode.vlos, **changes},
    )


def kinds(proof: Proof) -> list[ViolationKind]:
    return [breach.violation_kind for breach in proof.breaches]


def the_breach(proof: Proof) -> Breach:
    (breach,) = proof.breaches
    return breach
