"""Roads of the reference network and districts; light, because a map asks for thousands."""

from typing import Self

from service.domain.kinds import RoadClass
from service.domain.road import District, Road
from service.wire.common import Output, Reader, Words
from service.wire.geometry import CanonicalCrs, GeometryOut, geojson


class RoadOut(Output):
    """One directed stretch."""

    id: str
    name: Words | None
    road_class: RoadClass
    geometry: GeometryOut
    crs: CanonicalCrs = "EPSG:4490"
    oneway: bool
    level: int
    bridge: bool
    tunnel: bool
    lanes: int | None
    length_m: float

    @classmethod
    def from_domain(cls, road: Road, reader: Reader) -> Self:
        """The road as the network has it."""
        return cls(
            id=road.id,
            name=Words.from_domain(road.name) if road.name else None,
            road_class=road.road_class,
            geometry=geojson(road.line, reader),
            oneway=road.oneway,
            level=road.level,
            bridge=road.bridge,
            tunnel=road.tunnel,
            lanes=road.lanes,
            length_m=road.length_m,
        )


class DistrictOut(Output):
    """An administrative area; `repaired`: its boundary was mended on import."""

    id: str
    code: str
    name: Words
    geometry: GeometryOut
    crs: CanonicalCrs = "EPSG:4490"
    repaired: bool

    @classmethod
    def from_domain(cls, district: District, reader: Reader) -> Self:
        """The district as it was imported."""
        return cls(
            id=district.id,
            code=district.code,
            name=Words.from_domain(district.name),
            geometry=geojson(district.area, reader),
            repaired=district.repaired,
        )
