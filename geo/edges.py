"""The single edges of lines and outlines, as positions and as shapes."""

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.crs import Positions

Geometries = NDArray[np.object_]

_HAIR_M = 1e-6


def edges(core: BaseGeometry) -> Positions:
    """The edges of a core, shape (n, 2, 2); a point is an edge without length.

    >>> edges(shapely.LineString([(0, 0), (3, 0), (3, 4)])).tolist()
    [[[0.0, 0.0], [3.0, 0.0]], [[3.0, 0.0], [3.0, 4.0]]]
    """
    if shapely.get_dimensions(core) == 0:
        return np.repeat(shapely.get_coordinates(core)[:, None], 2, axis=1)
    lines = shapely.get_parts(core.boundary if shapely.get_dimensions(core) == 2 else core)
    positions, owner = shapely.get_coordinates(lines, return_index=True)
    joined = owner[1:] == owner[:-1]
    return np.stack((positions[:-1][joined], positions[1:][joined]), axis=1)


def lines(ends: Positions) -> Geometries:
    """The planar lines from start to end of edges, and points where one stands still.

    A line without length is near to nothing by a tree's "dwithin".
    """
    drawn, points = shapely.linestrings(ends), shapely.points(ends[:, 0])
    return np.where(shapely.length(drawn) > _HAIR_M, np.asarray(drawn), np.asarray(points))
