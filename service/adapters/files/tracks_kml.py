"""KML tracks: gx:Track with its times, lines with a time span, and placemarks with a time each.

In WGS 84; heights count as their altitudeMode says: absolute is above sea level, clamped is none.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from geo.altitude import Reference
from geo.text import Text
from service.adapters.files.tracks_sheet import Sheet, number
from service.adapters.files.tracks_xml import Tag, read_tags
from service.domain.errors import Malformed, Problem
from service.domain.recording import Fix

MOST_POINTS = 2_000_000
_MODES = {"absolute": Reference.AMSL, "relativeToGround": Reference.AGL}
_SHAPES = frozenset({"Track", "LineString", "Point"})

Point = tuple[int, list[str]]
"""A line of the file, and longitude, latitude and perhaps height as written there."""


@dataclass
class _Shape:
    """What one geometry tells, collected until it ends."""

    kind: str
    points: list[Point] = field(default_factory=list)
    whens: list[str] = field(default_factory=list)
    mode: str = "clampToGround"

    def take(self, tag: Tag) -> None:
        """Whatever an element in it tells."""
        match tag.name:
            case "coordinates":
                self.points += [(tag.line, one.split(",")) for one in tag.text.split()]
            case "coord":
                self.points.append((tag.line, tag.text.split()))
            case "when":
                self.whens.append(tag.text)
            case "altitudeMode":
                self.mode = tag.text
        if max(len(self.points), len(self.whens)) > MOST_POINTS:
            words = Text("一条轨迹的点过多", "A track has too many points")
            raise Malformed([Problem("/file", "too_many_points", words)])


@dataclass
class _Placemark:
    """The geometries of a placemark, and the times it has itself."""

    shapes: list[_Shape] = field(default_factory=list)
    whens: list[str] = field(default_factory=list)
    spans: list[str] = field(default_factory=list)


def read_kml(stream: BinaryIO, sheet: Sheet) -> Iterator[Fix]:
    """The points of every track and line; of lone points those that have a time."""
    track, mark, shape = 0, _Placemark(), None
    for tag in read_tags(stream):
        if tag.name in _SHAPES:
            if shape is None and not tag.ends:
                shape = _Shape(tag.name)
                mark.shapes.append(shape)
            elif shape is not None and tag.ends and tag.name == shape.kind:
                shape = None
        elif tag.name == "Placemark" and not tag.ends:
            mark = _Placemark()
        elif tag.name == "Placemark":
            for one in mark.shapes:
                # timed points make one track together
                track += one.kind != "Point"
                number_of = 0 if one.kind == "Point" else track
                yield from _fixes(sheet, number_of, one, mark)
        elif tag.ends and shape is not None:
            shape.take(tag)
        elif tag.ends and tag.name == "when":
            mark.whens.append(tag.text)
        elif tag.ends and tag.name in ("begin", "end"):
            mark.spans.append(tag.text)


def _fixes(sheet: Sheet, track: int, shape: _Shape, mark: _Placemark) -> Iterator[Fix]:
    times = _times(sheet, shape, mark)
    if shape.kind == "Point" and times == [None]:
        # a place, such as where it took off
        return
    reference = _MODES.get(shape.mode)
    for (line, written), time in zip(shape.points, times, strict=True):
        lon, lat, height = (*written, "", "", "")[:3]
        at = sheet.position(lon, lat, line)
        if at is None:
            continue
        height_m = None if reference is None else number(height)
        yield Fix(track, line, *at, time, height_m, None if height_m is None else reference)


def _times(sheet: Sheet, shape: _Shape, mark: _Placemark) -> list[float | None]:
    """A time for each point, or for none."""
    line = shape.points[0][0] if shape.points else 0
    whens = shape.whens or mark.whens
    if len(whens) == len(shape.points):
        return [sheet.time(when, line, local=False) for when in whens]
    if whens:
        zh, en = "时间数与点数不符，按无时间处理", "Not as many times as points: none is taken"
        sheet.remarks.say("times_do_not_match", zh, en, line)
    elif mark.spans and shape.kind != "Point":
        span = " – ".join(mark.spans)
        zh, en = f"文件写明时段 {span}，请声明起止时间", f"The file says {span}: state these times"
        sheet.remarks.say("time_span", zh, en, line)
    return [None] * len(shape.points)
