"""GPX tracks: a track for each segment, in WGS 84; routes and single waypoints are plans, not read.

Elevations are metres above sea level by custom; the format does not say so.
"""

from collections.abc import Iterator
from typing import BinaryIO

from geo.altitude import Reference
from service.adapters.files.tracks_sheet import Sheet, number
from service.adapters.files.tracks_xml import Tag, read_tags
from service.domain.recording import Fix

_TOLD = frozenset({"ele", "time", "speed"})


def read_gpx(stream: BinaryIO, sheet: Sheet) -> Iterator[Fix]:
    """The points of every track segment."""
    track, point, inside = 0, Tag("", 0, False), False
    told: dict[str, str] = {}
    for tag in read_tags(stream):
        if tag.name == "trkpt":
            if tag.ends:
                yield from _fix(sheet, track, point, told)
            else:
                point, told = tag, {}
            inside = not tag.ends
        elif tag.name == "trkseg" and not tag.ends:
            track += 1
        elif inside and tag.ends and tag.name in _TOLD:
            told.setdefault(tag.name, tag.text)


def _fix(sheet: Sheet, track: int, point: Tag, told: dict[str, str]) -> Iterator[Fix]:
    line = point.line
    at = sheet.position(point.attributes.get("lon", ""), point.attributes.get("lat", ""), line)
    if at is None:
        return
    height_m, reference = number(told.get("ele", "")), None
    if height_m is not None:
        reference = sheet.customary(Reference.AMSL, line)
    time = sheet.time(told.get("time", ""), line, local=False)
    yield Fix(track, line, *at, time, height_m, reference, number(told.get("speed", "")))
