"""May this test happen here, this high, at this time? Every finding of every side (Art. 24-25).

Pure: candidates come in as a superset, geo judges each pair, the rule pack says how grave the
answer is. Nothing is looked up or stored here.
"""

from geo.separation import Separation
from service.domain.check_airspace import over_expressways, too_high
from service.domain.check_capacity import crowding
from service.domain.check_permits import meetings
from service.domain.check_restrictions import restricted
from service.domain.check_zones import covered
from service.domain.findings import ordered
from service.domain.grouping import grouped
from service.domain.question import Answer, Law, Question, Surroundings
from service.domain.rulepack import RulePack, SharingCase


def check(question: Question, around: Surroundings, law: Law) -> Answer:
    """The answer to `question`: every finding, grouped, in its one order; the coverage by zones."""
    coverage, outside = covered(question, around.zones, law)
    findings = (
        *outside,
        *restricted(question, around.restrictions, law),
        *meetings(question, around, law),
        *crowding(question, around, law),
        *over_expressways(question, around.roads, law),
        *too_high(question, law),
    )
    return Answer(ordered(grouped(findings)), coverage)


def reach(pack: RulePack) -> Separation:
    """The farthest that any rule of the pack looks: how far candidates must be searched."""
    distances = [pack.sharing(case).separation for case in SharingCase]
    return Separation(
        max(d.horizontal_m for d in distances),
        max(d.vertical_m for d in distances),
        max(d.time for d in distances),
    )
