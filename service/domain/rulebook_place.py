"""The jurisdiction itself as rules: where it lies, how it measures, by which calendar."""

from collections.abc import Mapping
from dataclasses import dataclass

from geo.almanac import Calendar
from geo.altitude import Ground, Span
from geo.crs import Extent, Plane
from geo.frame import Frame
from geo.geoid import GeoidTable
from geo.ground import Geoid, Region, Regions, Terrain
from geo.text import Text
from service.domain.kinds import RoadClass
from service.domain.rulebook_rule import RuleRow


@dataclass(frozen=True, kw_only=True)
class ExtentRow(RuleRow):
    """The box in degrees outside which geometry is refused; wider than the administrative area."""

    west: float
    south: float
    east: float
    north: float

    def __post_init__(self) -> None:
        """Refuse what is no box."""
        _ = self.extent

    @property
    def extent(self) -> Extent:
        """The box as the geometry engine takes it."""
        return Extent(self.west, self.south, self.east, self.north)


@dataclass(frozen=True, kw_only=True)
class PlaneRow(RuleRow):
    """The working plane: a Lambert cone true along two parallels."""

    lon_0: float
    lat_0: float
    lat_1: float
    lat_2: float

    def __post_init__(self) -> None:
        """Refuse what is no plane."""
        _ = self.plane

    @property
    def plane(self) -> Plane:
        """The plane as the geometry engine takes it."""
        return Plane(self.lon_0, self.lat_0, self.lat_1, self.lat_2)


@dataclass(frozen=True, kw_only=True)
class GroundRow(RuleRow):
    """The lowest and highest ground in the extent, and the least and greatest geoid height.

    Everything else that is known of the ground lies within it: the candidate search rests on it.
    """

    terrain_min_m: float
    terrain_max_m: float
    geoid_min_m: float
    geoid_max_m: float

    def __post_init__(self) -> None:
        """Refuse bounds in the wrong order."""
        _ = self.ground

    @property
    def ground(self) -> Ground:
        """The bounds as the geometry engine takes them."""
        return Ground(
            terrain_min_m=self.terrain_min_m,
            terrain_max_m=self.terrain_max_m,
            geoid_min_m=self.geoid_min_m,
            geoid_max_m=self.geoid_max_m,
        )


@dataclass(frozen=True, kw_only=True)
class TerrainRow(RuleRow):
    """The lowest and highest ground in a box of degrees, where no raster of the terrain is known.

    Of several rows that hold a place, the one that says it most narrowly counts.
    """

    west: float
    south: float
    east: float
    north: float
    terrain_min_m: float
    terrain_max_m: float

    def __post_init__(self) -> None:
        """Refuse what is no box, and bounds in the wrong order."""
        _ = self.region

    @property
    def region(self) -> Region:
        """The box and its heights as the geometry engine takes them."""
        extent = Extent(self.west, self.south, self.east, self.north)
        return Region(extent, Span(self.terrain_min_m, self.terrain_max_m))


@dataclass(frozen=True, kw_only=True)
class GeoidRow(RuleRow):
    """A table of geoid heights over the extent: rows from south to north, each west to east.

    `error_m`: how far the sea level that heights are measured from may lie from the model's.
    """

    west: float
    south: float
    step_deg: float
    error_m: float
    undulation_m: tuple[tuple[float, ...], ...]

    def __post_init__(self) -> None:
        """Refuse what is no table."""
        _ = self.table

    @property
    def table(self) -> GeoidTable:
        """The table as the geometry engine takes it."""
        step = self.step_deg
        return GeoidTable(self.west, self.south, step, step, self.undulation_m, self.error_m)


@dataclass(frozen=True, kw_only=True)
class CalendarRow(RuleRow):
    """Whose time of day and whose public holidays hold."""

    zone: str
    holiday_country: str


@dataclass(frozen=True, kw_only=True)
class RoadBand(RuleRow):
    """Metres beside the edge of a road, by its class, within which building is controlled."""

    beside_m: Mapping[RoadClass, float]


@dataclass(frozen=True)
class Jurisdiction:
    """The place that a pack is written for. `zone` is the IANA name of its time zone."""

    code: str
    name: Text
    extent: Extent
    plane: Plane
    ground: Ground
    regions: Regions
    geoid: GeoidTable | None
    zone: str
    holiday_country: str

    def frame(
        self, calendar: Calendar, raster: Terrain | None = None, geoid: Geoid | None = None
    ) -> Frame:
        """What the geometry engine knows of the place; a model at hand goes before the pack's."""
        return Frame(
            plane=self.plane,
            extent=self.extent,
            zone=self.zone,
            ground=self.ground,
            calendar=calendar,
            terrains=(self.regions,) if raster is None else (raster, self.regions),
            geoid=geoid or self.geoid,
        )
