"""Two flights are a danger to each other where they are at one time, and nowhere else."""

import re

from geo.altitude import Reference
from geo.conflict import Verdict
from geo.text import Text
from geo.trajectory import Trajectory
from service.domain.check_activities import Flight, too_close
from service.domain.findings import Finding
from tests.builders import LAT, LON, NOW
from tests.domain.questions import LAW, with_rule

START = NOW.timestamp()
WEST, EAST = (LON, LAT), (LON + 0.02, LAT)


def a_flight(
    name: str = "other",
    *places: tuple[float, float],
    height_m: float = 80,
    begins_s: float = 0,
    reference: Reference = Reference.AGL,
) -> Flight:
    """Half an hour from place to place, at one height."""
    places = places or (WEST, EAST)
    times = [START + begins_s + 1_800 * n / (len(places) - 1) for n in range(len(places))]
    path = Trajectory(list(places), times, [height_m] * len(places), reference)
    return Flight(name, "organisation-b", Text(name, name), path)


def found(*others: Flight, law=LAW) -> list[Finding]:
    return list(too_close(a_flight("mine"), others, law))


def test_two_that_meet_head_on_are_too_close() -> None:
    (finding,) = found(a_flight("other", EAST, WEST))
    assert finding.rule.id == "sharing.activity_separation"
    assert finding.verdict is Verdict.conflict
    assert finding.stops_submit
    assert [(a.type, a.id, a.owner_id) for a in finding.against] == [
        ("activity", "other", "organisation-b")
    ]
    assert finding.first_overlap is not None
    assert finding.first_overlap.start.timestamp() < START + 900
    assert finding.witness is not None


def test_two_on_one_route_an_hour_apart_do_not_meet() -> None:
    assert found(a_flight(begins_s=3_600)) == []


def test_two_that_follow_each_other_at_a_distance_do_not_meet() -> None:
    assert found(a_flight(begins_s=120)) == []


def test_the_minima_are_the_packs() -> None:
    level = {"height_m": 580, "reference": Reference.AMSL}
    mine = a_flight("mine", **level)
    beside = a_flight("beside", (WEST[0], LAT + 0.0006), (EAST[0], LAT + 0.0006), **level)
    above = a_flight("above", **{**level, "height_m": 600})
    assert too_close(mine, [beside, above], LAW) == ()
    wider = with_rule("sep.uas_uas", horizontal_m=100.0, vertical_m=30.0)
    told = {f.against[0].id: f.explanation.en for f in too_close(mine, [beside, above], wider)}
    assert "66.5 m apart, 100.0 m required; vertical gap 0.0 m, a gap of 30.0 m" in told["beside"]
    assert "0.0 m apart, 100.0 m required; vertical gap 20.0 m, a gap of 30.0 m" in told["above"]


def test_how_short_a_meeting_is_can_be_read() -> None:
    across = a_flight("other", (LON + 0.01, LAT - 0.01), (LON + 0.01, LAT + 0.01))
    (finding,) = found(across)
    assert finding.overlap_hours is not None
    assert 0 < finding.overlap_hours < 0.05
    assert re.search(r"\d+ (s|min) in all", finding.explanation.en)


def test_heights_that_cannot_be_compared_are_left_open() -> None:
    (finding,) = found(a_flight(height_m=590, reference=Reference.AMSL))
    assert finding.verdict is Verdict.indeterminate


def test_every_flight_that_comes_too_close_is_told_and_never_oneself() -> None:
    crossing = a_flight("crossing", (LON + 0.01, LAT - 0.01), (LON + 0.01, LAT + 0.01))
    findings = found(a_flight("head on", EAST, WEST), crossing, a_flight("mine"))
    assert {finding.against[0].id for finding in findings} == {"head on", "crossing"}
