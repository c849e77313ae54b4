"""Lists: how many, from where on, and what to keep; each resource adds the filters it knows."""

from math import isfinite
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from service.usecases.ports import Query
from service.wire.common import Instant, refusal

Box = tuple[float, float, float, float]


def _box(value: object) -> object:
    """West, south, east, north, written with commas; the framework hands over a list of texts."""
    written = ",".join(value) if isinstance(value, list) else str(value)
    try:
        west, south, east, north = (float(part) for part in written.split(","))
    except ValueError:
        raise _not_a_box() from None
    box = (west, south, east, north)
    if not all(isfinite(number) for number in box) or west > east or south > north:
        raise _not_a_box()
    return box


def _not_a_box() -> Exception:
    return refusal("not_a_box", "须为 西,南,东,北", "Write west,south,east,north in degrees")


Bbox = Annotated[
    Box | None,
    BeforeValidator(_box, json_schema_input_type=str),
    Field(examples=["104,30.5,104.2,30.8"]),
]


class Listing(BaseModel):
    """What every list takes."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    columns: ClassVar[dict[str, str]] = {"operator_id": "organisation_id"}
    no_filters: ClassVar[frozenset[str]] = frozenset()

    limit: Annotated[int, Field(ge=1, le=1000)] = 100
    cursor: Annotated[str | None, Field(max_length=200, pattern=r"^[A-Za-z0-9_.=-]+$")] = None
    updated_since: Instant | None = None

    def to_query(self) -> Query:
        """The query of this list."""
        own = type(self).model_fields.keys() - Query.__dataclass_fields__.keys() - self.no_filters
        among = {
            self.columns.get(name, name): frozenset(map(str, _several(getattr(self, name))))
            for name in own
            if getattr(self, name)
        }
        place = {name: getattr(self, name, None) for name in ("bbox", "at")}
        return Query(self.limit, self.cursor, among, updated_since=self.updated_since, **place)


class PlacedListing(Listing):
    """A list of things that lie somewhere, sometime."""

    bbox: Bbox = None
    at: Instant | None = None


def _several(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,)
