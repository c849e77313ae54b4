"""What vehicles say, and what it proves."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np

from service.domain.evidence import Evidence
from service.domain.kinds import (
    ControlMode,
    SupervisionMode,
)
from service.domain.telemetry import Summary, Takeovers, Track
from tests.builders.basics import LAT, LON, NOW, an_id, numbers


def a_track(**changes: Any) -> Track:
    """Three fixes a minute apart along a_line(), the first segment automated."""
    start = NOW.timestamp()
    track = Track(
        lonlat=np.array([(LON, LAT), (LON + 0.005, LAT), (LON + 0.01, LAT)]),
        times=np.array([start, start + 60, start + 120]),
        modes=(ControlMode.automated, ControlMode.manual),
    )
    return replace(track, **changes)


def a_summary(**changes: Any) -> Summary:
    key = an_id("summary")
    summary = Summary(
        id=key,
        vehicle_id="vehicle-a",
        permit_id="permit-a",
        activity_id=None,
        boot_id="boot-a",
        seq=next(numbers),
        started_at=NOW,
        ended_at=NOW + timedelta(minutes=2),
        software_version="2.1.0",
        supervision_mode=SupervisionMode.driver_seat,
        distance_km={ControlMode.automated: 0.48, ControlMode.manual: 0.48},
        duration_s={ControlMode.automated: 60.0, ControlMode.manual: 60.0},
        takeovers=Takeovers(driver=1),
        hard_brakes=0,
        minimal_risk_manoeuvres=0,
        max_speed_mps=12.0,
        mean_speed_mps=8.0,
        horizontal_accuracy_m=1.5,
        crs="EPSG:4490",
        track=a_track(),
        digest=f"digest of {key}",
    )
    return replace(summary, **changes)


def some_evidence(summary: Summary | None = None, **changes: Any) -> Evidence:
    """What a summary proves."""
    of = summary or a_summary()
    evidence = Evidence(
        summary_id=of.id,
        vehicle_id=of.vehicle_id,
        permit_id=of.permit_id,
        organisation_id="organisation-a",
        started_at=of.started_at,
        ended_at=of.ended_at,
        km={ControlMode.automated: 0.48, ControlMode.manual: 0.48},
        hours={ControlMode.automated: 1 / 60, ControlMode.manual: 1 / 60},
        outside_km=0.0,
        claimed_km=0.96,
        takeovers=1,
        uncertain=False,
    )
    return replace(evidence, **changes)
