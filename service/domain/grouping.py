"""Findings that say the same thing as one, so that a reviewer never meets a hundred equal rows.

The same meeting in several volumes is one finding, and so is all advice under one rule about one
owner, for who may see the one may see the others. What blocks, or calls an office in, stays one by
one: each is answered for itself. Nothing is dropped: every volume, party and place is in the group.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from shapely import union_all

from geo.text import Text
from service.domain.finding_maker import finding_id
from service.domain.findings import Finding
from service.domain.kinds import Severity


def grouped(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """One finding for each thing that is said, with the measures of the place where it is worst."""
    same_thing: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        same_thing[finding.id].append(finding)
    advice: dict[tuple[str, str, frozenset[str | None]], list[Finding]] = defaultdict(list)
    kept: list[Finding] = []
    for finding in map(_in_several_volumes, same_thing.values()):
        if finding.severity is Severity.advisory:
            owners = frozenset(party.owner_id for party in finding.against)
            advice[finding.rule.id, finding.verdict, owners].append(finding)
        else:
            kept.append(finding)
    return (*kept, *map(_of_one_rule, advice.values()))


def _in_several_volumes(same: Sequence[Finding]) -> Finding:
    if len(same) == 1:
        return same[0]
    words = Text(f"；共 {len(same)} 处", f"; in {len(same)} places")
    return _together(same, words)


def _of_one_rule(advice: Sequence[Finding]) -> Finding:
    if len(advice) == 1:
        return advice[0]
    more = len(advice) - 1
    words = Text(f"；另有 {more} 项同类", f"; and {more} more of this kind")
    one = _together(advice, words)
    return replace(one, id=finding_id(one.rule.id, one.verdict, one.against))


def _together(findings: Sequence[Finding], words: Text) -> Finding:
    """The worst of the findings, speaking for all: their volumes, their parties, their places."""
    worst = min(findings, key=_nearness)
    said = worst.explanation
    places = [finding.witness for finding in findings if finding.witness is not None]
    return replace(
        worst,
        against=tuple(dict.fromkeys(party for finding in findings for party in finding.against)),
        volume_indexes=tuple(sorted({n for finding in findings for n in finding.volume_indexes})),
        explanation=Text(said.zh + words.zh, said.en + words.en),
        witness=union_all(places) if places else None,
    )


def _nearness(finding: Finding) -> tuple[float, float, float]:
    """Nearest first, then what shares most road, then most hours."""
    return (
        finding.horizontal_distance_m or 0.0,
        -(finding.shared_length_m or 0.0),
        -(finding.overlap_hours or 0.0),
    )
