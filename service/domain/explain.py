"""The sentences under a finding, in Chinese and English, that a reviewer can sign.

Words only: every number comes in measured, every rule by its citation.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from math import floor, isfinite
from zoneinfo import ZoneInfo

from geo.altitude import Span
from geo.conflict import Judgement, Verdict
from geo.schedule import Interval
from geo.separation import Separation
from geo.text import Text
from service.domain.kinds import Phase, ZoneKind


@dataclass(frozen=True)
class Extent:
    """What of a finding grows with the places in which it is found; None is not known."""

    length_m: float = 0.0
    first: Interval | None = None
    hours: float | None = None


Sentence = Callable[[Extent], Text]
"""A sentence for one place or for many, said once it is known how far they reach together."""


def said(sentence: Text | Sentence, extent: Extent) -> Text:
    """The words of a sentence; of some the extent changes nothing."""
    return sentence if isinstance(sentence, Text) else sentence(extent)


def metres(value: float) -> str:
    """A length as people read it: metres below 1 km, kilometres above."""
    return f"{value:.1f} m" if value < 1000 else f"{value / 1000:.2f} km"


def outside(kind: ZoneKind, length_m: float) -> Text:
    """Part of the volume lies in no opened zone of its kind."""
    return Text(
        f"有 {metres(length_m)} 不在任何已开放的{kind.title.zh}范围内",
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


def meets(met: Text, judged: Judgement, required: Separation, zone: str) -> Sentence:
    """The volume meets something; says how they stand in place, height and time on `zone`'s clocks.

    Where a distance is required it stands beside the one found, so that both can be signed.
    """

    def sentence(extent: Extent) -> Text:
        facts = [*_apart(judged, required), *when(extent, zone)]
        if judged.verdict is Verdict.indeterminate:
            facts.append(
                Text(
                    "依据现有高度、层位或节假日信息无法判定",
                    "not decidable from the heights, levels or holidays known",
                )
            )
        return _with(met, facts)

    return sentence


def when(extent: Extent, zone: str) -> Iterator[Text]:
    """When it is first and for how long in all, as far as that is known."""
    if extent.first is None:
        return
    first = f"{extent.first.start.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"
    zh, en = f"最早 {first}", f"first at {first}"
    if extent.hours is not None:
        long = duration(extent.hours)
        zh, en = f"{zh}，共 {long.zh}", f"{en}, {long.en} in all"
    yield Text(zh, en)


def duration(hours: float) -> Text:
    """A length of time in the unit in which it is not zero."""
    seconds = hours * 3600
    if seconds < 1:
        return Text("不足 1 秒", "less than 1 s")
    if seconds < 60:
        return Text(f"{seconds:.0f} 秒", f"{seconds:.0f} s")
    if hours < 1:
        minutes = f"{round(hours * 60, 1):g}"
        return Text(f"{minutes} 分钟", f"{minutes} min")
    rounded = f"{round(hours, 1):.10g}"
    return Text(f"{rounded} 小时", f"{rounded} h")


def _with(text: Text, facts: Collection[Text]) -> Text:
    if not facts:
        return text
    zh, en = "；".join(fact.zh for fact in facts), "; ".join(fact.en for fact in facts)
    return Text(f"{text.zh}（{zh}）", f"{text.en} ({en})")


def _apart(judged: Judgement, required: Separation) -> Iterator[Text]:
    """The distances found, beside those that are required; where none is they need not be said."""
    distance_m = judged.horizontal_distance_m
    if distance_m is not None and required.horizontal_m > 0:
        # rounded down: what is too near is never said to be as far as required
        found, least = metres(floor(distance_m * 10 + 1e-6) / 10), metres(required.horizontal_m)
        yield Text(f"水平距离 {found}，要求 {least}", f"{found} apart, {least} required")
    gap = judged.vertical_gap
    height = None if gap is None else _height(gap)
    if height is not None and required.vertical_m > 0:
        least = metres(required.vertical_m)
        height = Text(f"{height.zh}，要求间距 {least}", f"{height.en}, a gap of {least} required")
    if height is not None:
        yield height


def _height(gap: Span) -> Text | None:
    """What is known of the gap between two bands, or of how deep they overlap."""
    if not isfinite(gap.max):
        return None
    if gap.max < 0:
        depth = metres(-gap.max)
        if gap.min == gap.max:
            return Text(f"高度重叠 {depth}", f"overlap in height of {depth}")
        return Text(f"高度重叠至少 {depth}", f"overlap in height of at least {depth}")
    most = metres(gap.max)
    if gap.min == gap.max:
        return Text(f"垂直间距 {most}", f"vertical gap {most}")
    if not isfinite(gap.min):
        return Text(f"垂直间距至多 {most}", f"vertical gap of at most {most}")
    if gap.min >= 0:
        return Text(
            f"垂直间距 {metres(gap.min)} 至 {most}", f"vertical gap {metres(gap.min)} to {most}"
        )
    depth = metres(-gap.min)
    return Text(
        f"垂直关系在重叠 {depth} 与间距 {most} 之间",
        f"between an overlap in height of {depth} and a gap of {most}",
    )


def overlaps(name: Text) -> Text:
    """Both use the same place at the same time."""
    return Text(f"与{name.zh}范围重叠", f"Overlaps {name.en}")


def strays_into(name: Text) -> Text:
    """A line and an area overlap as they are drawn, and on no road that is known."""
    return Text(
        f"与{name.zh}范围重叠，但不在共同的已知路段上",
        f"Overlaps {name.en}, though on no known road in common",
    )


def shares(length_m: float, each_way: bool, name: Text) -> Text:
    """Both use the same stretches in the same direction at the same time."""
    zh, en = ("（双向分别计入）", ", each direction counted,") if each_way else ("", "")
    return Text(
        f"与{name.zh}同向共用路段 {metres(length_m)}{zh}",
        f"Shares {metres(length_m)} of road in the same direction{en} with {name.en}",
    )


def crowded(most: int, limit: int, others: int, zone: str) -> Sentence:
    """More vehicles at once than the zone holds."""

    def sentence(extent: Extent) -> Text:
        with_zh = f"与其他 {others} 项许可同时使用时" if others else "仅本申请同时"
        with_en = f"With {others} other permit{'s' if others > 1 else ''}" if others else "Alone"
        text = Text(
            f"{with_zh}车辆数最多达 {most}，超过区域上限 {limit}",
            f"{with_en} up to {most} vehicles would run at once; the zone holds {limit}",
        )
        return _with(text, list(when(extent, zone)))

    return sentence


def over_expressway(count: int, distance_m: float, required_m: float) -> Text:
    """The air volume runs over or beside an expressway."""
    near, least = metres(distance_m), metres(required_m)
    return Text(
        f"空域位于 {count} 段高速公路上方或周边（最近 {near}，周边范围 {least}），"
        "须与公安、空管协调",
        f"Runs over or beside {count} expressway stretches (nearest {near}; within {least} "
        "counts); police and air traffic control must be consulted",
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


def wrong_way(length_m: float) -> Text:
    """One-way roads are driven the other way."""
    return Text(
        f"有 {metres(length_m)} 逆单行道行驶，任何区域均不能开放",
        f"{metres(length_m)} run against one-way streets, which no zone can open",
    )


def off_network(length_m: float) -> Text:
    """A ground line lies partly on no known road."""
    return Text(
        f"有 {metres(length_m)} 与参考路网不匹配，道路层位不明",
        f"{metres(length_m)} match no road of the reference network; the level is unknown",
    )
