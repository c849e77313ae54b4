"""Whom a restriction stops: by effect, by whom it concerns, by level, height and hour."""

from typing import Any

import pytest
from shapely import Point

from geo.altitude import AltitudeBand, Reference, Unit
from geo.conflict import Verdict
from service.domain.check_restrictions import restricted
from service.domain.findings import CONFIDENTIAL, Finding
from service.domain.kinds import (
    AppliesTo,
    RestrictionEffect,
    RestrictionState,
    Role,
    Severity,
    Visibility,
)
from service.domain.question import Question
from service.domain.restriction import Restriction
from service.domain.road import Road
from tests.builders import LAT, LON, a_band, a_line, a_restriction, a_road, a_volume
from tests.domain.questions import (
    LAW,
    a_drive,
    a_flight,
    a_question,
    an_air_question,
    an_area,
    during,
    use,
    with_rule,
)


def a_place(lon: float = LON, radius_m: float = 200, **changes: Any) -> Restriction:
    """A restriction around a point; `altitude`, `levels` and `schedule` are its volume's own."""
    inner = {key: changes.pop(key) for key in ("altitude", "levels", "schedule") if key in changes}
    return a_restriction(volume=a_volume(Point(lon, LAT), radius_m, **inner), **changes)


def met(question: Question, restriction: Restriction) -> list[Finding]:
    return list(restricted(question, [restriction], LAW))


@pytest.mark.parametrize(
    ("effect", "severity", "stops"),
    [
        (RestrictionEffect.prohibited, Severity.blocking, True),
        (RestrictionEffect.requires_authorization, Severity.coordination, False),
        (RestrictionEffect.conditional, Severity.coordination, False),
        (RestrictionEffect.information, Severity.advisory, False),
    ],
)
def test_the_effect_decides_how_grave_it_is(
    effect: RestrictionEffect, severity: Severity, stops: bool
) -> None:
    (finding,) = met(a_question(), a_place(effect=effect))
    assert finding.rule.id == f"sharing.restriction_{effect}"
    assert (finding.severity, finding.stops_submit) == (severity, stops)


def test_a_finding_tells_where_when_and_against_what() -> None:
    restriction = a_place(schedule=during(24, 48))
    (finding,) = met(a_question(), restriction)
    assert [(a.type, a.id) for a in finding.against] == [("restriction", restriction.id)]
    assert finding.witness is not None
    assert not finding.witness.is_empty
    assert finding.first_overlap is not None
    assert finding.first_overlap.start == during(24, 48).start
    assert finding.overlap_hours == 24
    assert restriction.name.en in finding.explanation.en
    assert restriction.name.zh in finding.explanation.zh


@pytest.mark.parametrize(
    ("applies_to", "on_ground", "in_air"),
    [(AppliesTo.ground, 1, 0), (AppliesTo.air, 0, 1), (AppliesTo.both, 1, 1)],
)
def test_it_concerns_those_to_whom_it_applies(
    applies_to: AppliesTo, on_ground: int, in_air: int
) -> None:
    restriction = a_place(applies_to=applies_to)
    assert len(met(a_question(), restriction)) == on_ground
    assert len(met(an_air_question(a_flight()), restriction)) == in_air


@pytest.mark.parametrize("state", [RestrictionState.draft, RestrictionState.withdrawn])
def test_one_that_is_not_in_force_stops_nobody(state: RestrictionState) -> None:
    assert met(a_question(), a_place(state=state)) == []


def test_one_elsewhere_stops_nobody() -> None:
    assert met(a_question(), a_place(lon=LON - 0.01)) == []


def test_touching_is_not_entering() -> None:
    left_of_the_area = a_question(an_area(Point(LON, LAT).buffer(0.001).envelope))
    beside = a_place(lon=LON + 0.002, radius_m=0.5)
    assert met(left_of_the_area, beside) == []


@pytest.mark.parametrize(("start", "end", "findings"), [(0, 24, 1), (-24, 0, 0)])
def test_only_the_hours_in_common_count(start: float, end: float, findings: int) -> None:
    assert len(met(a_question(), a_place(schedule=during(start, end)))) == findings


@pytest.mark.parametrize(
    ("levels", "verdict"),
    [
        (None, Verdict.conflict),
        (frozenset({0}), Verdict.conflict),
        (frozenset({0, 1}), Verdict.conflict),
    ],
)
def test_a_road_is_hit_on_its_own_level_or_on_all(
    levels: frozenset[int] | None, verdict: Verdict
) -> None:
    drive = a_drive(use("r1"), levels=frozenset({0}))
    assert [f.verdict for f in met(a_question(drive), a_place(levels=levels))] == [verdict]


def test_a_road_on_another_level_is_not_hit() -> None:
    viaduct = a_drive(use("r1"), levels=frozenset({1}))
    assert met(a_question(viaduct), a_place(levels=frozenset({0}))) == []


def test_a_road_of_unknown_level_may_be_hit() -> None:
    unknown = a_drive(use("r1"), levels=None)
    (finding,) = met(a_question(unknown), a_place(levels=frozenset({0})))
    assert finding.verdict is Verdict.indeterminate
    assert finding.stops_confirm


