"""What the questions about routes are asked with: lines and nothing else, and a tolerance."""

from math import isfinite

import shapely
from shapely import LineString
from shapely.geometry.base import BaseGeometry

from geo.errors import GeometryRefused
from geo.text import Text


def lines_of(route: BaseGeometry) -> list[LineString]:
    """The parts of a line or of several; GeometryRefused ("not_a_line") for anything else.

    >>> [part.length for part in lines_of(shapely.from_wkt("MULTILINESTRING ((0 0, 1 0))"))]
    [1.0]
    """
    parts: list[LineString] = shapely.get_parts(route).tolist()
    if not parts or not all(isinstance(part, LineString) for part in parts):
        kind = route.geom_type
        words = Text(f"路线须为线，而不是 {kind}", f"a route is a line, not a {kind}")
        raise GeometryRefused("not_a_line", words)
    return parts


def refuse_bad_tolerance(tolerance_m: float, *, zero: bool = True) -> None:
    """Raise ValueError unless it is a finite distance; `zero`: none at all is one, too."""
    if not (isfinite(tolerance_m) and (tolerance_m > 0 or (zero and tolerance_m == 0))):
        least = "0 m or more" if zero else "above 0 m"
        raise ValueError(f"a tolerance is {least}, not {tolerance_m}")
