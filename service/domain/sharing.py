"""Who meets whom, under which rule, and what is compared: the one table (decisions 7 to 9).

Severity, offices and separation of a case are its rule's, in the pack. Members of one chain never
meet; ground and air meet only through restrictions, expressways and railways. The sides of a check
read here how two things are compared, and do it.
"""

from collections.abc import Mapping, Sequence
from enum import Enum, auto

from geo.text import Text
from service.domain.kinds import Use
from service.domain.rulebook_sharing import SharingCase


class Other(Enum):
    """What a test may meet on its place that somebody else was given or asks for."""

    of_its_chain = auto()
    of_its_operator = auto()
    of_another = auto()
    pending = auto()


_CASES: Mapping[tuple[Other, bool], SharingCase | None] = {
    (Other.of_its_chain, True): None,
    (Other.of_its_chain, False): None,
    (Other.of_its_operator, True): SharingCase.same_operator,
    (Other.of_its_operator, False): SharingCase.same_operator,
    (Other.of_another, True): SharingCase.permit_exclusive,
    (Other.of_another, False): None,
    (Other.pending, True): SharingCase.pending_application,
    (Other.pending, False): SharingCase.pending_application,
}


def case_of(other: Other, mine: Use, theirs: Use) -> SharingCase | None:
    """The case under which two uses of one place meet; None where that is normal.

    Shared beside shared is normal: how many there may be is permit_capacity's affair.
    """
    return _CASES[other, Use.exclusive in (mine, theirs)]


class Form(Enum):
    """What a use of a place is, as far as that decides how it is compared."""

    line = auto()
    """A line that lies wholly on known stretches of road."""
    road_area = auto()
    """An area used as road, with all the known stretches in it (ADR 18)."""
    shape = auto()
    """Anything else: other areas, the air, lines that lie on no known road."""


class By(Enum):
    """One way in which the places of two uses are compared."""

    stretches = auto()
    """Length of road in common, by direction and level; a crossing or a touched end is nothing."""
    shapes = auto()
    """Place, height and level as they are drawn."""
    areas = auto()
    """As they are drawn, where roads of different levels leave the level of the rest unknown."""
    strays = auto()
    """As they are drawn, and no more than a doubt: only where they have no stretch in common."""


_PLACES: Mapping[frozenset[Form], Sequence[By]] = {
    frozenset({Form.line}): [By.stretches],
    # the network need not know all that lies in an area, and a road is wider than its middle
    frozenset({Form.line, Form.road_area}): [By.stretches, By.strays],
    frozenset({Form.road_area}): [By.stretches, By.areas],
    frozenset({Form.shape}): [By.shapes],
    frozenset({Form.shape, Form.line}): [By.shapes],
    frozenset({Form.shape, Form.road_area}): [By.shapes],
}


def compared_by(mine: Form, theirs: Form) -> Sequence[By]:
    """How two places are compared, in turn; the gravest answer holds, the first of equal ones."""
    return _PLACES[frozenset({mine, theirs})]


class Compared(Enum):
    """What is compared, and so when two uses meet at all."""

    place = Text(
        "同向路段（地面线路）或体积（区域、空域），同时",
        "stretches in one direction (lines on the ground) or volumes (areas, air), at one time",
    )
    numbers = Text(
        "同一路段或区域内同时车辆数之和", "vehicles at once on one piece of road or zone"
    )
    paths = Text("两条航迹在同一时刻的位置与高度", "where two paths are at one time, and how high")
    volume = Text("平面、高度（或道路层位）与时段", "place, height (or level of road) and time")
    cover = Text("是否完全处于已开放范围之内", "whether all of it lies in what was opened")
    network = Text("线位与路网的匹配", "how the line lies on the road network")

    @property
    def title(self) -> Text:
        """In words."""
        return self.value


COMPARED: Mapping[SharingCase, Compared] = {
    SharingCase.permit_exclusive: Compared.place,
    SharingCase.same_operator: Compared.place,
    SharingCase.pending_application: Compared.place,
    SharingCase.permit_capacity: Compared.numbers,
    SharingCase.activity_separation: Compared.paths,
    SharingCase.restriction_prohibited: Compared.volume,
    SharingCase.restriction_requires_authorization: Compared.volume,
    SharingCase.restriction_conditional: Compared.volume,
    SharingCase.restriction_information: Compared.volume,
    SharingCase.air_over_expressway: Compared.volume,
    SharingCase.air_controlled_height: Compared.volume,
    SharingCase.zone_coverage: Compared.cover,
    SharingCase.zone_phase: Compared.cover,
    SharingCase.zone_hours: Compared.cover,
    SharingCase.zone_altitude: Compared.cover,
    SharingCase.level_unknown: Compared.network,
    SharingCase.unmatched: Compared.network,
    SharingCase.wrong_way: Compared.network,
}

GROUPED = frozenset({SharingCase.restriction_conditional, SharingCase.restriction_information})
"""Cases that no party is asked for by itself, so that many of a kind are one finding (ADR 17)."""
