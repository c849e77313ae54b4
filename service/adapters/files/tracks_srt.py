"""DJI subtitle telemetry: one fix for each caption, in the forms that its airframes write.

Positions are named, or stand in GPS(longitude, latitude, …), which some firmware writes the other
way round; which of the two it is, the jurisdiction tells. The third number of GPS(…) counts
satellites on some airframes and is a height on others: it is one where it has a unit or decimals.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from geo.altitude import Reference
from geo.text import Text
from service.adapters.files.tracks_sheet import Sheet, lines, number
from service.domain.errors import Malformed, Problem
from service.domain.recording import Fix

MOST_CAPTION = 100
"""Lines of one caption; it has about five."""
_NUMBER = r"([+-]?\d+(?:\.\d+)?)"
_CODE = re.compile(r"(\d+):(\d\d):(\d\d)[,.](\d{3})\s*-->")
_GPS = re.compile(rf"GPS\s*\(\s*{_NUMBER}\s*,\s*{_NUMBER}\s*(?:,\s*{_NUMBER}\s*([Mm]?))?")
_LAT = re.compile(rf"\[?\blatitude\s*:\s*{_NUMBER}")
_LON = re.compile(rf"\[?\blong(?:t)?itude\s*:\s*{_NUMBER}")
_STAMP = re.compile(
    r"\d{4}[-./]\d{1,2}[-./]\d{1,2}\s+\d{1,2}:\d\d:\d\d(?:[.,]\d{1,6}(?:[.,]\d{1,3})?)?"
)
_ABOVE_SEA = re.compile(rf"\babs_alt\s*:\s*{_NUMBER}")
_UNREFERENCED = re.compile(
    rf"(?:\brel_alt|\baltitude|\bBAROMETER|\bHb)\s*:\s*{_NUMBER}|\bH\s+{_NUMBER}\s*m"
)
_SPEED = re.compile(rf"\bH\.S\s+{_NUMBER}\s*m/s")


@dataclass
class _Order:
    """Whether the file writes latitude first; not known before the first position that tells."""

    exchanged: bool | None = None


def read_srt(stream: BinaryIO, sheet: Sheet) -> Iterator[Fix]:
    """The position of every caption that has one."""
    order = _Order()
    for line, caption in _captions(stream):
        written = _position(caption)
        if written is None:
            zh, en = "字幕中没有位置", "A caption without position was left out"
            sheet.remarks.say("no_position", zh, en, line)
            continue
        at = sheet.position(*written, line)
        if at is None:
            continue
        lon, lat = _in_order(sheet, order, at, line)
        speed = _SPEED.search(caption)
        yield Fix(
            0, line, lon, lat, _time(sheet, caption, line), *_height(sheet, caption, line),
            None if speed is None else number(speed[1]),
        )  # fmt: skip


def _captions(stream: BinaryIO) -> Iterator[tuple[int, str]]:
    """The captions with the line on which each begins; they end at a blank line."""
    start, caption = 0, list[str]()
    for line, raw in enumerate(lines(stream), 1):
        text = raw.decode("utf-8-sig" if line == 1 else "utf-8", errors="replace").strip()
        if text:
            start = start if caption else line
            caption.append(text)
        elif caption:
            yield start, "\n".join(caption)
            caption = []
        if len(caption) > MOST_CAPTION:
            words = Text("不是字幕文件", "It is no subtitle file")
            raise Malformed([Problem("/file", "not_srt", words)])
    if caption:
        yield start, "\n".join(caption)


def _position(caption: str) -> tuple[str, str] | None:
    """What stands where longitude and latitude should."""
    lon, lat = _LON.search(caption), _LAT.search(caption)
    if lon is not None and lat is not None:
        return lon[1], lat[1]
    pair = _GPS.search(caption)
    return None if pair is None else (pair[1], pair[2])


def _in_order(
    sheet: Sheet, order: _Order, at: tuple[float, float], line: int
) -> tuple[float, float]:
    """The position as longitude and latitude; the first that tells decides for the file."""
    if order.exchanged is None and sheet.extent.contains(*at):
        order.exchanged = False
    if order.exchanged is None and sheet.extent.swap_suspected(*at):
        order.exchanged = True
        zh, en = "该机型先写纬度，已对调", "The airframe writes latitude first: exchanged"
        sheet.remarks.say("axes_exchanged", zh, en, line)
    return (at[1], at[0]) if order.exchanged else at


def _time(sheet: Sheet, caption: str, line: int) -> float | None:
    """By the caption's own clock; else counted from the start that the sender states."""
    stamp = _STAMP.search(caption)
    if stamp is not None:
        return sheet.time(stamp[0], line)
    code, start = _CODE.search(caption), sheet.told.started_at
    if code is None or start is None or sheet.told.ended_at is not None:
        return None
    hours, minutes, seconds, millis = map(int, code.groups())
    zh, en = "时间由声明的起点与字幕时间码推算", "Times count from the start that was stated"
    sheet.remarks.say("time_from_start", zh, en, line)
    return start.timestamp() + 3600 * hours + 60 * minutes + seconds + millis / 1000


def _height(sheet: Sheet, caption: str, line: int) -> tuple[float | None, Reference | None]:
    above_sea = _ABOVE_SEA.search(caption)
    if above_sea is not None:
        return number(above_sea[1]), sheet.customary(Reference.AMSL, line)
    told = _UNREFERENCED.search(caption)
    if told is not None:
        return sheet.height(number(told[1] or told[2]), None, line)
    pair = _GPS.search(caption)
    if pair is not None and pair[3] and (pair[4] or "." in pair[3]):
        return sheet.height(number(pair[3]), None, line)
    return None, None
