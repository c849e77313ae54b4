"""Questions to the checks of the domain, under the rules of Chengdu, and what surrounds them."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from shapely.geometry.base import BaseGeometry

from geo.altitude import AltitudeBand
from geo.footprint import Footprint
from geo.network import StretchUse
from geo.schedule import Schedule
from geo.volume import Volume4D
from service.domain.kinds import Domain, Phase, ZoneKind
from service.domain.permit import Permit
from service.domain.place import PlannedVolume
from service.domain.question import Law, Question, Surroundings
from service.domain.rulebook_rule import RuleRow
from service.domain.rulepack import RulePack
from service.domain.zone import Zone
from tests.builders import (
    NOW,
    a_band,
    a_content,
    a_frame,
    a_line,
    a_permit,
    a_planned_volume,
    a_schedule,
    a_square,
    a_zone,
)
from tests.surroundings import a_context

LAW = Law(a_context().pack, a_frame())


def with_rule(rule_id: str, **changes: Any) -> Law:
    """The law with one row changed."""
    rows = tuple(_changed(row, rule_id, changes) for row in LAW.pack.rows)
    pack = LAW.pack
    changed = RulePack(pack.version, pack.code, pack.name, pack.first_day, rows)
    return replace(LAW, pack=changed)


def _changed(row: RuleRow, rule_id: str, changes: dict[str, Any]) -> RuleRow:
    return replace(row, **changes) if row.rule.id == rule_id else row


def a_question(*volumes: PlannedVolume, **changes: Any) -> Question:
    question = Question(
        domain=Domain.ground,
        phase=Phase.road_test,
        volumes=volumes or (a_planned_volume(),),
        organisation_id="organisation-a",
    )
    return replace(question, **changes)


def an_air_question(*volumes: PlannedVolume, **changes: Any) -> Question:
    return a_question(*volumes, domain=Domain.air, phase=Phase.flight_trial, **changes)


def around(**found: Any) -> Surroundings:
    """What the candidate search found; nothing of what is not named."""
    empty: dict[str, Any] = dict.fromkeys(
        ("roads", "zones", "restrictions", "permits", "applications"), ()
    )
    return Surroundings(**{**empty, **found})


def an_area(core: BaseGeometry | None = None, **changes: Any) -> PlannedVolume:
    """A planned volume over an area; `schedule` and `levels` are the volume's own."""
    volume = Volume4D(
        Footprint(core or a_square()),
        changes.pop("altitude", None),
        changes.pop("levels", None),
        changes.pop("schedule", a_schedule()),
    )
    return a_planned_volume(volume=volume, **changes)


def a_drive(*uses: StretchUse, **changes: Any) -> PlannedVolume:
    """A planned volume along stretches of the network."""
    volume = Volume4D(
        Footprint(changes.pop("core", a_line()), changes.pop("radius_m", 2.0)),
        None,
        changes.pop("levels", frozenset({0})),
        changes.pop("schedule", a_schedule()),
    )
    return a_planned_volume(
        volume=volume,
        **{"zone_kind": ZoneKind.urban_road, "stretches": uses, **changes},
    )


def a_flight(core: BaseGeometry | None = None, **changes: Any) -> PlannedVolume:
    """A planned volume in the air, 60 to 110 m over ground."""
    altitude: AltitudeBand = changes.pop("altitude", a_band(60, 110))
    return an_area(core, altitude=altitude, **{"zone_kind": ZoneKind.low_altitude_area, **changes})


def use(stretch_id: str, from_m: float = 0, to_m: float = 100, forward: bool = True) -> StretchUse:
    return StretchUse(stretch_id, from_m, to_m, forward)


def of_another(*volumes: PlannedVolume, **changes: Any) -> Permit:
    """A permit of a competitor."""
    content = a_content(volumes=volumes or (an_area(),))
    return a_permit(**{"organisation_id": "organisation-b", "content": content, **changes})


def an_open_zone(core: BaseGeometry | None = None, radius_m: float = 0.0, **changes: Any) -> Zone:
    """A zone open at all times; `schedule`, `altitude` and `levels` are its volume's own."""
    volume = Volume4D(
        Footprint(core or a_square(), radius_m),
        changes.pop("altitude", None),
        changes.pop("levels", None),
        changes.pop("schedule", a_schedule(end=None)),
    )
    return a_zone(volume=volume, **changes)


def during(start_h: float, end_h: float) -> Schedule:
    """From some hours after NOW to some hours after NOW."""
    return a_schedule(start=NOW + timedelta(hours=start_h), end=NOW + timedelta(hours=end_h))
