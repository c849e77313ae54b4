"""A reviewer reads what stands against an application once, however often it is met."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import Point

from geo.altitude import Reference
from geo.conflict import Verdict
from geo.schedule import Interval
from service.domain.checks import check
from service.domain.findings import Finding
from service.domain.kinds import (
    ApplicationState,
    RestrictionEffect,
    RestrictionKind,
    Severity,
    Use,
    Visibility,
    ZoneKind,
)
from service.domain.permit import Permit
from service.domain.place import PlannedVolume
from service.domain.restriction import Restriction
from tests.builders import (
    LON,
    a_band,
    a_line,
    a_restriction,
    a_square,
    a_volume,
    an_application,
)
from tests.domain.questions import (
    LAW,
    a_drive,
    a_flight,
    a_question,
    an_air_question,
    an_area,
    an_open_zone,
    around,
    during,
    of_another,
    with_rule,
)

EXCLUSIVE = {"use": Use.exclusive}


def blockers(findings: tuple[Finding, ...]) -> list[Finding]:
    return [finding for finding in findings if finding.severity is Severity.blocking]


def found(*permits: Permit, volumes: tuple[PlannedVolume, ...]) -> tuple[Finding, ...]:
    zones = [an_open_zone(a_square(LON, side=0.1))]
    return check(a_question(*volumes), around(zones=zones, permits=permits), LAW).findings


def test_a_permit_met_in_several_volumes_is_one_blocker() -> None:
    halves = an_area(a_square(LON, side=0.004)), an_area(a_square(LON + 0.005, side=0.004))
    permit = of_another(an_area(**EXCLUSIVE))
    (finding,) = found(permit, volumes=halves)
    assert finding.volume_indexes == (0, 1)
    assert [party.id for party in finding.against] == [permit.id]
    assert finding.explanation.en.endswith("; in 2 places")
    assert finding.explanation.zh.endswith("；共 2 处")
    assert finding.witness is not None
    assert all(finding.witness.intersects(half.volume.footprint.core) for half in halves)


def test_every_blocker_is_listed_by_itself() -> None:
    permits = [of_another(an_area(**EXCLUSIVE)) for _ in range(3)]
    findings = found(*permits, volumes=(an_area(),))
    assert {party.id for f in findings for party in f.against} == {p.id for p in permits}
    assert [f.severity for f in findings] == [Severity.blocking] * 3


def test_a_hundred_permits_of_ones_own_are_one_piece_of_advice() -> None:
    own = [of_another(organisation_id="organisation-a") for _ in range(100)]
    findings = [f for f in found(*own, volumes=(an_area(),)) if f.rule.id.endswith("same_operator")]
    (finding,) = findings
    assert {party.id for party in finding.against} == {permit.id for permit in own}
    assert finding.explanation.en.endswith("; and 99 more of this kind")


def test_the_group_speaks_with_the_measures_of_its_worst_place() -> None:
    short, long = (an_area(schedule=during(0, hours), **EXCLUSIVE) for hours in (1, 9))
    (finding,) = found(of_another(short, long), volumes=(an_area(),))
    assert finding.overlap_hours == 9


def test_the_first_time_is_the_earliest_and_hours_are_counted_once() -> None:
    late, early, again = (
        an_area(schedule=during(start, end)) for start, end in ((50, 60), (2, 4), (3, 6))
    )
    (finding,) = found(of_another(an_area(**EXCLUSIVE)), volumes=(late, early, again))
    first = during(2, 6)
    assert finding.first_overlap == Interval(first.start, first.end)
    assert finding.overlap_hours == 14
    assert "(first at 2026-10-01 12:00, 14 h in all); in 3 places" in finding.explanation.en


@given(
    mine=st.lists(st.tuples(st.integers(0, 20), st.integers(1, 6)), min_size=1, max_size=4),
    theirs=st.lists(st.tuples(st.integers(0, 20), st.integers(1, 6)), min_size=1, max_size=4),
)
def test_the_hours_of_a_group_are_those_of_a_count_hour_by_hour(
    mine: list[tuple[int, int]], theirs: list[tuple[int, int]]
) -> None:
    def volumes(asked: list[tuple[int, int]]) -> tuple[PlannedVolume, ...]:
        return tuple(
            an_area(schedule=during(start, start + long), **EXCLUSIVE) for start, long in asked
        )

    def used(asked: list[tuple[int, int]]) -> set[int]:
        return {hour for start, long in asked for hour in range(start, start + long)}

    both = sorted(used(mine) & used(theirs))
    findings = blockers(found(of_another(*volumes(theirs)), volumes=volumes(mine)))
    assert [finding.overlap_hours for finding in findings] == ([len(both)] if both else [])
    for finding in findings:
        assert finding.first_overlap is not None
        assert finding.first_overlap.start == during(both[0], 99).start


def test_metres_outside_what_was_opened_add_up_kind_by_kind() -> None:
    road = a_drive(core=a_line((LON, 30.7), (LON + 0.001, 30.7)), zone_kind=ZoneKind.highway)
    areas = (an_area(a_square(LON + at, 30.8, side=0.001)) for at in (0, 0.01))
    answer = check(a_question(road, *areas), around(), LAW)
    told = {f.volume_indexes: f.explanation.en for f in blockers(answer.findings)}
    assert told.keys() == {(0,), (1, 2)}
    assert "Highway" in told[0,]
    in_all_m = sum(part.length_m for part in answer.coverage.uncovered if part.volume_index)
    assert told[1, 2].startswith(f"{in_all_m:.1f} m lie outside")


def some(effect: RestrictionEffect, count: int, **changes: Any) -> list[Restriction]:
    place = a_volume(Point(LON + 0.005, 30.605), 50)
    return [a_restriction(effect=effect, volume=place, **changes) for _ in range(count)]


def against(*restrictions: Restriction) -> tuple[Finding, ...]:
    zones = [an_open_zone(a_square(LON, side=0.1))]
    asked = around(zones=zones, restrictions=restrictions)
    return check(a_question(an_area()), asked, LAW).findings


@pytest.mark.parametrize("effect", [RestrictionEffect.conditional, RestrictionEffect.information])
def test_a_hundred_places_with_conditions_are_one_row(effect: RestrictionEffect) -> None:
    restrictions = some(effect, 100)
    (finding,) = against(*restrictions)
    assert {party.id for party in finding.against} == {one.id for one in restrictions}
    assert "and 99 more of this kind" in finding.explanation.en
    assert "另有 99 项同类" in finding.explanation.zh


@pytest.mark.parametrize(
    "effect", [RestrictionEffect.prohibited, RestrictionEffect.requires_authorization]
)
def test_what_blocks_or_is_asked_for_by_itself_stays_one_by_one(effect: RestrictionEffect) -> None:
    assert len(against(*some(effect, 3))) == 3


def test_a_condition_that_a_pack_makes_a_blocker_stays_one_by_one() -> None:
    law = with_rule("sharing.restriction_conditional", severity=Severity.blocking)
    three = around(restrictions=some(RestrictionEffect.conditional, 3))
    findings = check(a_question(an_area()), three, law).findings
    assert len([f for f in findings if f.rule.id == "sharing.restriction_conditional"]) == 3


def test_conditions_of_other_kinds_or_hidden_ones_are_rows_of_their_own() -> None:
    conditional = RestrictionEffect.conditional
    findings = against(
        *some(conditional, 2),
        *some(conditional, 2, restriction_kind=RestrictionKind.event),
        *some(conditional, 2, visibility=Visibility.authorities),
    )
    assert [len(finding.against) for finding in findings] == [2, 2, 2]
    assert all(len({party.owner_id for party in f.against}) == 1 for f in findings)


def test_the_nearest_of_a_row_are_named_first_and_measured() -> None:
    law = with_rule("sharing.restriction_conditional", separation="sep.uas_expressway")
    far, near, amid = (
        a_restriction(effect=RestrictionEffect.conditional, volume=a_volume(a_square(LON + at)))
        for at in (0.0104, 0.0101, 0.0102)
    )
    zone = an_open_zone(a_square())
    surroundings = around(zones=[zone], restrictions=[far, near, amid])
    (finding,) = check(a_question(an_area()), surroundings, law).findings
    assert [party.id for party in finding.against] == [near.id, amid.id, far.id]
    assert finding.margin_m == pytest.approx(9.6 - 50, abs=0.1)
    assert "9.5 m apart, 50.0 m required" in finding.explanation.en


def test_the_id_of_a_row_does_not_depend_on_the_order_in_which_it_was_found() -> None:
    restrictions = some(RestrictionEffect.conditional, 3)
    assert against(*restrictions)[0].id == against(*reversed(restrictions))[0].id


def test_what_is_kept_is_a_plain_finding() -> None:
    (finding,) = found(of_another(an_area(**EXCLUSIVE)), volumes=(an_area(),))
    assert type(finding) is Finding


def test_what_is_decided_is_not_mixed_with_what_is_in_doubt() -> None:
    sure = of_another(a_flight(), organisation_id="organisation-a")
    doubt = of_another(
        a_flight(altitude=a_band(560, 700, reference=Reference.AMSL)),
        organisation_id="organisation-a",
    )
    zone = an_open_zone(zone_kind=ZoneKind.low_altitude_area)
    asked = an_air_question(a_flight())
    answer = check(asked, around(zones=[zone], permits=[sure, doubt]), LAW)
    own = [f for f in answer.findings if f.rule.id == "sharing.same_operator"]
    assert [f.verdict for f in own] == [Verdict.conflict, Verdict.indeterminate]
    assert [[party.id for party in f.against] for f in own] == [[sure.id], [doubt.id]]


def test_the_id_of_a_finding_does_not_depend_on_where_it_was_met() -> None:
    permit = of_another(an_area(**EXCLUSIVE))
    (once,) = found(permit, volumes=(an_area(),))
    (twice,) = found(permit, volumes=(an_area(), an_area()))
    assert once.id == twice.id


def test_advice_about_different_owners_stays_apart() -> None:
    zone = an_open_zone(a_square(LON, side=0.1))
    pending = [
        an_application(organisation_id=owner, state=ApplicationState.joint_review)
        for owner in ("organisation-b", "organisation-c", "organisation-c")
    ]
    answer = check(a_question(an_area()), around(zones=[zone], applications=pending), LAW)
    told = sorted([a.owner_id for a in f.against] for f in answer.findings)
    assert told == [["organisation-b"], ["organisation-c", "organisation-c"]]
