"""What kind of case an application is: its changes against the permit it follows, its features.

The rule pack reads the case to decide risk tier, required reviews and documents; nothing is decided
here.
"""

from collections.abc import Iterable, Iterator, Sequence

from geo.schedule import Schedule, Weekday, WeeklyWindow, overlap
from service.domain.application import Content
from service.domain.findings import Finding
from service.domain.kinds import Change, Domain, RestrictionKind, ZoneKind
from service.domain.place import PlannedVolume
from service.domain.question import Law
from service.domain.restriction import Restriction
from service.domain.rulepack import Aircraft, Case, Feature, SharingCase
from service.domain.vehicle import Vehicle

_RESTRICTED = {
    RestrictionKind.controlled_airspace: Feature.controlled_airspace,
    RestrictionKind.temporary_controlled_airspace: Feature.controlled_airspace,
    RestrictionKind.aerodrome_clearance_area: Feature.aerodrome,
}
_MET = {
    f"sharing.{SharingCase.air_controlled_height}": Feature.controlled_airspace,
    f"sharing.{SharingCase.air_over_expressway}": Feature.expressway,
}


def changes(content: Content, previous: Content) -> tuple[Change, ...]:
    """What `content` alters against `previous`, in the order of the codes."""
    altered = {
        Change.phase: content.phase is not previous.phase,
        Change.period: _times(content) != _times(previous),
        Change.geometry: _places(content.volumes) != _places(previous.volumes),
        Change.vehicles: set(content.vehicle_ids) != set(previous.vehicle_ids),
        Change.conditions: content.requested_conditions != previous.requested_conditions,
    }
    return tuple(change for change in Change if altered[change])


def _times(content: Content) -> tuple[object, ...]:
    schedules = [planned.volume.schedule for planned in content.volumes]
    return content.valid_from, content.valid_to, *schedules


def _places(volumes: Sequence[PlannedVolume]) -> list[tuple[object, ...]]:
    """Where and how high, whenever that is."""
    return [
        (v.zone_kind, v.zone_id, v.volume.footprint, v.volume.altitude, v.use, v.direction)
        for v in volumes
    ]


def case_of(
    content: Content,
    changed: tuple[Change, ...] | None,
    vehicles: Iterable[Vehicle],
    findings: Iterable[Finding],
    restrictions: Iterable[Restriction],
    law: Law,
) -> Case:
    """The case as the rule pack reads it; `changed` is None when it follows no permit."""
    return Case(
        phase=content.phase,
        features=frozenset(_features(content, findings, restrictions, law)),
        supervision_mode=content.supervision_mode,
        uas_classes=frozenset(
            uas_class
            for vehicle in vehicles
            if vehicle.domain is Domain.air
            for uas_class in law.pack.uas_classes(_aircraft(vehicle))
        ),
        changes=None if changed is None else frozenset(changed),
    )


def _aircraft(vehicle: Vehicle) -> Aircraft:
    return Aircraft(
        empty_mass_kg=vehicle.empty_mass_kg,
        mtow_kg=vehicle.mtow_kg,
        max_speed_mps=vehicle.max_speed_mps,
        max_height_m=vehicle.max_height_m,
    )


def _features(
    content: Content,
    findings: Iterable[Finding],
    restrictions: Iterable[Restriction],
    law: Law,
) -> Iterator[Feature]:
    kinds = {volume.zone_kind for volume in content.volumes}
    stated = {
        Feature.passengers: content.passengers,
        Feature.cargo: content.cargo,
        Feature.over_people: content.over_people,
        Feature.expressway: ZoneKind.expressway in kinds,
        Feature.urban_expressway: ZoneKind.urban_expressway in kinds,
        Feature.night: any(_at_night(v.volume.schedule, law) for v in content.volumes),
    }
    yield from (feature for feature, borne in stated.items() if borne)
    yield from (_MET[finding.rule.id] for finding in findings if finding.rule.id in _MET)
    for restriction in restrictions:
        if restriction.restriction_kind in _RESTRICTED:
            yield _RESTRICTED[restriction.restriction_kind]


def _at_night(schedule: Schedule, law: Law) -> bool:
    """True when it may be used at night on some day."""
    band = law.pack.night
    nightly = WeeklyWindow(frozenset(Weekday), band.start, band.end)
    nights = Schedule(schedule.start, schedule.end, schedule.zone, (nightly,))
    return overlap(schedule, nights, law.frame.calendar) is not None
