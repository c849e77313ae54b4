"""The sentences under a finding, in Chinese and English, that a reviewer can sign.

Words only: every number comes in measured, every rule by its citation.
"""

from collections.abc import Collection
from math import isfinite
from zoneinfo import ZoneInfo

from geo.altitude import Span
from geo.conflict import Judgement, Verdict
from geo.text import Text
from service.domain.kinds import Phase, ZoneKind


def metres(value: float) -> str:
    """A length as people read it: metres below 1 km, kilometres above."""
    return f"{value:.1f} m" if value < 1000 else f"{value / 1000:.2f} km"


def outside(kind: ZoneKind, length_m: float) -> Text:
    """Part of the volume lies in no opened zone of its kind."""
    return Text(
        f"有 {metres(length_m)} 不在任何已开放的{kind.title.zh}区域内",
        f"{metres(length_m)} lie outside every opened zone of kind {kind.title.en}",
    )


def direction_closed(length_m: float) -> Text:
    """The zones are there but open only the other way."""
    return Text(
        f"有 {metres(length_m)} 所申请的行驶方向未开放",
        f"{metres(length_m)} lie in zones that are open only in the other direction",
    )


def levels_unclear(levels: Collection[int]) -> Text:
    """Roads lie above each other, and not all of them are opened."""
    named = [str(level) for level in sorted(levels)]
    zh, en = "、".join(named), ", ".join(named)
    return Text(
        f"线位处道路上下重叠，其中层位 {zh} 未开放，无法判定所用层位",
        f"Roads lie above each other here and level {en} is not opened; "
        "which level is used is not known",
    )


def phase_closed(phase: Phase, length_m: float) -> Text:
    """The zones are there but not open for this phase."""
    return Text(
        f"有 {metres(length_m)} 所在区域尚未向{phase.title.zh}阶段开放",
        f"{metres(length_m)} lie in zones not open for {phase.title.en}",
    )


def hours_closed(length_m: float) -> Text:
    """The zones are closed at some of the hours asked for."""
    return Text(
        f"有 {metres(length_m)} 在所申请的部分时段内区域未开放",
        f"{metres(length_m)} lie in zones that are closed at some of the hours asked for",
    )


def height_outside(length_m: float, known: bool) -> Text:
    """The altitude band leaves the zones' bands, or cannot be compared with them."""
    if known:
        return Text(
            f"有 {metres(length_m)} 的申请高度超出区域开放的高度范围",
            f"Over {metres(length_m)} the altitudes asked for leave those opened",
        )
    return Text(
        f"有 {metres(length_m)} 的高度基准不同且地形未知，无法判定是否在区域高度范围内",
        f"Over {metres(length_m)} height references differ and the ground is not known well enough",
    )


def meets(zh: str, en: str, judged: Judgement, zone: str) -> Text:
    """The volume meets something; says how it stands in height and in time, on `zone`'s clocks."""
    facts_zh, facts_en = [], []
    gap = judged.vertical_gap
    if gap is not None and isfinite(gap.min) and isfinite(gap.max):
        facts_zh.append(f"垂直间距 {_metres_of(gap)}")
        facts_en.append(f"vertical gap {_metres_of(gap)}")
    if judged.first_overlap is not None:
        first = f"{judged.first_overlap.start.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"
        facts_zh.append(f"最早 {first}，共 {round(judged.overlap_hours, 1):g} 小时")
        facts_en.append(f"first at {first}, {round(judged.overlap_hours, 1):g} h in all")
    if judged.verdict is Verdict.indeterminate:
        facts_zh.append("依据现有高度或层位信息无法判定")
        facts_en.append("not decidable from the heights or levels known")
    tail_zh, tail_en = "；".join(facts_zh), "; ".join(facts_en)
    return Text(
        f"{zh}（{tail_zh}）" if tail_zh else zh,
        f"{en} ({tail_en})" if tail_en else en,
    )


def _metres_of(gap: Span) -> str:
    if gap.min == gap.max:
        return f"{gap.min:.1f} m"
    return f"{gap.min:.1f} ... {gap.max:.1f} m"


def shares(length_m: float, zh: str, en: str) -> Text:
    """Both use the same stretches in the same direction at the same time."""
    return Text(
        f"与{zh}同向共用路段 {metres(length_m)}",
        f"Shares {metres(length_m)} of road in the same direction with {en}",
    )


def crowded(total: int, limit: int, others: int) -> Text:
    """More vehicles at once than the zone holds."""
    return Text(
        f"与其他 {others} 项许可同时使用时车辆数达 {total}，超过区域上限 {limit}",
        f"With {others} other permits {total} vehicles would run at once; the zone holds {limit}",
    )


def over_expressway(count: int, distance_m: float) -> Text:
    """The air volume runs over or beside an expressway."""
    return Text(
        f"空域位于 {count} 段高速公路上方或周边（最近 {metres(distance_m)}），须与公安、空管协调",
        f"Runs over or beside {count} expressway stretches (nearest {metres(distance_m)}); "
        "police and air traffic control must be consulted",
    )


def controlled_height(limit_m: float, known: bool) -> Text:
    """The band reaches, or may reach, the controlled height above ground."""
    if known:
        return Text(
            f"申请高度达到真高 {limit_m:.0f} m 以上，属管制空域",
            f"The band reaches above {limit_m:.0f} m over ground, which is controlled airspace",
        )
    return Text(
        f"无法排除申请高度达到真高 {limit_m:.0f} m 以上",
        f"It cannot be excluded that the band reaches above {limit_m:.0f} m over ground",
    )


def off_network(length_m: float) -> Text:
    """A ground line lies partly on no known road."""
    return Text(
        f"有 {metres(length_m)} 与参考路网不匹配，道路层位不明",
        f"{metres(length_m)} match no road of the reference network; the level is unknown",
    )
