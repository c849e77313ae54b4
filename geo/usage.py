"""Who runs on the same piece of road, in the same direction: between two uses, and among many.

Roads of different levels are different stretches, and so is the other direction of one stretch: a
crossing is no common piece. Nor is the place where one use ends and the next begins.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from geo.network import StretchUse

# Where a use ends is known no better than this: less than this in common is an end that touches.
_TOUCHING_M = 1.0

Span = tuple[float, float]
Road = tuple[str, bool]


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a directed stretch with the same users all along it, numbered as they came in."""

    stretch_id: str
    forward: bool
    from_m: float
    to_m: float
    users: frozenset[int]


def shared(a: Iterable[StretchUse], b: Iterable[StretchUse]) -> float:
    """Metres of road used by both in the same direction; a crossing or a touched end is 0.

    >>> shared([StretchUse("r1", 0, 80, True)], [StretchUse("r1", 50, 100, True)])
    30.0
    >>> shared([StretchUse("r1", 0, 80, True)], [StretchUse("r1", 80, 100, True)])
    0.0
    >>> shared([StretchUse("r1", 0, 80, True)], [StretchUse("r1", 50, 100, False)])
    0.0
    """
    mine, theirs = _by_road(a), _by_road(b)
    common = (
        min(end, other_end) - max(start, other_start)
        for road in mine.keys() & theirs.keys()
        for start, end in mine[road]
        for other_start, other_end in theirs[road]
    )
    return float(sum(length_m for length_m in common if length_m > _TOUCHING_M))


def pieces(users: Sequence[Iterable[StretchUse]]) -> Iterator[Piece]:
    """Every piece of road with those who use it, stretch by stretch and along each.

    A user is one, however often it passes. Uses are shortened at their ends by half of what is a
    touch, so that the last metre of one is not shared with the next.

    >>> a, b = StretchUse("r1", 0, 80, True), StretchUse("r1", 50, 100, True)
    >>> [(p.from_m, p.to_m, sorted(p.users)) for p in pieces([[a], [b]])]
    [(0.5, 50.5, [0]), (50.5, 79.5, [0, 1]), (79.5, 99.5, [1])]
    """
    steps: dict[Road, list[tuple[float, int, bool]]] = defaultdict(list)
    for number, uses in enumerate(users):
        for road, spans in _by_road(uses).items():
            for start, end in spans:
                margin = min(_TOUCHING_M / 2, (end - start) / 4)
                steps[road] += [(start + margin, number, True), (end - margin, number, False)]
    for (stretch_id, forward), along in steps.items():
        present: frozenset[int] = frozenset()
        since = 0.0
        for at, number, enters in sorted(along):
            if present and at > since:
                yield Piece(stretch_id, forward, since, at, present)
            present = present | {number} if enters else present - {number}
            since = at


def _by_road(uses: Iterable[StretchUse]) -> Mapping[Road, list[Span]]:
    """The uses by stretch and direction, merged where they overlap."""
    found: dict[Road, list[Span]] = defaultdict(list)
    for use in sorted(uses, key=lambda use: use.from_m):
        spans = found[use.stretch_id, use.forward]
        if spans and use.from_m <= spans[-1][1]:
            spans[-1] = spans[-1][0], max(spans[-1][1], use.to_m)
        else:
            spans.append((use.from_m, use.to_m))
    return found
