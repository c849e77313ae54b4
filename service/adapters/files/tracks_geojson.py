"""Tracks as GeoJSON: lines with a list of times beside, points with a time each, moving points.

Times are members that converters and recorders write (coordTimes, times, …), or the temporal
geometry of OGC Moving Features. The third number of a position is above the ellipsoid, as the
format says.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import BinaryIO

from geo.altitude import Reference
from geo.text import Text
from service.adapters.files.features import stated_crs
from service.adapters.files.tracks_sheet import Sheet, finite, whole
from service.domain.errors import Malformed, Problem
from service.domain.recording import Fix

_TIMES = ("coordTimes", "path_times", "times", "timestamps", "datetimes")
_TIME = ("time", "timestamp", "datetime", "when", "t")
Line = tuple[Sequence[object], Sequence[object] | None]
"""The positions of one line and its times, if it has any."""


def load(stream: BinaryIO) -> Mapping[str, object]:
    """The JSON object that a file holds; Malformed for anything else."""
    try:
        read: object = json.loads(whole(stream).decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        said = "nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise Malformed([Problem("/file", "not_json", Text("不是 JSON", said))]) from error
    if not isinstance(read, dict):
        words = Text("须为 GeoJSON 对象", "It must be a GeoJSON object")
        raise Malformed([Problem("/file", "no_geojson", words)])
    return read


def crs_of(file: Mapping[str, object], sheet: Sheet) -> str:
    """The reference system that the file states or the sender declares."""
    written = file.get("crs")
    return stated_crs(written if isinstance(written, str) else None, sheet.told.crs)


def read_geojson(file: Mapping[str, object], sheet: Sheet) -> Iterator[Fix]:
    """The positions of every line; lone points with a time make one track together.

    `line` of a fix counts features from 1: the file has no lines that a person would count.
    """
    members = file.get("features") if file.get("type") == "FeatureCollection" else [file]
    track = 0
    for place, feature in enumerate(members if isinstance(members, list) else [], 1):
        told = feature if isinstance(feature, dict) else {}
        for line in _lines(told):
            track += 1
            yield from _fixes(sheet, track, place, line)
        yield from _point(sheet, place, told)


def _lines(feature: Mapping[str, object]) -> Iterator[Line]:
    """The lines of a feature, or of a bare geometry."""
    geometry = feature.get("geometry") if feature.get("type") == "Feature" else feature
    moving = feature.get("temporalGeometry")
    if isinstance(moving, dict) and moving.get("type") == "MovingPoint":
        yield _list(moving.get("coordinates")), _list(moving.get("datetimes"))
    elif isinstance(geometry, dict):
        coordinates, times = _list(geometry.get("coordinates")), _times(feature)
        match geometry.get("type"):
            case "LineString":
                yield coordinates, times
            case "MultiLineString":
                for index, part in enumerate(coordinates):
                    own = times[index] if times and index < len(times) else None
                    yield _list(part), own if isinstance(own, list) else None


def _times(feature: Mapping[str, object]) -> Sequence[object] | None:
    """The list of times that stands beside the positions, under one of its usual names."""
    properties = feature.get("properties")
    beside = properties if isinstance(properties, dict) else feature
    deeper = beside.get("coordinateProperties")
    for place in (beside, deeper):
        if isinstance(place, dict):
            for name in _TIMES:
                if isinstance(place.get(name), list):
                    return _list(place[name])
    return None


def _fixes(sheet: Sheet, track: int, place: int, line: Line) -> Iterator[Fix]:
    coordinates, times = line
    if times is not None and len(times) != len(coordinates):
        zh, en = "时间数与点数不符，按无时间处理", "Not as many times as points: none is taken"
        sheet.remarks.say("times_do_not_match", zh, en, place)
        times = None
    for index, position in enumerate(coordinates):
        time = None if times is None else _time(sheet, times[index], place)
        yield from _fix(sheet, track, place, position, time)


def _point(sheet: Sheet, place: int, feature: Mapping[str, object]) -> Iterator[Fix]:
    """The fix that a point with a time is."""
    geometry, properties = feature.get("geometry"), feature.get("properties")
    if not isinstance(geometry, dict) or geometry.get("type") != "Point":
        return
    told = properties if isinstance(properties, dict) else {}
    stamp = next((told[name] for name in _TIME if name in told), None)
    if stamp is not None:
        time = _time(sheet, stamp, place)
        yield from _fix(sheet, 0, place, geometry.get("coordinates"), time)


def _fix(
    sheet: Sheet, track: int, place: int, position: object, time: float | None
) -> Iterator[Fix]:
    numbers = [finite(value) for value in _list(position)]
    x, y, z = (*numbers, None, None, None)[:3]
    at = sheet.placed(x, y, place)
    if at is not None:
        reference = None if z is None else sheet.customary(Reference.WGS84, place)
        yield Fix(track, place, *at, time, z, reference)


def _time(sheet: Sheet, written: object, place: int) -> float | None:
    count = finite(written)
    if count is not None:
        return sheet.epoch(count, place)
    return sheet.time(written, place) if isinstance(written, str) else None


def _list(value: object) -> Sequence[object]:
    return value if isinstance(value, list) else []
