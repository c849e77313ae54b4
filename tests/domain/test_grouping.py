"""A reviewer reads what stands against an application once, however often it is met."""

from geo.altitude import Reference
from geo.conflict import Verdict
from service.domain.checks import check
from service.domain.findings import Finding
from service.domain.kinds import ApplicationState, Severity, Use, ZoneKind
from service.domain.permit import Permit
from service.domain.place import PlannedVolume
from tests.builders import LON, a_band, a_square, an_application
from tests.domain.questions import (
    LAW,
    a_flight,
    a_question,
    an_air_question,
    an_area,
    an_open_zone,
    around,
    during,
    of_another,
)

EXCLUSIVE = {"use": Use.exclusive}


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
