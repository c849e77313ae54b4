"""From where a test is watched over: which modes each domain has, and which of them is nearer."""

from collections.abc import Iterator, Mapping, Sequence

from geo.text import Text
from service.domain.errors import Problem
from service.domain.kinds import Domain, SupervisionMode

_NEAREST_FIRST: Mapping[Domain, Sequence[SupervisionMode]] = {
    Domain.ground: (
        SupervisionMode.driver_seat,
        SupervisionMode.passenger_seat,
        SupervisionMode.rear_seat,
        SupervisionMode.remote,
    ),
    Domain.air: (SupervisionMode.vlos, SupervisionMode.bvlos),
}


def remoteness(mode: SupervisionMode, domain: Domain) -> int:
    """How far the watching person is from the controls; of the other domain's modes, furthest."""
    modes = _NEAREST_FIRST[domain]
    return modes.index(mode) if mode in modes else len(modes)


def misplaced(pointer: str, mode: SupervisionMode, domain: Domain) -> Iterator[Problem]:
    """A problem when no test of that domain is watched over so."""
    if mode not in _NEAREST_FIRST[domain]:
        words = Text(
            f"{domain.title.zh}测试没有{mode.title.zh}这种监管方式",
            f"A test of the domain {domain} is not watched over by {mode}",
        )
        yield Problem(pointer, "supervision_of_other_domain", words)
