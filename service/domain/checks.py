"""May this test happen here, this high, at this time? Every finding of every side (Art. 24-25).

Pure: candidates come in as a superset, geo judges each pair, the rule pack says how grave the
answer is. Nothing is looked up or stored here.
"""

from dataclasses import replace

from geo.separation import Separation
from service.domain.check_airspace import over_expressways, too_high
from service.domain.check_capacity import crowding
from service.domain.check_permits import meetings
from service.domain.check_restrictions import restricted
from service.domain.check_zones import covered
from service.domain.findings import ordered
from service.domain.grouping import grouped
from service.domain.question import Answer, Law, Question, Surroundings
from service.domain.road_use import as_of_today
from service.domain.rulepack import LimitKey, RulePack, SharingCase


def check(question: Question, around: Surroundings, law: Law) -> Answer:
    """The answer to `question`: every finding, grouped, in its one order; the coverage by zones."""
    roads = {road.id: road for road in around.roads}
    volumes = tuple(as_of_today(volume, roads) for volume in question.volumes)
    question = replace(question, volumes=volumes)
    coverage, outside = covered(question, around.zones, law, roads)
    findings = (
        *outside,
        *restricted(question, around.restrictions, law, roads),
        *meetings(question, around, law, roads),
        *crowding(question, around, law),
        *over_expressways(question, around.roads, law),
        *too_high(question, law),
    )
    return Answer(ordered(grouped(findings, law.frame)), coverage)


def reach(pack: RulePack) -> Separation:
    """The farthest that any rule of the pack looks: how far candidates must be searched.

    Roads are found by their centre line and kept away from by their edge.
    """
    distances = [pack.sharing(case).separation for case in SharingCase]
    widest_m = pack.number(LimitKey.lane_width_m) * pack.number(LimitKey.most_lanes)
    beside_m = pack.sharing(SharingCase.air_over_expressway).separation.horizontal_m
    return Separation(
        max(beside_m + widest_m / 2, *(d.horizontal_m for d in distances)),
        max(d.vertical_m for d in distances),
        max(d.time for d in distances),
    )
