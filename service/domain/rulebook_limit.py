"""Single numbers, switches and hours of a pack, each under a key that code may ask for.

A key's value is the id of its rule; loading refuses a pack in which one is missing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time, timedelta

from service.domain.kinds import Code, UasClass
from service.domain.rulebook_rule import RuleRow


class Unit(Code):
    """What a limit counts; times of fixed length can be read as a duration."""

    number = "count", "个", "count"
    cny = "cny", "元", "CNY"
    metre = "m", "米", "m"
    metre_per_second = "m/s", "米/秒", "m/s"
    second = "s", "秒", "s"
    minute = "min", "分钟", "min"
    hour = "h", "小时", "h"
    day = "d", "日", "days"
    month = "month", "个月", "months"
    decimals = "decimals", "位小数", "decimals"
    percent = "%", "%", "%"
    per_1000_km = "per_1000_km", "次/千公里", "per 1,000 km"


_SECONDS = {Unit.second: 1, Unit.minute: 60, Unit.hour: 3_600, Unit.day: 86_400}


class LimitKey(Code):
    """Every single number that the product asks a pack for."""

    permit_period_months = "limit.period_months", "许可期限上限", "Longest permit"
    insurance_cny = "limit.insurance_cny", "每车责任限额下限", "Least cover per vehicle"
    application_volumes = "limit.application_volumes", "申请体积数上限", "Most volumes"
    application_vertices = "limit.application_vertices", "申请顶点数上限", "Most vertices"
    telemetry_batch = "telemetry.batch", "遥测批量上限", "Largest telemetry batch"
    telemetry_lateness = "telemetry.lateness", "遥测迟到上限", "Latest telemetry"
    telemetry_clock_skew = "telemetry.clock_skew", "时钟偏差容限", "Clock skew tolerated"
    telemetry_interval = "telemetry.longest_interval", "遥测摘要最长时段", "Longest summary"
    silent_after = "telemetry.silent_after", "车辆失联时限", "Silent after"
    horizontal_accuracy_m = "telemetry.horizontal_accuracy_m", "定位精度门限", "Accuracy limit"
    absurd_accuracy_m = "telemetry.absurd_accuracy_m", "不可信精度", "Absurd accuracy"
    path_over_claim = "telemetry.path_over_claim", "轨迹超出自报里程", "Path beyond the claim"
    path_over_claim_m = "telemetry.path_over_claim_m", "自报里程误差", "Claims are rounded by"
    excursion_tolerance_m = "telemetry.excursion_tolerance_m", "越界容限", "Excursion tolerance"
    jitter = "telemetry.jitter", "定位抖动时限", "Jitter lasts less than"
    jitter_fixes = "telemetry.jitter_fixes", "定位抖动点数", "Fixes that jitter"
    plausible_ground_mps = "telemetry.plausible_ground_mps", "地面可信速度", "Plausible, ground"
    plausible_air_mps = "telemetry.plausible_air_mps", "空中可信速度", "Plausible, air"
    match_tolerance_m = "road.match_tolerance_m", "路网匹配容限", "Road match tolerance"
    route_reach_m = "road.route_reach_m", "取路线时至道路的距离", "Reach to the road of a route"
    zone_half_width_m = (
        "road.zone_half_width_m",
        "道路区域默认半宽",
        "Default half width of a road zone",
    )
    lane_width_m = "road.lane_width_m", "车道宽度", "Width of a lane"
    most_lanes = "road.most_lanes", "车道数上限", "Most lanes"
    journal_seal = "journal.seal", "日志封存周期", "Journal seals after"
    idempotency = "api.idempotency", "幂等键保留", "Idempotency key kept"
    public_decimals = "public.coordinate_decimals", "公开坐标小数位", "Public coordinate decimals"
    public_group_size = "public.group_size", "公开统计最小分组", "Least public group"
    order_acknowledge = "order.acknowledge", "指令确认时限", "Order acknowledged within"
    controlled_above_m = "uas.controlled_above_m", "管制空域起始真高", "Controlled above"
    integrated_ceiling_m = "uas.integrated_ceiling_m", "融合飞行真高上限", "Integrated ceiling"
    warning_takeovers = "warning.takeovers", "接管率预警", "Takeover warning"
    warning_hard_brakes = "warning.hard_brakes", "急制动率预警", "Hard-brake warning"
    warning_recent = "warning.recent", "预警近期", "Early warning, recent"
    warning_history = "warning.history", "预警历史", "Early warning, history"
    warning_chance = "warning.chance", "预警偶然概率", "Early warning, chance"
    violation_window = "violation.window", "违规合并时段", "Violations count as one within"
    incident_age = "incident.age", "事件最早发生时间", "Oldest incident"
    retention = "data.retention_days", "数据保存期限", "Data kept"


class SwitchKey(Code):
    """Every yes-or-no that the product asks a pack for."""

    period_within_insurance = "switch.period_within_insurance", "期限不超保险", "Within insurance"
    deemed_approval = "switch.deemed_approval", "逾期视为同意", "Deemed approval"
    expressway_own_assessment = "switch.expressway_own_assessment", "高速单独评估", "Own assessment"


@dataclass(frozen=True, kw_only=True)
class Limit(RuleRow):
    """One number with its unit; `elsewhere` tells what other sources say, for comparison only."""

    value: float
    unit: Unit
    uas_classes: frozenset[UasClass] = frozenset()
    elsewhere: Mapping[str, float] = field(default_factory=dict)

    @property
    def duration(self) -> timedelta:
        """The limit as a length of time; ValueError when its unit has no fixed length."""
        if self.unit not in _SECONDS:
            raise ValueError(f"{self.rule.id} is in {self.unit}, which is no fixed length of time")
        return timedelta(seconds=self.value * _SECONDS[self.unit])


@dataclass(frozen=True, kw_only=True)
class Switch(RuleRow):
    """A choice that the jurisdiction has made."""

    on: bool


@dataclass(frozen=True, kw_only=True)
class HourBand(RuleRow):
    """Named hours of the local day; they run past midnight when `end` is not after `start`."""

    start: time
    end: time


@dataclass(frozen=True, kw_only=True)
class EvidenceWindow(RuleRow):
    """How much recording around an event must be kept and handed over."""

    before_s: float
    after_s: float
    elsewhere: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Reference(RuleRow):
    """Cited numbers that people consult and no decision of the registry reads."""

    values: Mapping[str, float]