def test_a_line_is_hit_where_it_is_on_the_level_and_not_elsewhere() -> None:
    east = LON + 0.02
    street = a_road(id="street", line=a_line((LON, LAT), (LON + 0.01, LAT)))
    viaduct = a_road(id="viaduct", line=a_line((LON + 0.01, LAT), (east, LAT)), level=1)
    up = a_drive(
        use("street", 0, 959),
        use("viaduct", 0, 959),
        core=a_line((LON, LAT), (east, LAT)),
        levels=frozenset({0, 1}),
    )

    def hits(lon: float, level: int, *roads: Road) -> int:
        place = a_place(lon=lon, radius_m=50, levels=frozenset({level}))
        known = {road.id: road for road in roads}
        return len(list(restricted(a_question(up), [place], LAW, known)))

    over_street, over_viaduct = LON + 0.005, LON + 0.015
    both = street, viaduct
    assert [hits(over_street, level, *both) for level in (0, 1)] == [1, 0]
    assert [hits(over_viaduct, level, *both) for level in (0, 1)] == [0, 1]
    assert hits(over_street, 1, viaduct) == 1, "what is not known may be on any level"


def test_an_area_is_hit_on_all_levels_of_its_roads() -> None:
    street, viaduct = a_road(id="street"), a_road(id="viaduct", level=1)
    area = an_area(levels=frozenset({0, 1}), stretches=(use("street"), use("viaduct")))
    known = {road.id: road for road in (street, viaduct)}
    place = a_place(levels=frozenset({1}))
    assert len(list(restricted(a_question(area), [place], LAW, known))) == 1


def test_what_cannot_be_decided_is_not_told_as_a_fact() -> None:
    high = a_place(
        applies_to=AppliesTo.air, altitude=AltitudeBand(600, 900, Unit.m, Reference.AMSL)
    )
    (finding,) = met(an_air_question(a_flight()), high)
    assert finding.explanation.en.startswith("May enter")
    assert finding.explanation.zh.startswith("可能进入")
    (sure,) = met(an_air_question(a_flight()), a_place(applies_to=AppliesTo.air))
    assert sure.explanation.en.startswith("Enters")


@pytest.mark.parametrize(
    ("effect", "authority", "offices"),
    [
        (RestrictionEffect.requires_authorization, Role.atc, (Role.police, Role.atc)),
        (RestrictionEffect.requires_authorization, Role.police, (Role.police,)),
        (RestrictionEffect.conditional, Role.transport, (Role.police, Role.transport)),
        (RestrictionEffect.requires_authorization, Role.admin, (Role.police,)),
        (RestrictionEffect.information, Role.atc, ()),
    ],
)
def test_who_restricts_is_asked_as_well(
    effect: RestrictionEffect, authority: Role, offices: tuple[Role, ...]
) -> None:
    (finding,) = met(a_question(), a_place(effect=effect, authority=authority))
    assert finding.offices == offices


def test_what_flies_is_on_no_level() -> None:
    place = a_place(levels=frozenset({0}), applies_to=AppliesTo.both)
    (finding,) = met(an_air_question(a_flight()), place)
    assert finding.verdict is Verdict.conflict


@pytest.mark.parametrize(
    ("altitude", "verdicts"),
    [
        (None, [Verdict.conflict]),
        (a_band(100, 200), [Verdict.conflict]),
        (a_band(110, 200), []),
        (AltitudeBand(700, 900, Unit.m, Reference.AMSL), []),
        (AltitudeBand(600, 900, Unit.m, Reference.AMSL), [Verdict.indeterminate]),
        (AltitudeBand(1, 9, Unit.FL, Reference.AMSL), [Verdict.indeterminate]),
    ],
)
def test_heights_decide_when_they_can_be_compared(
    altitude: AltitudeBand | None, verdicts: list[Verdict]
) -> None:
    question = an_air_question(a_flight(altitude=a_band(60, 110)))
    restriction = a_place(applies_to=AppliesTo.air, altitude=altitude)
    assert [finding.verdict for finding in met(question, restriction)] == verdicts


def test_the_separation_is_the_packs() -> None:
    beyond = a_place(lon=LON - 0.003, radius_m=200)
    assert met(a_question(), beyond) == []
    apart = with_rule("sharing.restriction_prohibited", separation="sep.uas_expressway")
    (near,) = restricted(a_question(), [a_place(lon=LON - 0.0025)], apart)
    assert near.required_horizontal_m == 50
    assert 0 < (near.horizontal_distance_m or 0) < 50


def test_one_for_the_eyes_of_authorities_belongs_to_nobody_who_asks() -> None:
    (hidden,) = met(a_question(), a_place(visibility=Visibility.authorities))
    (shown,) = met(a_question(), a_place(visibility=Visibility.operators))
    assert [a.owner_id for a in hidden.against] == [CONFIDENTIAL]
    assert [a.owner_id for a in shown.against] == [None]


def test_an_area_is_hit_on_a_level_where_a_road_of_it_lies_and_in_doubt_elsewhere() -> None:
    west, east = (
        a_line((lon, LAT + 0.0005), (lon, LAT + 0.0095)) for lon in (LON + 0.001, LON + 0.009)
    )
    viaduct, street = a_road(id="viaduct", line=west, level=1), a_road(id="street", line=east)
    uses = use("viaduct", 0, 990), use("street", 0, 990)
    area = an_area(levels=frozenset({0, 1}), stretches=uses)
    known = {road.id: road for road in (viaduct, street)}

    def verdict(lon: float) -> Verdict:
        volume = a_volume(Point(lon, LAT + 0.005), 30, levels=frozenset({1}))
        (finding,) = restricted(a_question(area), [a_restriction(volume=volume)], LAW, known)
        return finding.verdict

    assert verdict(LON + 0.001) is Verdict.conflict
    assert verdict(LON + 0.009) is Verdict.indeterminate
