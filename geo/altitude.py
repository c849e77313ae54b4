"""Heights: bands above ground, sea level or ellipsoid, and what can truly be said between them.

Two bands of one reference are compared as they stand, but heights above the ground of two places
are not of one reference: the ground of one may be the higher. Others are compared through what is
known of the ground: h(ellipsoid) = H(sea level) + N(geoid), H = terrain + height above ground.
Where that leaves a doubt, the answer is a span that says so. A flight level is a pressure surface
and meets no other reference for certain.
"""

from dataclasses import dataclass
from enum import StrEnum
from math import inf, isfinite
from typing import TypeVar

from geo.errors import AltitudeRefused
from geo.text import Text


class Reference(StrEnum):
    """What a height is measured from: ground, sea level, ellipsoid."""

    AGL = "AGL"
    AMSL = "AMSL"
    WGS84 = "WGS84"


class Unit(StrEnum):
    """What a height is measured in: metres, feet, flight levels of 100 ft."""

    m = "m"
    ft = "ft"
    FL = "FL"


HAIR_M = 1e-6
"""More than sums of heights lose: heights that differ by less are one height."""

_METRES = {Unit.m: 1.0, Unit.ft: 0.3048, Unit.FL: 30.48}
_Code = TypeVar("_Code", Reference, Unit)


@dataclass(frozen=True, slots=True)
class AltitudeBand:
    """From lower to upper. An end that is None was not stated: nothing bounds the band there.

    The unit and the reference may be given by their codes.

    >>> AltitudeBand(0, 120, "m", "AGL").reference is Reference.AGL
    True
    """

    lower: float | None
    upper: float | None
    unit: Unit
    reference: Reference

    def __post_init__(self) -> None:
        object.__setattr__(self, "unit", coded(Unit, self.unit, "/unit"))
        object.__setattr__(self, "reference", coded(Reference, self.reference, "/reference"))
        for name, end in (("lower", self.lower), ("upper", self.upper)):
            if end is not None and not isfinite(end):
                raise AltitudeRefused("altitude_not_finite", _not_finite(end), f"/{name}")
        if self.lower is not None and self.upper is not None and self.lower >= self.upper:
            raise AltitudeRefused("altitude_empty", _empty(self.lower, self.upper), "/upper")

    @property
    def span(self) -> "Span":
        """The band in metres of its own reference; infinite where no end is stated."""
        metres = _METRES[self.unit]
        return Span(
            -inf if self.lower is None else self.lower * metres,
            inf if self.upper is None else self.upper * metres,
        )


@dataclass(frozen=True, slots=True)
class Span:
    """The range in which a number of metres lies; the ends may be infinite."""

    min: float
    max: float

    def __post_init__(self) -> None:
        if not self.min <= self.max:
            raise ValueError(f"no span from {self.min} to {self.max}")

    def __add__(self, other: "Span") -> "Span":
        return Span(self.min + other.min, self.max + other.max)

    def __neg__(self) -> "Span":
        return Span(-self.max, -self.min)

    def holds(self, other: "Span") -> bool:
        """True when the other lies in it, ends included."""
        return self.min <= other.min and other.max <= self.max


