"""What geo refuses, and where in the input it was.

GeoError
├── GeometryRefused    a shape: names ring, vertex and coordinate
├── CrsRefused         a coordinate reference system
├── AltitudeRefused    an altitude band
├── ScheduleRefused    a schedule
├── TrajectoryRefused  a path with times: names the fix
└── RouteRefused       places that no route leads through

A GeoError is about what people send in, and says so in their language. A plain ValueError is about
what a programmer asks for: a negative radius, a moment that a path does not have.
"""

from geo.text import Text


class GeoError(ValueError):
    """Input that geo refuses: a stable code, a sentence for people and the place in the input.

    `pointer` is a JSON Pointer relative to the value that was read, such as "/coordinates/0/3" in
    a geometry or "/weekly/0/to" in a schedule; empty for the value itself.
    """

    def __init__(self, code: str, message: Text, pointer: str = "") -> None:
        super().__init__(message.en)
        self.code = code
        self.message = message
        self.pointer = pointer


class GeometryRefused(GeoError):
    """A geometry that cannot be used.

    `ring` counts the rings of one polygon, the shell first; `vertex` is the index in that ring or
    line as submitted; `coordinate` is in the reference system as submitted.
    """

    def __init__(
        self,
        code: str,
        message: Text,
        pointer: str = "",
        *,
        ring: int | None = None,
        vertex: int | None = None,
        coordinate: tuple[float, float] | None = None,
    ) -> None:
        super().__init__(code, message, pointer)
        self.ring = ring
        self.vertex = vertex
        self.coordinate = coordinate


class CrsRefused(GeoError):
    """A reference system that is unknown, or that no known way leads from."""


class AltitudeRefused(GeoError):
    """An altitude band that no height lies in."""


class ScheduleRefused(GeoError):
    """A schedule that no time lies in, or that can be read in two ways."""


class TrajectoryRefused(GeoError):
    """A path with times that leads nowhere, or through times that cannot be."""


class RouteRefused(GeoError):
    """Places that no route leads through; the pointer names the place, counted from 0."""
