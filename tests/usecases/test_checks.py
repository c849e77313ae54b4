"""The question before the application: it writes nothing and tells competitors nothing."""

from typing import Any

import pytest
from shapely import LineString

from geo.conflict import Verdict
from service.domain.errors import Forbidden, Malformed, NotFound
from service.domain.kinds import (
    Domain,
    Phase,
    RoadClass,
    Use,
    Visibility,
    ZoneKind,
    ZoneState,
)
from service.usecases import applications, checks
from service.usecases.checks import CheckRequest, CheckResult
from tests.builders import (
    LAT,
    LON,
    a_band,
    a_line,
    a_restriction,
    a_road,
    a_schedule,
    a_square,
    a_volume,
    a_zone,
)
from tests.usecases.desk import (
    AUDITOR,
    POLICE,
    A,
    B,
    Desk,
    a_desk,
    a_request,
    a_volume_request,
    in_days,
)

EAST = LON + 0.01


def check(desk: Desk, actor: Any = A, *volumes: Any, **changes: Any) -> CheckResult:
    given: dict[str, Any] = {
        "domain": Domain.ground,
        "phase": Phase.road_test,
        "volumes": volumes or (a_volume_request(),),
        **changes,
    }
    return desk.ask(checks.run, actor, desk.ctx, CheckRequest(**given))


def rules(result: CheckResult) -> list[str]:
    return [finding.rule.id for finding in result.answer.findings]


def test_a_test_in_an_open_zone_is_clear_as_of_the_journals_last_line() -> None:
    desk = a_desk()
    result = check(desk)
    assert (result.answer.verdict, result.answer.may_submit) == (Verdict.clear, True)
    assert result.registry_revision == desk.committed.journal.head()[0]


def test_checking_writes_nothing() -> None:
    desk = a_desk()
    before = desk.committed.journal.head()
    check(desk)
    assert desk.committed.journal.head() == before


def test_a_test_outside_every_zone_may_not_be_submitted() -> None:
    result = check(a_desk(zones=()))
    assert rules(result) == ["sharing.zone_coverage"]
    assert not result.answer.may_submit


def test_a_zone_of_another_season_is_named_as_the_reason() -> None:
    later = a_zone(volume=a_volume(schedule=a_schedule(start=in_days(400), end=None)))
    (finding,) = check(a_desk(zones=(later,))).answer.findings
    assert finding.rule.id == "sharing.zone_hours"
    assert [against.id for against in finding.against] == [later.id]


def test_who_only_looks_asks_nothing() -> None:
    with pytest.raises(Forbidden):
        check(a_desk(), AUDITOR)


def test_an_operator_does_not_learn_of_anothers_pending_application() -> None:
    desk = a_desk()
    desk.submitted(B, of="b")
    assert rules(check(desk, A)) == []
    assert rules(check(desk, POLICE)) == ["sharing.pending_application"]


def test_a_draft_is_nobodys_business() -> None:
    desk = a_desk()
    desk.do(applications.draft, B, a_request(of="b"))
    assert rules(check(desk, POLICE)) == []


def test_another_operators_exclusive_permit_blocks() -> None:
    desk = a_desk()
    exclusive = a_volume_request(use=Use.exclusive)
    permit = desk.permit(B, of="b", volumes=(exclusive,))
    (finding,) = check(desk).answer.findings
    assert finding.rule.id == "sharing.permit_exclusive"
    assert [(a.id, a.owner_id) for a in finding.against] == [(permit.id, "organisation-b")]


def test_what_continues_a_permit_does_not_meet_it() -> None:
    desk = a_desk()
    exclusive = a_volume_request(use=Use.exclusive)
    permit = desk.permit(volumes=(exclusive,))
    assert rules(check(desk, A, exclusive)) == ["sharing.same_operator"]
    assert rules(check(desk, A, exclusive, follows=permit.id)) == []


def test_continuing_anothers_permit_is_asking_for_what_is_not_there() -> None:
    desk = a_desk()
    permit = desk.permit(B, of="b")
    with pytest.raises(NotFound):
        check(desk, A, follows=permit.id)


def test_a_secret_restriction_hits_and_belongs_to_nobody_who_asks() -> None:
    secret = a_restriction(id="secret", visibility=Visibility.authorities)
    (finding,) = check(a_desk(secret)).answer.findings
    assert finding.stops_submit
    assert [a.owner_id for a in finding.against] == ["confidential"]


@pytest.mark.parametrize(
    ("changes", "pointers"),
    [
        ({"phase": Phase.flight_trial}, ["/phase"]),
        ({"domain": Domain.air, "phase": Phase.flight_trial}, ["/volumes/0/zone_kind"]),
    ],
)
def test_a_question_of_two_domains_is_malformed(
    changes: dict[str, Any], pointers: list[str]
) -> None:
    with pytest.raises(Malformed) as refused:
        check(a_desk(), **changes)
    assert [p.pointer for p in refused.value.problems] == pointers


