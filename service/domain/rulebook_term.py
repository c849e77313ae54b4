"""Terms: by when something must happen, counted from an event.

Only what a pack says of a term; counting it on the calendar is deadlines.py's work.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time

from service.domain.kinds import Code
from service.domain.rulebook_rule import RuleRow


class Clock(Code):
    """In what a term is counted; `wall` is a time of day some days before or after."""

    minutes = "minutes", "分钟", "minutes"
    hours = "hours", "小时", "hours"
    days = "days", "日", "days"
    working_days = "working_days", "工作日", "working days"
    months = "months", "个月", "months"
    wall = "wall", "当地时刻", "local time of day"


class StartEvent(Code):
    """What starts a clock."""

    event = "event", "事件发生", "the event"
    discovery = "discovery", "发现", "its discovery"
    head_informed = "head_informed", "单位负责人获报", "the unit head's being informed"
    received = "received", "收到报告", "receipt of the report"
    requested = "requested", "提出要求", "the request"
    liability_determined = "liability_determined", "责任认定", "the liability finding"
    takeoff = "takeoff", "起飞", "take-off"
    landing = "landing", "降落", "landing"
    effective_from = "effective_from", "生效", "taking effect"
    start = "start", "许可开始", "the permit's start"
    end = "end", "许可结束", "the permit's end"


class DeadlineKey(Code):
    """Every deadline outside incidents and reviews that the product asks a pack for."""

    flight_apply = "uas.apply_by", "飞行活动申请", "Apply for a flight"
    flight_decide = "uas.decide_by", "飞行活动批复", "Decide on a flight"
    flight_plan_file = "uas.longterm_plan_file", "长期飞行计划备案", "File a long-term plan"
    takeoff_confirm = "uas.takeoff_confirm", "起飞确认", "Report ready for take-off"
    emergency_apply = "uas.emergency_apply", "紧急飞行申请", "Apply in an emergency"
    emergency_decide = "uas.emergency_decide", "紧急飞行批复", "Decide in an emergency"
    airspace_for_event = "uas.temp_airspace_event", "活动临时空域公布", "Airspace for an event"
    airspace_in_emergency = "uas.temp_airspace_emerg", "紧急临时空域公布", "Emergency airspace"
    stage_report = "icv.stage_report", "阶段性报告", "Stage report"
    final_report = "icv.final_report", "总结报告", "Final report"
    evidence_handover = "data.handover", "事件数据提交", "Hand over event data"


@dataclass(frozen=True, kw_only=True)
class TermRow(RuleRow):
    """`amount` of `clock` after `starts_at`, before it when negative.

    With the clock `wall`: at the local time `at`, `amount` days from the local day of `starts_at`.
    `strict_before` means that the moment itself is already late.
    """

    clock: Clock
    amount: int
    starts_at: StartEvent
    at: time | None = None
    strict_before: bool = False

    def __post_init__(self) -> None:
        """Refuse a wall clock without a time of day, and a time of day with another clock."""
        if (self.clock is Clock.wall) != (self.at is not None):
            raise ValueError("`at` belongs to the clock `wall` and only to it")


@dataclass(frozen=True, kw_only=True)
class DeadlineRule(TermRow):
    """A deadline outside incidents; `elsewhere` tells what other sources say."""

    elsewhere: Mapping[str, float] = field(default_factory=dict)
