"""Against other permits and pending applications: only exclusive use blocks, on the road by use."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from shapely import LineString
from shapely.geometry.base import BaseGeometry

from geo.conflict import Verdict
from geo.network import StretchUse
from service.domain.check_permits import COMPARISONS, meetings
from service.domain.findings import Finding
from service.domain.kinds import ApplicationState, PermitState, Severity, Use, ZoneKind
from service.domain.place import PlannedVolume
from service.domain.question import Question
from service.domain.road import Road
from service.domain.sharing import By, Form, compared_by
from tests.builders import (
    LAT,
    LON,
    NOW,
    a_band,
    a_content,
    a_line,
    a_road,
    a_square,
    an_application,
)
from tests.domain.questions import (
    LAW,
    a_drive,
    a_flight,
    a_question,
    an_air_question,
    an_area,
    around,
    during,
    of_another,
    use,
)

EXCLUSIVE = {"use": Use.exclusive}


def found(
    question: Question, *permits: Any, applications: Any = (), roads: Sequence[Road] = ()
) -> list[Finding]:
    known = {road.id: road for road in roads}
    return list(meetings(question, around(permits=permits, applications=applications), LAW, known))


def test_shared_use_beside_shared_use_is_normal() -> None:
    assert found(a_question(), of_another()) == []


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        (an_area(**EXCLUSIVE), an_area()),
        (an_area(), an_area(**EXCLUSIVE)),
        (an_area(**EXCLUSIVE), an_area(**EXCLUSIVE)),
    ],
)
def test_exclusive_use_blocks_on_either_side(mine: PlannedVolume, theirs: PlannedVolume) -> None:
    permit = of_another(theirs)
    (finding,) = found(a_question(mine), permit)
    assert finding.rule.id == "sharing.permit_exclusive"
    assert finding.stops_submit
    (against,) = finding.against
    assert (against.id, against.owner_id) == (permit.id, "organisation-b")


def test_ones_own_permit_is_an_advice_only() -> None:
    own = of_another(an_area(**EXCLUSIVE), organisation_id="organisation-a")
    (finding,) = found(a_question(an_area(**EXCLUSIVE)), own)
    assert finding.rule.id == "sharing.same_operator"
    assert finding.severity is Severity.advisory


def test_members_of_a_chain_never_meet() -> None:
    before = of_another(an_area(**EXCLUSIVE), organisation_id="organisation-a")
    question = a_question(an_area(**EXCLUSIVE), chain=frozenset({before.id}))
    assert found(question, before) == []


@pytest.mark.parametrize("state", [PermitState.confirmed, PermitState.suspended])
def test_a_permit_holds_its_place_from_its_confirmation_even_while_suspended(
    state: PermitState,
) -> None:
    assert len(found(a_question(), of_another(an_area(**EXCLUSIVE), state=state))) == 1


@pytest.mark.parametrize(
    "state", [PermitState.superseded, PermitState.terminated, PermitState.revoked]
)
def test_a_permit_that_is_over_holds_nothing(state: PermitState) -> None:
    assert found(a_question(), of_another(an_area(**EXCLUSIVE), state=state)) == []


def test_touching_areas_do_not_meet() -> None:
    neighbour = of_another(an_area(a_square(LON + 0.01), **EXCLUSIVE))
    assert found(a_question(), neighbour) == []


def test_uses_that_follow_each_other_do_not_meet() -> None:
    until_noon = of_another(an_area(schedule=during(0, 4), **EXCLUSIVE))
    assert found(a_question(an_area(schedule=during(4, 8))), until_noon) == []
    (finding,) = found(a_question(an_area(schedule=during(3, 8))), until_noon)
    assert finding.overlap_hours == 1


def test_every_volume_that_is_met_has_a_finding_of_its_own() -> None:
    morning, evening = (an_area(schedule=during(h, h + 1), **EXCLUSIVE) for h in (0, 10))
    findings = found(a_question(), of_another(morning, evening))
    assert len(findings) == 2
    starts = {finding.first_overlap.start for finding in findings if finding.first_overlap}
    assert starts == {during(0, 1).start, during(10, 11).start}


def test_the_same_meeting_has_the_same_id_every_time() -> None:
    permit = of_another(an_area(**EXCLUSIVE))
    assert found(a_question(), permit)[0].id == found(a_question(), permit)[0].id


def test_ground_and_air_do_not_meet() -> None:
    above = of_another(a_flight(**EXCLUSIVE))
    assert found(a_question(), above) == []


def test_flights_above_each_other_do_not_meet() -> None:
    low, high = a_band(30, 60), a_band(60, 110)
    above = of_another(a_flight(altitude=high, **EXCLUSIVE))
    assert found(an_air_question(a_flight(altitude=low)), above) == []
    assert len(found(an_air_question(a_flight(altitude=a_band(30, 61))), above)) == 1


# on the road


def on_road(*uses: StretchUse, **changes: Any) -> PlannedVolume:
    return a_drive(*uses, **{**EXCLUSIVE, **changes})


def test_the_shared_length_of_a_stretch_is_told() -> None:
    mine, theirs = on_road(use("r1", 0, 80)), on_road(use("r1", 50, 100))
    (finding,) = found(a_question(mine), of_another(theirs))
    assert finding.shared_length_m == 30
    assert "30.0 m" in finding.explanation.en
    assert finding.verdict is Verdict.conflict


def test_opposite_directions_share_nothing() -> None:
    there, back = on_road(use("r1")), on_road(use("r1", forward=False))
    assert found(a_question(there), of_another(back)) == []


def test_a_crossing_is_not_sharing() -> None:
    crossing = LineString([(LON + 0.005, LAT - 0.005), (LON + 0.005, LAT + 0.005)])
    east, north = on_road(use("r1")), on_road(use("r2"), core=crossing)
    assert found(a_question(east), of_another(north)) == []


def test_going_on_where_another_ends_is_not_sharing() -> None:
    first, next_one = on_road(use("r1", 0, 50)), on_road(use("r1", 50, 100))
    assert found(a_question(first), of_another(next_one)) == []


def test_sharing_a_stretch_at_different_hours_is_not_meeting() -> None:
    early = on_road(use("r1"), schedule=during(0, 4))
    late = on_road(use("r1"), schedule=during(4, 8))
    assert found(a_question(early), of_another(late)) == []


def test_one_level_does_not_meet_another() -> None:
    above, below = on_road(use("r1"), levels=frozenset({1})), on_road(use("r0"))
    assert found(a_question(above), of_another(below)) == []


@pytest.mark.parametrize("theirs", [{"levels": None, "unmatched_m": 5.0}, {"stretches": ()}])
def test_a_line_that_lies_on_no_known_stretch_is_compared_as_it_lies(theirs: Any) -> None:
    known, unknown = on_road(use("r1")), on_road(use("r2"), **{"levels": None, **theirs})
    (finding,) = found(a_question(known), of_another(unknown))
    assert finding.shared_length_m is None
    assert finding.verdict is Verdict.indeterminate


def test_an_area_meets_the_road_that_runs_through_it() -> None:
    area = an_area(zone_kind=ZoneKind.designated_area, **EXCLUSIVE)
    through = a_drive(use("r1"), core=a_line((LON - 0.01, LAT + 0.005), (LON + 0.02, LAT + 0.005)))
    (finding,) = found(a_question(through), of_another(area))
    assert finding.verdict is Verdict.conflict


# areas of road


def a_road_area(core: BaseGeometry, *uses: StretchUse, **changes: Any) -> PlannedVolume:
    return an_area(
        core,
        **{
            "zone_kind": ZoneKind.urban_road,
            "stretches": uses,
            "levels": frozenset({0}),
            **EXCLUSIVE,
            **changes,
        },
    )


HERE, BESIDE = a_square(), a_square(LON + 0.005)


def verdict_of(mine: PlannedVolume, theirs: PlannedVolume, *roads: Road) -> Verdict:
    """The verdict on the two, which is the same whoever asks."""
    verdicts = {
        finding.verdict if finding else Verdict.clear
        for one, other in ((mine, theirs), (theirs, mine))
        for finding in (found(a_question(one), of_another(other), roads=roads) or [None])
    }
    (verdict,) = verdicts
    return verdict


def test_areas_of_road_that_overlap_conflict_though_they_share_no_known_road() -> None:
    west, east = a_road_area(HERE, use("west")), a_road_area(BESIDE, use("east"))
    assert verdict_of(west, east) is Verdict.conflict
    (finding,) = found(a_question(west), of_another(east))
    assert finding.witness is not None
    away = a_road_area(a_square(LON + 0.01), use("east"))
    assert verdict_of(west, away) is Verdict.clear


def test_where_areas_of_road_overlap_the_levels_of_other_roads_in_them_decide_nothing() -> None:
    above = a_road_area(BESIDE, use("viaduct"), levels=frozenset({1}))
    assert verdict_of(a_road_area(HERE, use("street")), above) is Verdict.indeterminate


def test_a_line_beside_a_road_area_is_in_doubt_where_it_reaches_into_it() -> None:
    area = a_road_area(HERE, use("in it"))
    edge = a_line((LON, LAT - 0.0001), (LON + 0.01, LAT - 0.0001))
    wide, narrow = (on_road(use("along it"), core=edge, radius_m=r) for r in (30.0, 2.0))
    assert verdict_of(wide, area) is Verdict.indeterminate
    assert verdict_of(narrow, area) is Verdict.clear
    (finding,) = found(a_question(wide), of_another(area))
    assert "no known road in common" in finding.explanation.en


def test_on_a_road_in_common_a_line_and_an_area_keep_to_its_directions() -> None:
    through = a_road(id="r1", line=a_line((LON - 0.01, LAT + 0.005), (LON + 0.02, LAT + 0.005)))
    area = a_road_area(HERE, use("r1", 959, 1917, forward=False))

    def along(start_m: float, end_m: float, forward: bool) -> PlannedVolume:
        return on_road(use("r1", start_m, end_m, forward), core=through.line)

    assert verdict_of(along(0, 2876, True), area, through) is Verdict.clear
    assert verdict_of(along(0, 2876, False), area, through) is Verdict.conflict
    assert verdict_of(along(0, 2876, True), area) is Verdict.indeterminate, "it is not known where"


def test_a_line_on_a_road_in_common_elsewhere_is_in_doubt_where_it_reaches_into_an_area() -> None:
    west, middle = LON - 0.005, LON + 0.005
    street = a_road(id="r1", line=a_line((LON - 0.01, LAT + 0.005), (middle, LAT + 0.005)))
    corners = (
        (west, LAT + 0.005),
        (west, LAT - 0.002),
        (middle, LAT - 0.002),
        (middle, LAT + 0.0045),
    )
    imported_later = a_road(id="r2", line=LineString(corners))
    area = a_road_area(HERE, use("r1", 959, 1438), use("r1", 959, 1438, forward=False))
    line = LineString([(LON - 0.01, LAT + 0.005), *corners])
    mine = on_road(use("r1", 0, 479), use("r2", 0, 2455), core=line)
    assert verdict_of(mine, area, street, imported_later) is Verdict.indeterminate


def test_a_line_that_comes_back_beside_the_road_in_common_is_in_doubt() -> None:
    north = LAT + 0.005
    street = a_road(id="r1", line=a_line((LON - 0.01, north), (LON + 0.02, north)))
    corners = (LON + 0.02, north), (LON + 0.02, north + 0.00008), (LON - 0.01, north + 0.00008)
    imported_later = a_road(id="r2", line=LineString(corners))
    line = LineString([(LON - 0.01, north), *corners])
    mine = on_road(use("r1", 0, 2876), use("r2", 0, 2885), core=line)
    area = a_road_area(HERE, use("r1", 959, 1917, forward=False))
    assert verdict_of(mine, area, street, imported_later) is Verdict.indeterminate


def test_the_area_of_another_is_on_the_levels_that_its_roads_have_today() -> None:
    mine = a_road_area(HERE, use("west"), levels=frozenset({1}))
    theirs = of_another(a_road_area(BESIDE, use("east"), levels=frozenset({0})))
    (before,) = found(a_question(mine), theirs)
    assert before.verdict is Verdict.indeterminate, "as it was confirmed"
    raised = [a_road(id=key, level=1) for key in ("west", "east")]
    (today,) = found(a_question(mine), theirs, roads=raised)
    assert today.verdict is Verdict.conflict


def test_length_that_counts_in_each_direction_is_told_as_such() -> None:
    both_ways = on_road(use("r1"), use("r1", forward=False))
    (finding,) = found(a_question(both_ways), of_another(both_ways))
    assert finding.shared_length_m == 200
    assert "each direction counted" in finding.explanation.en
    assert "双向分别计入" in finding.explanation.zh
    (one_way,) = found(a_question(on_road(use("r1"))), of_another(both_ways))
    assert "each direction" not in one_way.explanation.en


@pytest.mark.parametrize("mine", Form)
@pytest.mark.parametrize("theirs", Form)
def test_the_table_says_how_any_two_forms_are_compared(mine: Form, theirs: Form) -> None:
    assert compared_by(mine, theirs) == compared_by(theirs, mine) != []


def test_every_comparison_of_the_table_is_one_that_is_made() -> None:
    assert set(COMPARISONS) == set(By)


# pending


def test_a_pending_application_is_an_advice_whatever_its_use() -> None:
    pending = an_application(
        organisation_id="organisation-b",
        state=ApplicationState.joint_review,
        content=a_content(volumes=(an_area(**EXCLUSIVE),)),
    )
    (finding,) = found(a_question(), applications=[pending])
    assert finding.rule.id == "sharing.pending_application"
    assert finding.severity is Severity.advisory
    (against,) = finding.against
    assert (against.type, against.id, against.owner_id) == (
        "application",
        pending.id,
        "organisation-b",
    )


def test_who_handed_in_first_is_told_first() -> None:
    late, early, draft = (
        an_application(state=ApplicationState.joint_review, submitted_at=at)
        for at in (NOW + timedelta(hours=1), NOW, None)
    )
    findings = found(a_question(), applications=[late, draft, early])
    assert [f.against[0].id for f in findings] == [early.id, late.id, draft.id]
    assert "(submitted 2026-10-01 10:00)" in findings[0].explanation.en
    assert "（2026-10-01 10:00 提交）" in findings[0].explanation.zh


def test_an_application_does_not_meet_itself() -> None:
    mine = an_application()
    assert found(a_question(application_id=mine.id), applications=[mine]) == []
