"""All sides of the question put together, in one order, and how far candidates must be searched."""

from geo.conflict import Verdict
from service.domain.checks import check, reach
from service.domain.kinds import RestrictionEffect, RoadClass, Use, ZoneKind
from service.domain.road import Road
from tests.builders import (
    a_band,
    a_content,
    a_line,
    a_restriction,
    a_road,
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
    of_another,
    use,
    with_rule,
)


def test_every_side_is_asked_and_the_gravest_comes_first() -> None:
    surroundings = around(
        zones=[an_open_zone(max_concurrent_vehicles=1)],
        restrictions=[a_restriction(effect=RestrictionEffect.information)],
        permits=[of_another(an_area(use=Use.exclusive)), of_another()],
        applications=[an_application(content=a_content(volumes=(an_area(),)))],
    )
    answer = check(a_question(), surroundings, LAW)
    assert [finding.rule.id for finding in answer.findings] == [
        "sharing.permit_exclusive",
        "sharing.permit_capacity",
        *sorted(
            ["sharing.pending_application", "sharing.restriction_information"],
            key=lambda rule_id: next(f.id for f in answer.findings if f.rule.id == rule_id),
        ),
    ]
    assert answer.verdict is Verdict.conflict
    assert not answer.may_submit


def test_a_flight_is_asked_about_the_air_as_well() -> None:
    road = a_road(road_class=RoadClass.expressway, line=a_line((104.05, 30.605), (104.08, 30.605)))
    answer = check(an_air_question(a_flight(altitude=a_band(60, 150))), around(roads=[road]), LAW)
    assert {finding.rule.id for finding in answer.findings} == {
        "sharing.zone_coverage",
        "sharing.air_over_expressway",
        "sharing.air_controlled_height",
    }


def test_a_test_that_meets_nothing_is_clear() -> None:
    answer = check(a_question(), around(zones=[an_open_zone()]), LAW)
    assert (answer.verdict, answer.may_submit, answer.findings) == (Verdict.clear, True, ())


def test_a_doubt_may_be_submitted() -> None:
    doubtful = an_open_zone(a_volume().footprint.core, zone_kind=ZoneKind.urban_road)
    question = a_question(an_area(zone_kind=ZoneKind.urban_road, unmatched_m=5.0))
    answer = check(question, around(zones=[doubtful]), LAW)
    assert answer.verdict is Verdict.indeterminate
    assert answer.may_submit


def test_an_uncovered_part_may_not() -> None:
    answer = check(a_question(), around(), LAW)
    assert answer.coverage.uncovered
    assert not answer.may_submit


def test_candidates_are_searched_as_far_as_any_rule_looks() -> None:
    half_of_the_widest_road_m = 12 * 3.75 / 2
    assert reach(LAW.pack).horizontal_m == 50 + half_of_the_widest_road_m
    further = with_rule("sep.uas_expressway", horizontal_m=80.0)
    assert reach(further.pack).horizontal_m == 80 + half_of_the_widest_road_m
    assert reach(LAW.pack).vertical_m == 15


def test_a_road_is_judged_on_the_level_it_has_today() -> None:
    matched = a_drive(use("r1", 0, 959), levels=frozenset({0}))
    above = a_restriction(volume=a_volume(a_line(), 50, levels=frozenset({1})))

    def verdicts(*roads: Road) -> list[Verdict]:
        answer = check(a_question(matched), around(roads=roads, restrictions=[above]), LAW)
        rule_id = "sharing.restriction_prohibited"
        return [finding.verdict for finding in answer.findings if finding.rule.id == rule_id]

    assert verdicts(a_road(id="r1")) == []
    assert verdicts(a_road(id="r1", level=1)) == [Verdict.conflict]
    assert verdicts() == [Verdict.indeterminate], "a road that is not known has no known level"
