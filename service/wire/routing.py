"""A way on the road network: the places it is to pass, and the stretches it runs on."""

from typing import Annotated, Self

from pydantic import BeforeValidator, Field

from geo.crs import CANONICAL, is_geographic
from geo.network import StretchUse
from geo.routing import Lonlat, Route
from geo.shapes import POINTS, accept
from service.domain.kinds import Domain
from service.usecases.routing import RouteRequest
from service.wire.common import Input, Line, Output, Reader
from service.wire.geometry import GeometryIn, GeometryOut, geojson
from service.wire.intake import Intake


def _point(value: object) -> object:
    return {"type": "Point", "coordinates": value} if isinstance(value, list) else value


PlaceIn = Annotated[
    GeometryIn, BeforeValidator(_point), Field(description="A Point, or [longitude, latitude]")
]


class RouteIn(Input):
    """From where to where, and through which places in between."""

    start: Annotated[PlaceIn, Field(alias="from")]
    end: Annotated[PlaceIn, Field(alias="to")]
    via: Annotated[tuple[PlaceIn, ...], Field(max_length=100)] = ()
    crs: Line = CANONICAL
    domain: Domain = Domain.ground

    def to_domain(self, intake: Intake) -> RouteRequest:
        """The places; Malformed names everything that cannot be read."""
        if self.domain is not Domain.ground:
            intake.refuse("/domain", "no_network", "空中没有路网", "There is no network in the air")
        pointers = ("/from", *(f"/via/{number}" for number in range(len(self.via))), "/to")
        given = (self.start, *self.via, self.end)
        readable = intake.take("/crs", lambda: is_geographic(self.crs)) is not None
        places = [
            self._place(intake, at, shape)
            for at, shape in zip(pointers, given, strict=True)
            if readable
        ]
        intake.close()
        return RouteRequest(tuple(lonlat for lonlat in places if lonlat), pointers)

    def _place(self, intake: Intake, at: str, shape: GeometryIn) -> Lonlat | None:
        accepted = intake.take(at, lambda: accept(shape, self.crs, intake.frame.extent, POINTS))
        if accepted is None:
            return None
        lon, lat = accepted.geometry.coords[0]
        return lon, lat


class StretchOut(Output):
    """A piece of a road, in metres along it, and whether it is driven as it is drawn."""

    road_id: str
    from_m: float
    to_m: float
    forward: bool

    @classmethod
    def from_domain(cls, use: StretchUse) -> Self:
        """The piece."""
        return cls(road_id=use.stretch_id, from_m=use.from_m, to_m=use.to_m, forward=use.forward)


class RouteOut(Output):
    """The shortest way, ready to be the geometry of a volume."""

    geometry: GeometryOut
    crs: str
    length_m: float
    stretches: list[StretchOut]

    @classmethod
    def from_domain(cls, route: Route, reader: Reader) -> Self:
        """The way with its stretches in order."""
        return cls(
            geometry=geojson(route.line, reader),
            crs=CANONICAL,
            length_m=route.length_m,
            stretches=[StretchOut.from_domain(use) for use in route.uses],
        )