EVERYWHERE = Span(-inf, inf)
_ZERO = Span(0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Ground:
    """What is known of the ground under a place; by default nothing.

    Terrain is in metres above sea level, the geoid in metres above the ellipsoid (N, about -43 in
    Chengdu: a height above the ellipsoid is 43 m less than the same height above sea level).
    """

    terrain_min_m: float = -inf
    terrain_max_m: float = inf
    geoid_min_m: float = -inf
    geoid_max_m: float = inf

    def __post_init__(self) -> None:
        terrain_known = self.terrain_min_m <= self.terrain_max_m
        if not (terrain_known and self.geoid_min_m <= self.geoid_max_m):
            raise ValueError(f"what is known of the ground are spans from min to max: {self}")

    @property
    def terrain(self) -> Span:
        """Height of the terrain above sea level."""
        return Span(self.terrain_min_m, self.terrain_max_m)

    @property
    def geoid(self) -> Span:
        """Height of sea level above the ellipsoid."""
        return Span(self.geoid_min_m, self.geoid_max_m)

    def above_ellipsoid(self, reference: Reference) -> Span:
        """How high the zero of a reference lies above the ellipsoid."""
        match reference:
            case Reference.WGS84:
                return _ZERO
            case Reference.AMSL:
                return self.geoid
            case Reference.AGL:
                return self.geoid + self.terrain

    def step(self, start: Reference, end: Reference, there: "Ground | None" = None) -> Span:
        """What to add to a height above one reference here to have it above another there.

        `there` is the ground of another place; by default both heights are of one place.
        """
        if start is end:
            if start is not Reference.AGL or there is None:
                return _ZERO
            return self.terrain + -there.terrain
        there = there or self
        if start is not Reference.WGS84 and end is not Reference.WGS84:
            # the geoid is the same under both and does not widen the span
            return self.terrain if start is Reference.AGL else -there.terrain
        if end is Reference.WGS84:
            return self.above_ellipsoid(start)
        return -there.above_ellipsoid(end)


def wgs84_envelope(band: AltitudeBand | None, ground: Ground) -> Span:
    """The heights above the ellipsoid that the band may reach; infinite where nothing is known.

    >>> chengdu = Ground(450, 550, -44, -42)
    >>> wgs84_envelope(AltitudeBand(60, 120, Unit.m, Reference.AGL), chengdu)
    Span(min=466.0, max=628.0)
    >>> wgs84_envelope(AltitudeBand(60, None, Unit.m, Reference.WGS84), chengdu)
    Span(min=60.0, max=inf)
    """
    if band is None or band.unit is Unit.FL:
        return EVERYWHERE
    return band.span + ground.above_ellipsoid(band.reference)


def vertical_gap(
    a: AltitudeBand | None, b: AltitudeBand | None, ground: Ground, there: Ground | None = None
) -> Span:
    """The range of the true vertical distance; negative is the depth of the overlap, 0 is touching.

    Both are over one place of the ground, or b over one of the ground `there`; the same for (b, a).

    >>> low = AltitudeBand(0, 120, Unit.m, Reference.AGL)
    >>> high = AltitudeBand(600, 900, Unit.m, Reference.AMSL)
    >>> vertical_gap(low, high, Ground(terrain_min_m=450, terrain_max_m=550))
    Span(min=-70.0, max=30.0)
    >>> vertical_gap(low, None, Ground())
    Span(min=-inf, max=-inf)
    >>> higher = AltitudeBand(150, 200, Unit.m, Reference.AGL)
    >>> vertical_gap(low, higher, Ground(450, 550))
    Span(min=30.0, max=30.0)
    >>> vertical_gap(low, higher, Ground(450, 550), Ground(450, 550))
    Span(min=-70.0, max=130.0)
    """
    found = gap_between(_span(a), _span(b), _shift(a, b, ground, there))
    # a level is no number of metres: either they meet whatever it is, or nothing is known
    return EVERYWHERE if _one_is_a_level(a, b) and found.max > -inf else found


def gap_between(mine: Span, theirs: Span, shift: Span) -> Span:
    """The range of the distance of two spans, the first of them raised by something in the shift.

    Negative is the depth of the overlap. An end that is not there is apart from nothing.
    """

    def gap(by: float) -> float:
        return max(_above(theirs.min, mine.max, -by), _above(mine.min, theirs.max, by))

    # convex in the shift: largest at an end, least at an end or where both sides of it are equal
    deepest = ((theirs.min + theirs.max) - (mine.min + mine.max)) / 2
    ends = [gap(shift.min), gap(shift.max)]
    inside = [gap(deepest)] if shift.min < deepest < shift.max else []
    return Span(min(ends + inside), max(ends))


def is_kept(gap: Span, vertical_m: float) -> bool | None:
    """True when the gap is surely that wide, False when it surely is not, None otherwise.

    >>> is_kept(Span(15 - 1e-9, 20), 15), is_kept(Span(-60, 14), 15), is_kept(Span(-60, 20), 15)
    (True, False, None)
    """
    least_m = vertical_m - HAIR_M
    return True if gap.min >= least_m else None if gap.max >= least_m else False


def covers(outer: AltitudeBand | None, inner: AltitudeBand | None, ground: Ground) -> bool | None:
    """True when the outer band surely holds the inner one, False when surely not, None otherwise.

    No band at all is every height. An end that the inner band does not state reaches beyond any
    stated one; an end that the outer band does not state opens nothing for certain.

    >>> zone = AltitudeBand(0, 120, Unit.m, Reference.AGL)
    >>> covers(zone, AltitudeBand(60, 400, Unit.ft, Reference.AGL), Ground())
    False
    >>> covers(zone, AltitudeBand(20, 120, Unit.m, Reference.AGL), Ground())
    True
    >>> covers(zone, AltitudeBand(20, 120, Unit.m, Reference.WGS84), Ground()) is None
    True
    """
    if outer is None:
        return True
    shift = _shift(inner, outer, ground)
    held, holds = _span(inner), outer.span
    below = None if outer.lower is None else _at_most(holds.min, held.min, shift)
    above = None if outer.upper is None else _at_most(-holds.max, -held.max, -shift)
    if below is False or above is False:
        return False
    return True if below and above else None


def _span(band: AltitudeBand | None) -> Span:
    return EVERYWHERE if band is None else band.span


def _one_is_a_level(a: AltitudeBand | None, b: AltitudeBand | None) -> bool:
    return a is not None and b is not None and (a.unit is Unit.FL) is not (b.unit is Unit.FL)


def _shift(
    a: AltitudeBand | None, b: AltitudeBand | None, ground: Ground, there: Ground | None = None
) -> Span:
    """What to add to the numbers of one band to compare them with those of the other."""
    if a is None or b is None or a.unit is b.unit is Unit.FL:
        return _ZERO
    if _one_is_a_level(a, b):
        return EVERYWHERE
    return ground.step(a.reference, b.reference, there)


def _above(lower: float, upper: float, by: float) -> float:
    """How far a lower end, raised, lies above an upper one; an end that is not there never does."""
    return -inf if lower == -inf or upper == inf else lower + by - upper


def _at_most(limit: float, end: float, shift: Span) -> bool | None:
    """Whether the end, shifted by something in the span, keeps to the limit from above."""
    if end == -inf or limit > end + shift.max + HAIR_M:
        return False
    return True if limit <= end + shift.min + HAIR_M else None


def coded(kind: type[_Code], value: str, pointer: str) -> _Code:
    """The code of that name; AltitudeRefused names those there are."""
    try:
        return kind(value)
    except ValueError:
        raise AltitudeRefused("altitude_code_unknown", _unknown(kind, value), pointer) from None


def _unknown(kind: type[_Code], value: object) -> Text:
    allowed = "、".join(kind), ", ".join(kind)
    return Text(
        f"未知的代码 {str(value)[:40]!r}，可用：{allowed[0]}",
        f"unknown code {str(value)[:40]!r}: it is one of {allowed[1]}",
    )


def _not_finite(end: float) -> Text:
    return Text(f"高度不是有限数值：{end}", f"a height that is not a finite number: {end}")


def _empty(lower: float, upper: float) -> Text:
    return Text(
        f"高度下限 {lower:g} 不低于上限 {upper:g}",
        f"the lower end {lower:g} is not below the upper end {upper:g}",
    )
