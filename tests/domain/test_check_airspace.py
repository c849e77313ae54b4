"""Over expressways and above the controlled height a flight is a matter of coordination."""

import pytest
from shapely import LineString

from geo.altitude import AltitudeBand, Reference, Unit
from geo.conflict import Verdict
from service.domain.check_airspace import over_expressways, too_high
from service.domain.kinds import RoadClass, Role, Severity
from tests.builders import LAT, LON, a_band, a_line, a_road
from tests.domain.questions import LAW, a_flight, a_question, an_air_question, an_area

EXPRESSWAY = RoadClass.expressway
ACROSS = LineString([(LON - 0.01, LAT + 0.005), (LON + 0.02, LAT + 0.005)])


def test_a_flight_over_an_expressway_calls_in_police_and_air_traffic_control() -> None:
    road = a_road(road_class=EXPRESSWAY, line=ACROSS)
    (finding,) = over_expressways(an_air_question(a_flight()), [road], LAW)
    assert finding.severity is Severity.coordination
    assert finding.offices == (Role.police, Role.atc)
    assert finding.rule.article == "19(5)"
    assert [a.id for a in finding.against] == [road.id]


def test_the_airs_edge_beside_an_expressway_counts_within_the_packs_distance() -> None:
    north = LAT + 0.01
    near, within, beyond = (
        a_road(
            road_class=EXPRESSWAY,
            lanes=4,
            line=a_line((LON, north + up), (LON + 0.01, north + up)),
        )
        for up in (0.0002, 0.0004, 0.0006)
    )
    (finding,) = over_expressways(an_air_question(a_flight()), [within, near, beyond], LAW)
    assert [a.id for a in finding.against] == [within.id, near.id]
    half_width_m = 4 * 3.75 / 2
    assert finding.horizontal_distance_m == pytest.approx(22.2 - half_width_m, abs=0.5)
    assert finding.required_horizontal_m == 50
    assert "14.7 m" in finding.explanation.en


@pytest.mark.parametrize(
    ("lanes", "away_m", "found"),
    [(2, 52, 1), (2, 55, 0), (8, 63, 1), (8, 67, 0), (None, 71, 1), (None, 74, 0), (30, 74, 0)],
)
def test_the_distance_is_kept_from_the_edge_of_the_carriageway(
    lanes: int | None, away_m: float, found: int
) -> None:
    north = LAT + 0.01 + away_m / 110_850
    line = a_line((LON, north), (LON + 0.01, north))
    road = a_road(road_class=EXPRESSWAY, lanes=lanes, line=line)
    assert len(list(over_expressways(an_air_question(a_flight()), [road], LAW))) == found


def test_many_stretches_make_one_finding() -> None:
    roads = [a_road(road_class=EXPRESSWAY, line=ACROSS) for _ in range(3)]
    (finding,) = over_expressways(an_air_question(a_flight()), roads, LAW)
    assert len(finding.against) == 3


@pytest.mark.parametrize("road_class", [c for c in RoadClass if c is not EXPRESSWAY])
def test_other_roads_do_not_matter(road_class: RoadClass) -> None:
    road = a_road(road_class=road_class, line=ACROSS)
    assert list(over_expressways(an_air_question(a_flight()), [road], LAW)) == []


def test_a_drive_on_an_expressway_is_not_a_flight_over_it() -> None:
    road = a_road(road_class=EXPRESSWAY, line=ACROSS)
    assert list(over_expressways(a_question(an_area()), [road], LAW)) == []
    assert list(too_high(a_question(an_area()), LAW)) == []


@pytest.mark.parametrize(
    ("altitude", "verdicts"),
    [
        (a_band(60, 120), []),
        (a_band(60, 121), [Verdict.conflict]),
        (a_band(60, None), [Verdict.conflict]),
        (AltitudeBand(500, 560, Unit.m, Reference.AMSL), []),
        (AltitudeBand(500, 600, Unit.m, Reference.AMSL), [Verdict.indeterminate]),
        (AltitudeBand(500, 670, Unit.m, Reference.AMSL), [Verdict.indeterminate]),
        (AltitudeBand(500, 700, Unit.m, Reference.AMSL), [Verdict.conflict]),
        (AltitudeBand(1, 4, Unit.FL, Reference.AMSL), [Verdict.indeterminate]),
    ],
)
def test_air_above_the_controlled_height_is_controlled(
    altitude: AltitudeBand, verdicts: list[Verdict]
) -> None:
    findings = list(too_high(an_air_question(a_flight(altitude=altitude)), LAW))
    assert [finding.verdict for finding in findings] == verdicts
    assert {finding.rule.id for finding in findings} <= {"sharing.air_controlled_height"}
