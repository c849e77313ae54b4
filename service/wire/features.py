"""What is known of places, as one GeoJSON FeatureCollection that other programs read.

Imported again it changes nothing.
"""

import json
from collections.abc import Iterable
from typing import Any

from service.domain.restriction import Restriction
from service.domain.road import District, Road
from service.domain.zone import Zone
from service.wire.common import Output, Reader
from service.wire.restrictions import RestrictionOut
from service.wire.roads import DistrictOut, RoadOut
from service.wire.zones import ZoneOut

DECIMALS = 9
"""A tenth of a millimetre."""

_CRS = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4490"}}
_NOT_PROPERTIES = frozenset({"id", "geometry", "crs", "declared", "allowed_actions"})


def feature_collection(things: Iterable[Road | District | Zone | Restriction], to: Reader) -> str:
    """The collection of the things, each with all that the reader is shown of it."""
    features = [_feature(thing, to) for thing in things]
    whole = {"type": "FeatureCollection", "crs": _CRS, "features": features}
    return json.dumps(whole, ensure_ascii=False)


def _feature(thing: Road | District | Zone | Restriction, reader: Reader) -> dict[str, Any]:
    match thing:
        case Road():
            return _shown(RoadOut.from_domain(thing, reader))
        case District():
            return _shown(DistrictOut.from_domain(thing, reader))
        case Restriction():
            return _shown(RestrictionOut.from_domain(thing, reader))
        case Zone():
            return _shown(ZoneOut.from_domain(thing, reader))


def _shown(shown: Output) -> dict[str, Any]:
    item = shown.model_dump(mode="json", by_alias=True)
    return {
        "type": "Feature",
        "id": item["id"],
        "geometry": item["geometry"],
        "properties": {name: item[name] for name in item if name not in _NOT_PROPERTIES},
    }
