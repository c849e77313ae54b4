"""What is known of the ground place by place: the terrain above sea level, the sea's own height.

Models say what they know in a box of degrees, or that they do not know. They narrow what is known
of the whole extent and never widen it: so whatever is found apart by the extent's ground, as by the
candidate search with `wgs84_envelope`, is apart by the ground of any place in it, under any model.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from geo.altitude import Ground, Span
from geo.crs import Extent

Bounds = tuple[float, float, float, float]
"""West, south, east, north of a box in canonical degrees, its edges included."""


def common(box: Bounds, other: Bounds) -> Bounds | None:
    """The box that two boxes have in common; None when they have nothing."""
    west, south = max(box[0], other[0]), max(box[1], other[1])
    east, north = min(box[2], other[2]), min(box[3], other[3])
    return (west, south, east, north) if west <= east and south <= north else None


class Terrain(Protocol):
    """A model of the terrain; hashable, of one opinion for ever, asked by several threads."""

    def height_m(self, bounds: Bounds) -> Span | None:
        """The least and the greatest height above sea level that the terrain may have in the box.

        The error of the model is counted in. None when any part of the box is unknown to it.
        """


class Geoid(Protocol):
    """A model of the height of sea level; as Terrain is one of the terrain."""

    def undulation_m(self, bounds: Bounds) -> Span | None:
        """The least and the greatest height of sea level above the ellipsoid; else as Terrain."""


@dataclass(frozen=True, slots=True)
class Region:
    """A part of the jurisdiction and the heights above sea level between which its terrain lies."""

    extent: Extent
    terrain: Span

    def holds(self, bounds: Bounds) -> bool:
        """True when all of the box lies in the region."""
        west, south, east, north = bounds
        return self.extent.contains(west, south) and self.extent.contains(east, north)


@dataclass(frozen=True, slots=True)
class Regions:
    """Terrain as an authority declares it where there is no raster: so much in this part.

    >>> plain = Region(Extent(104.0, 30.6, 104.2, 30.8), Span(450, 550))
    >>> city = Regions((Region(Extent(103, 30, 105, 32), Span(300, 5400)), plain))
    >>> city.height_m((104.05, 30.65, 104.06, 30.66))
    Span(min=450, max=550)
    >>> city.height_m((103.95, 30.65, 104.06, 30.66))
    Span(min=300, max=5400)
    """

    parts: tuple[Region, ...]

    def height_m(self, bounds: Bounds) -> Span | None:
        """What the region of the narrowest span says, of those that hold all of the box."""
        spans = (region.terrain for region in self.parts if region.holds(bounds))
        return min(spans, key=lambda span: span.max - span.min, default=None)


def ground_at(
    bounds: Bounds, whole: Ground, terrains: Iterable[Terrain], geoid: Geoid | None
) -> Ground:
    """The ground in a box, out of that of the whole extent; the first terrain that knows counts.

    What contradicts the extent's ground is not believed: that of the whole holds there.
    """
    known = (span for terrain in terrains if (span := terrain.height_m(bounds)) is not None)
    height = _narrowed(whole.terrain, next(known, None))
    undulation = _narrowed(whole.geoid, geoid.undulation_m(bounds) if geoid else None)
    return Ground(height.min, height.max, undulation.min, undulation.max)


def _narrowed(whole: Span, local: Span | None) -> Span:
    if local is None or local.max < whole.min or whole.max < local.min:
        return whole
    return Span(max(whole.min, local.min), min(whole.max, local.max))
