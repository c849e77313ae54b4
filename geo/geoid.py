"""The height of sea level above the ellipsoid, out of a table of a model such as EGM96."""

from dataclasses import dataclass
from functools import cached_property
from math import isfinite

import numpy as np
from numpy.typing import NDArray

from geo.altitude import Span
from geo.ground import Bounds

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class GeoidTable:
    """Undulations in metres at the crossings of a grid in degrees, bilinear between them.

    Rows go from south to north, each from west to east; the first crossing lies at (west, south).
    `error_m`: how far the true height of the sea may lie from the model's.

    >>> table = GeoidTable(104.0, 30.5, 0.25, 0.25, ((-43.3, -43.2), (-42.3, -42.7)), error_m=0.5)
    >>> table.undulation_m((104.0, 30.5, 104.0, 30.5))
    Span(min=-43.8, max=-42.8)
    >>> table.undulation_m((104.2, 30.7, 104.3, 30.8)) is None
    True
    """

    west: float
    south: float
    step_lon: float
    step_lat: float
    rows: tuple[tuple[float, ...], ...]
    error_m: float = 0.0

    def __post_init__(self) -> None:
        widths = {len(row) for row in self.rows}
        if len(self.rows) < 2 or len(widths) != 1 or min(widths) < 2:
            raise ValueError("a geoid table has two rows or more, all of one length of 2 or more")
        if not (self.step_lon > 0 and self.step_lat > 0 and self.error_m >= 0):
            raise ValueError("the steps of a geoid table are above 0 and its error is not below")
        numbers = (self.west, self.south, self.step_lon, self.step_lat, self.error_m)
        if not all(map(isfinite, numbers)) or not np.isfinite(self._nodes).all():
            raise ValueError("a geoid table holds finite numbers")

    @cached_property
    def _nodes(self) -> Floats:
        return np.array(self.rows, dtype=np.float64)

    @property
    def span(self) -> Span:
        """The least and the greatest number of the table itself."""
        return Span(float(self._nodes.min()), float(self._nodes.max()))

    def undulation_m(self, bounds: Bounds) -> Span | None:
        """The least and greatest undulation in the box, error counted in; None beyond the table.

        Between grid lines the surface has no extreme of its own: those of a box lie at its corners,
        where its edges cross grid lines, and at crossings of the grid in it.
        """
        west, south, east, north = bounds
        columns = _stops(west - self.west, east - self.west, self.step_lon, len(self.rows[0]))
        rows = _stops(south - self.south, north - self.south, self.step_lat, len(self.rows))
        if columns is None or rows is None:
            return None
        found = _along(_along(self._nodes, rows).T, columns)
        return Span(float(found.min()) - self.error_m, float(found.max()) + self.error_m)


def _stops(start: float, end: float, step: float, nodes: int) -> Floats | None:
    """Both ends, counted in steps, and every grid line between; None when one is off the grid."""
    first, last = start / step, end / step
    if not 0 <= first <= last <= nodes - 1:
        return None
    return np.concatenate(([first], np.arange(np.ceil(first), np.floor(last) + 1), [last]))


def _along(nodes: Floats, stops: Floats) -> Floats:
    """The nodes' first axis interpolated at the stops."""
    before = np.minimum(stops.astype(np.intp), len(nodes) - 2)
    share = (stops - before)[:, None]
    return np.asarray(nodes[before] * (1 - share) + nodes[before + 1] * share)
