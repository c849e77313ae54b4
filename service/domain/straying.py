"""An excursion as a breach: which limit it leaves, and which volume or condition says so."""

import numpy as np
import shapely

from geo.altitude import AltitudeBand
from geo.text import Text
from service.domain.breach import Breach, Case
from service.domain.fence import Dimension, Excursion, Fence
from service.domain.kinds import ConditionKind, ViolationKind


def strayed(case: Case, fence: Fence, left: Excursion) -> Breach:
    """The breach that an excursion is, with what decided it and the version of the permit."""
    match left.dimension:
        case Dimension.place:
            kind = ViolationKind.out_of_area_automated
            words = Text(
                f"自动驾驶超出许可范围 {left.length_m:.0f} m",
                f"{left.length_m:.0f} m driven automatically outside the permitted place",
            )
            by = _nearest(case, left)
        case Dimension.time:
            kind = ViolationKind.out_of_area_automated
            words = Text(
                f"在许可时段之外自动驾驶 {left.length_m:.0f} m",
                f"{left.length_m:.0f} m driven automatically outside the permitted hours",
            )
            by = _closed(case, fence, left)
        case Dimension.height:
            kind = ViolationKind.altitude
            words = Text(
                f"有 {left.length_m:.0f} m 的飞行高度超出许可高度",
                f"{left.length_m:.0f} m flown outside the permitted altitudes",
            )
            by = _over(case, left)
    of = case.permit_words
    words = Text(f"{words.zh}：{by.zh}（{of.zh}）", f"{words.en}: {by.en} ({of.en})")
    return case.breach_on(left.segments, kind, words, length_m=left.length_m, track=left.track)


def _nearest(case: Case, left: Excursion) -> Text:
    plane = case.law.frame.plane
    track = plane.project(left.track)
    footprints = [planned.volume.footprint for planned in case.permit.content.volumes]
    apart = [shapely.distance(one.on(plane), track) - one.radius_m for one in footprints]
    nearest = _volume(case, int(np.argmin(apart)))
    return Text(f"最近的是{nearest.zh}", f"the nearest is {nearest.en}")


def _closed(case: Case, fence: Fence, left: Excursion) -> Text:
    """The first daily hours that it leaves; where it keeps to all, the schedule of its volume."""
    values = [
        c.value
        for c in case.permit.conditions
        if c.kind is ConditionKind.hours and c.daily_window is not None
    ]
    for value, open_then in zip(values, fence.open_daily(case.sweep), strict=True):
        if not open_then[left.segments].all():
            return Text(f"条件限 {value}", f"the condition says {value}")
    volume = _held(case, left)
    return Text(f"依{volume.zh}的时段", f"by the hours of {volume.en}")


def _over(case: Case, left: Excursion) -> Text:
    held, volumes = left.inside[left.segments][0], case.permit.content.volumes
    number = int(np.argmax(held))
    volume, band = _volume(case, number), volumes[number].volume.altitude
    return Text(f"{volume.zh}限 {_band(band)}", f"{volume.en} is for {_band(band)}")


def _held(case: Case, left: Excursion) -> Text:
    """The first volume that held the place where the excursion begins."""
    return _volume(case, int(np.argmax(left.inside[left.segments][0])))


def _volume(case: Case, number: int) -> Text:
    planned = case.permit.content.volumes[number]
    kind, zone = planned.zone_kind, f" {planned.zone_id}" if planned.zone_id else ""
    return Text(
        f"第 {number + 1} 项范围（{kind.title.zh}{zone}）", f"volume {number + 1} ({kind}{zone})"
    )


def _band(band: AltitudeBand | None) -> str:
    if band is None:
        return "-"
    ends = ("" if end is None else f"{end:g}" for end in (band.lower, band.upper))
    return f"{'–'.join(ends)} {band.unit} {band.reference}"
