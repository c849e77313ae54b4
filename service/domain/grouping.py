"""Findings that say the same thing as one, so that a reviewer never meets a hundred equal rows.

The same meeting in several volumes is one finding, and so is what no party is asked for by itself
(see sharing.GROUPED) under one rule, of one kind and about one owner, for who may see the one may
see the others. What blocks stays one by one. Nothing is dropped: every volume, party, place and
hour is in the group.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import replace

from shapely import union_all

from geo.frame import Frame
from geo.text import Text
from service.domain.common_time import together
from service.domain.explain import Extent, Sentence, said, when
from service.domain.finding_maker import Found, finding_id
from service.domain.findings import Finding
from service.domain.kinds import Severity
from service.domain.sharing import GROUPED


def grouped(findings: Iterable[Found], frame: Frame) -> tuple[Finding, ...]:
    """One finding for each thing that is said, with the measures of the place where it is worst."""
    met = (_in_several_volumes(same, frame) for same in _alike(findings, lambda f: f.id))
    return tuple(_of_several_parties(alike, frame).kept() for alike in _alike(met, _row))


def _alike(findings: Iterable[Found], key: Callable[[Found], Hashable]) -> Iterator[list[Found]]:
    alike: dict[Hashable, list[Found]] = defaultdict(list)
    for finding in findings:
        alike[key(finding)].append(finding)
    return iter(alike.values())


def _row(finding: Found) -> Hashable:
    """What two findings against different parties have in common to be shown as one."""
    advice = finding.severity is Severity.advisory or finding.case in GROUPED
    if finding.severity is Severity.blocking or not advice:
        return finding.id
    owners = frozenset(party.owner_id for party in finding.against)
    return finding.rule.id, finding.verdict, finding.kind, finding.offices, owners


def _in_several_volumes(same: Sequence[Found], frame: Frame) -> Found:
    if len(same) == 1:
        return same[0]
    one = _together(same, frame)
    places = Text(f"；共 {len(same)} 处", f"; in {len(same)} places")
    return _saying(one, lambda extent: _joined(said(one.sentence, extent), places))


def _of_several_parties(alike: Sequence[Found], frame: Frame) -> Found:
    """Says the worst as it is, then how many others there are and when any of them is met."""
    if len(alike) == 1:
        return alike[0]
    nearest_first = sorted(alike, key=lambda finding: finding.horizontal_distance_m or 0.0)
    one, worst = _together(nearest_first, frame), min(alike, key=_nearness)
    more = Text(f"；另有 {len(alike) - 1} 项同类", f"; and {len(alike) - 1} more of this kind")

    def sentence(extent: Extent) -> Text:
        words = _joined(worst.explanation, more)
        if (extent.first, extent.hours) != (worst.first_overlap, worst.overlap_hours):
            for times in when(extent, frame.zone):
                words = _joined(words, Text(f"，合计{times.zh}", f", together {times.en}"))
        return words

    return replace(
        _saying(one, sentence), id=finding_id(one.rule.id, one.verdict, one.against, one.kind)
    )


def _together(findings: Sequence[Found], frame: Frame) -> Found:
    """The worst of the findings, with the volumes, parties, places, metres and hours of all."""
    places = [finding.witness for finding in findings if finding.witness is not None]
    extent = _extent(findings, frame)
    return replace(
        min(findings, key=_nearness),
        against=tuple(dict.fromkeys(party for finding in findings for party in finding.against)),
        volume_indexes=tuple(sorted({n for finding in findings for n in finding.volume_indexes})),
        witness=union_all(places) if places else None,
        length_m=extent.length_m,
        times=tuple(dict.fromkeys(when for finding in findings for when in finding.times)),
        first_overlap=extent.first,
        overlap_hours=extent.hours,
    )


def _extent(findings: Sequence[Found], frame: Frame) -> Extent:
    """Metres add up, hours count once; what is not known of one is not known of all."""
    length_m = sum(finding.length_m for finding in findings)
    times = {finding.times for finding in findings}
    if len(times) == 1 and () not in times:
        return replace(findings[0].extent, length_m=length_m)
    if () not in times:
        spell = together({when for of_one in times for when in of_one}, frame.calendar)
        if spell is not None:
            return Extent(length_m, spell.first, spell.hours)
    firsts = [finding.first_overlap for finding in findings if finding.first_overlap]
    return Extent(length_m, min(firsts, key=lambda first: first.start, default=None))


def _saying(finding: Found, sentence: Sentence) -> Found:
    return replace(finding, sentence=sentence, explanation=sentence(finding.extent))


def _joined(words: Text, more: Text) -> Text:
    return Text(words.zh + more.zh, words.en + more.en)


def _nearness(finding: Found) -> tuple[float, float, float, float, float]:
    """Nearest first, in place and in height; then what is longest, then what shares most hours."""
    return (
        finding.horizontal_distance_m or 0.0,
        finding.vertical_gap_m or 0.0,
        -(finding.shared_length_m or 0.0),
        -finding.length_m,
        -(finding.overlap_hours or 0.0),
    )