# volumes meet the registry


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"zone_id": "nowhere", "geometry": None}, "zone_unknown"),
        ({"zone_id": "proposed", "geometry": None}, "zone_unknown"),
        ({"zone_id": "withdrawn", "geometry": None}, "zone_not_open"),
        ({"zone_id": "site", "geometry": None}, "zone_kind_differs"),
    ],
)
def test_a_zone_that_cannot_be_used_is_named(changes: dict[str, Any], code: str) -> None:
    states = (ZoneState.proposed, ZoneState.withdrawn)
    closed = [a_zone(id=state.value, state=state) for state in states]
    desk = a_desk(*closed, a_zone(id="site", zone_kind=ZoneKind.closed_site))
    with pytest.raises(Malformed) as refused:
        check(desk, A, a_volume_request(**changes))
    assert [(p.pointer, p.code) for p in refused.value.problems] == [("/volumes/0/zone_id", code)]


@pytest.mark.parametrize(
    ("domain", "phase", "changes", "code"),
    [
        (Domain.ground, Phase.road_test, {"altitude": a_band()}, "altitude_on_ground"),
        (
            Domain.air,
            Phase.flight_trial,
            {"zone_kind": ZoneKind.low_altitude_area},
            "altitude_required",
        ),
    ],
)
def test_heights_belong_to_the_air_and_only_there(
    domain: Domain, phase: Phase, changes: dict[str, Any], code: str
) -> None:
    with pytest.raises(Malformed) as refused:
        check(a_desk(), A, a_volume_request(**changes), domain=domain, phase=phase)
    assert [(p.pointer, p.code) for p in refused.value.problems] == [("/volumes/0/altitude", code)]


def test_a_whole_zone_is_used_with_its_own_place_and_heights() -> None:
    air = a_zone(
        id="air",
        zone_kind=ZoneKind.low_altitude_area,
        phases_open=(Phase.flight_trial,),
        volume=a_volume(altitude=a_band(60, 100), schedule=a_zone().volume.schedule),
    )
    whole = a_volume_request(
        zone_kind=ZoneKind.low_altitude_area, zone_id="air", geometry=None, declared=None
    )
    result = check(a_desk(air), A, whole, domain=Domain.air, phase=Phase.flight_trial)
    assert rules(result) == []
    assert result.answer.coverage.covered_length_m > 1000


def test_more_volumes_than_the_pack_allows_are_refused() -> None:
    with pytest.raises(Malformed) as refused:
        check(a_desk(), A, *[a_volume_request()] * 101)
    assert [(p.pointer, p.code) for p in refused.value.problems] == [
        ("/volumes", "too_many_volumes")
    ]


def test_more_vertices_than_the_pack_allows_are_refused() -> None:
    detailed = a_volume_request(geometry=LineString([(LON, LAT + n / 1e6) for n in range(5001)]))
    with pytest.raises(Malformed) as refused:
        check(a_desk(), A, *[detailed] * 4)
    assert [p.code for p in refused.value.problems] == ["too_many_vertices"]


def test_the_air_over_an_expressway_is_controlled() -> None:
    below = a_road(
        road_class=RoadClass.expressway, line=a_line((LON, LAT + 0.005), (EAST, LAT + 0.005))
    )
    volume = a_volume(altitude=a_band(60, 100), schedule=a_zone().volume.schedule)
    low_altitude = {"zone_kind": ZoneKind.low_altitude_area, "phases_open": (Phase.flight_trial,)}
    desk = a_desk(below, zones=(a_zone(volume=volume, **low_altitude),))
    flight = a_volume_request(zone_kind=ZoneKind.low_altitude_area, altitude=a_band(60, 100))
    result = check(desk, A, flight, domain=Domain.air, phase=Phase.flight_trial)
    assert rules(result) == ["sharing.air_over_expressway"]


# how many there may be


def test_a_zone_is_full_though_the_others_are_at_its_other_end() -> None:
    wide = a_zone(
        max_concurrent_vehicles=5,
        volume=a_volume(a_square(side=0.05), schedule=a_zone().volume.schedule),
    )
    desk = a_desk(zones=(wide,))
    there = a_volume_request(geometry=a_square(LON + 0.04, side=0.005), max_concurrent_vehicles=1)
    here = a_volume_request(geometry=a_square(LON + 0.001, side=0.005), max_concurrent_vehicles=5)
    desk.permit(B, of="b", volumes=(there,))
    assert rules(check(desk, A, here)) == ["sharing.permit_capacity"]
