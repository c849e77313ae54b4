"""The column types that SQLAlchemy lacks: a geometry, and a long row number, on either database.

Times use SQLModel's own UTCDateTime: it refuses naive values, reads back aware UTC, and is ordered
by time on both databases.
"""

from typing import Any

import shapely
from geoalchemy2 import Geometry, WKBElement
from shapely.geometry.base import BaseGeometry
from sqlalchemy import BigInteger, Dialect, Integer, LargeBinary
from sqlalchemy.types import TypeDecorator, TypeEngine

SRID = 4490
"""CGCS2000 in degrees, the canonical datum (decision 6)."""


class GeometryColumn(TypeDecorator[BaseGeometry]):
    """A canonical lon/lat geometry: PostGIS `geometry` on PostgreSQL, WKB on SQLite.

    GeoAlchemy2 asks the decorated type for `impl` and for its implementation without a dialect.
    """

    impl = Geometry
    cache_ok = True

    def __init__(self) -> None:
        """Without an index of its own: the volume table has one over place and time."""
        super().__init__("GEOMETRY", srid=SRID, spatial_index=False)

    def __repr__(self) -> str:
        return "GeometryColumn()"

    def load_dialect_impl(self, dialect: Dialect | None) -> TypeEngine[Any]:
        """Geometry on PostgreSQL, bytes on SQLite."""
        if dialect is None or dialect.name == "postgresql":
            return self.impl_instance
        return dialect.type_descriptor(LargeBinary())

    def process_bind_param(self, value: BaseGeometry | None, dialect: Dialect) -> Any:
        """WKB, as hexadecimal EWKB where PostGIS reads it."""
        if value is None:
            return None
        if dialect.name == "postgresql":
            return shapely.to_wkb(shapely.set_srid(value, SRID), hex=True, include_srid=True)
        return shapely.to_wkb(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> BaseGeometry | None:
        """The geometry of the bytes stored."""
        if value is None:
            return None
        data = value.data if isinstance(value, WKBElement) else value
        return shapely.set_srid(shapely.from_wkb(bytes(data)), 0)


class BigNumber(TypeDecorator[int]):
    """A 64-bit integer that can also be a row number that SQLite gives by itself."""

    impl = BigInteger
    cache_ok = True

    def __repr__(self) -> str:
        return "BigNumber()"

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """INTEGER on SQLite, where it alone has 64 bits and counts up."""
        return dialect.type_descriptor(Integer() if dialect.name == "sqlite" else BigInteger())
