"""The codes of the registry: every enumeration that the outside world meets, with its titles.

One table (contract section 3) for the API, the rule packs, the map legend and the tests. Codes
never change; titles are for people. No rules and no numbers live here.
"""

from enum import StrEnum
from typing import Self

from geo.text import Text


class Code(StrEnum):
    """A string code with a bilingual title, declared as `member = code, zh, en`."""

    title: Text  # type: ignore[assignment]  # a code's title is a Text, not str.title()

    def __new__(cls, code: str, zh: str = "", en: str = "") -> Self:
        """Make the member equal to its code and remember both titles; a code alone looks one up."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.title = Text(zh, en)
        return member


class Domain(Code):
    """Where a test takes place."""

    ground = "ground", "地面", "Ground"
    air = "air", "低空", "Air"


class RoadClass(Code):
    """What a road is, as its registry says."""

    expressway = "expressway", "高速公路", "Expressway"
    national_highway = "national_highway", "国道", "National highway"
    provincial_highway = "provincial_highway", "省道", "Provincial highway"
    county_road = "county_road", "县道", "County road"
    township_road = "township_road", "乡道", "Township road"
    urban_expressway = "urban_expressway", "城市快速路", "Urban expressway"
    urban_arterial = "urban_arterial", "主干路", "Urban arterial"
    urban_secondary = "urban_secondary", "次干路", "Urban secondary road"
    urban_branch = "urban_branch", "支路", "Urban branch road"
    park_road = "park_road", "园区道路", "Park road"
    unclassified = "unclassified", "未分类", "Unclassified"


class ZoneKind(Code):
    """What kind of place was opened for tests (Art. 24-25)."""

    highway = "highway", "公路", "Highway"
    expressway = "expressway", "高速公路", "Expressway"
    urban_road = "urban_road", "城市道路", "Urban road"
    urban_expressway = "urban_expressway", "城市快速路", "Urban expressway"
    designated_area = "designated_area", "特定区域", "Designated area"
    closed_site = "closed_site", "封闭测试场", "Closed test site"
    low_altitude_corridor = "low_altitude_corridor", "低空航路", "Low-altitude corridor"
    low_altitude_area = "low_altitude_area", "低空空域", "Low-altitude area"
    vertiport = "vertiport", "起降场", "Vertiport"

    @property
    def domain(self) -> Domain:
        """The domain whose tests this kind of zone can hold."""
        return Domain.air if self in AIR_ZONE_KINDS else Domain.ground

    @property
    def on_roads(self) -> bool:
        """True when zones of this kind are chains of road stretches rather than areas."""
        return self in ROAD_ZONE_KINDS


AIR_ZONE_KINDS = frozenset(
    {ZoneKind.low_altitude_corridor, ZoneKind.low_altitude_area, ZoneKind.vertiport}
)
ROAD_ZONE_KINDS = frozenset(
    {ZoneKind.highway, ZoneKind.expressway, ZoneKind.urban_road, ZoneKind.urban_expressway}
)


class ZoneState(Code):
    """How far the opening of a zone has come."""

    proposed = "proposed", "拟开放", "Proposed"
    assessed = "assessed", "已评估", "Assessed"
    published = "published", "已开放", "Published"
    withdrawn = "withdrawn", "已撤销", "Withdrawn"


class RestrictionKind(Code):
    """Why a place is restricted."""

    aerodrome_clearance_area = "aerodrome_clearance_area", "净空保护区", "Aerodrome clearance area"
    controlled_airspace = "controlled_airspace", "管制空域", "Controlled airspace"
    temporary_controlled_airspace = (
        "temporary_controlled_airspace",
        "临时管制空域",
        "Temporary controlled airspace",
    )
    road_works = "road_works", "道路施工", "Road works"
    event = "event", "大型活动", "Event"
    sensitive_site = "sensitive_site", "敏感场所", "Sensitive site"
    weather = "weather", "气象", "Weather"
    other = "other", "其他", "Other"


class RestrictionEffect(Code):
    """What a restriction does to a test that meets it."""

    prohibited = "prohibited", "禁止", "Prohibited"
    requires_authorization = "requires_authorization", "须经批准", "Requires authorization"
    conditional = "conditional", "附条件", "Conditional"
    information = "information", "提示", "Information"


class RestrictionState(Code):
    """Whether a restriction is in force."""

    draft = "draft", "草稿", "Draft"
    published = "published", "已发布", "Published"
    withdrawn = "withdrawn", "已撤销", "Withdrawn"


class AppliesTo(Code):
    """Whose tests a restriction concerns."""

    ground = "ground", "地面", "Ground"
    air = "air", "低空", "Air"
    both = "both", "地面与低空", "Ground and air"

    def concerns(self, domain: Domain) -> bool:
        """True when tests of `domain` meet this restriction."""
        return self is AppliesTo.both or self.value == domain.value


class Visibility(Code):
    """Who may see a restriction."""

    public = "public", "公开", "Public"
    operators = "operators", "测试主体可见", "Operators"
    authorities = "authorities", "仅主管部门", "Authorities"


class Phase(Code):
    """The stage of testing a permit allows; ground phases first, then air."""

    closed_site_test = "closed_site_test", "场地测试", "Closed-site test"
    road_test = "road_test", "道路测试", "Road test"
    demonstration_application = "demonstration_application", "示范应用", "Demonstration application"
    demonstration_operation = "demonstration_operation", "示范运营", "Demonstration operation"
    flight_trial = "flight_trial", "试飞", "Flight trial"
    corridor_trial = "corridor_trial", "航线试运行", "Corridor trial"
    regular_operation = "regular_operation", "常态化运行", "Regular operation"

    @property
    def domain(self) -> Domain:
        """The domain this phase belongs to."""
        return Domain.air if self in AIR_PHASES else Domain.ground


AIR_PHASES = (Phase.flight_trial, Phase.corridor_trial, Phase.regular_operation)
GROUND_PHASES = tuple(phase for phase in Phase if phase not in AIR_PHASES)


class ApplicationState(Code):
    """Where an application stands on its way to a decision."""

    draft = "draft", "草稿", "Draft"
    submitted = "submitted", "已提交", "Submitted"
    completeness_check = "completeness_check", "形式审查", "Completeness check"
    returned = "returned", "退回补正", "Returned for correction"
    expert_review = "expert_review", "专家评审", "Expert review"
    joint_review = "joint_review", "联合审查", "Joint review"
    confirmed = "confirmed", "已确认", "Confirmed"
    rejected = "rejected", "不予确认", "Rejected"
    withdrawn = "withdrawn", "撤回", "Withdrawn"


class PermitState(Code):
    """The life of a permit; `expired` is derived from the clock, never stored."""

    confirmed = "confirmed", "已确认", "Confirmed"
    active = "active", "生效", "Active"
    suspended = "suspended", "暂停", "Suspended"
    superseded = "superseded", "已更替", "Superseded"
    terminated = "terminated", "终止", "Terminated"
    revoked = "revoked", "撤销", "Revoked"
    expired = "expired", "到期", "Expired"


class Standing(Code):
    """Whether one vehicle may be used under its permit."""

    plate_pending = "plate_pending", "待核发临牌", "Plate pending"
    cleared = "cleared", "可上路", "Cleared"
    suspended = "suspended", "暂停", "Suspended"
    removed = "removed", "移出", "Removed"


class ActivityState(Code):
    """The life of one planned drive or flight."""

    submitted = "submitted", "已提交", "Submitted"
    approved = "approved", "已批准", "Approved"
    refused = "refused", "不批准", "Refused"
    held = "held", "暂缓", "Held"
    ready = "ready", "就绪", "Ready"
    activated = "activated", "进行中", "Activated"
    nonconforming = "nonconforming", "偏离计划", "Nonconforming"
    contingent = "contingent", "应急", "Contingent"
    ended = "ended", "已结束", "Ended"
    cancelled = "cancelled", "已取消", "Cancelled"


class ControlMode(Code):
    """Who or what drives at a moment."""

    manual = "manual", "人工", "Manual"
    automated = "automated", "自动", "Automated"
    takeover_requested = "takeover_requested", "接管请求", "Takeover requested"
    minimal_risk = "minimal_risk", "最小风险", "Minimal risk"
    remote_control = "remote_control", "远程控制", "Remote control"


class SupervisionMode(Code):
    """From where a person watches over the test."""

    driver_seat = "driver_seat", "主驾安全员", "Driver seat"
    passenger_seat = "passenger_seat", "副驾安全员", "Passenger seat"
    rear_seat = "rear_seat", "后排安全员", "Rear seat"
    remote = "remote", "远程安全员", "Remote"
    vlos = "vlos", "视距内", "Visual line of sight"
    bvlos = "bvlos", "超视距", "Beyond visual line of sight"


class VehicleKind(Code):
    """What is tested; road vehicles first, then aircraft."""

    passenger_car = "passenger_car", "乘用车", "Passenger car"
    bus = "bus", "客车", "Bus"
    truck = "truck", "货车", "Truck"
    delivery_robot = "delivery_robot", "无人配送车", "Delivery robot"
    special_vehicle = "special_vehicle", "专用作业车", "Special vehicle"
    multirotor = "multirotor", "多旋翼", "Multirotor"
    fixed_wing = "fixed_wing", "固定翼", "Fixed wing"
    helicopter = "helicopter", "直升机", "Helicopter"
    evtol = "evtol", "电动垂直起降", "eVTOL"

    @property
    def domain(self) -> Domain:
        """The domain this kind of vehicle moves in."""
        return Domain.air if self in AIRCRAFT_KINDS else Domain.ground


AIRCRAFT_KINDS = frozenset(
    {VehicleKind.multirotor, VehicleKind.fixed_wing, VehicleKind.helicopter, VehicleKind.evtol}
)


class UasClass(Code):
    """Weight class of an unmanned aircraft, computed by the rule pack (Order 761 Art. 62)."""

    micro = "micro", "微型", "Micro"
    light = "light", "轻型", "Light"
    small = "small", "小型", "Small"
    medium = "medium", "中型", "Medium"
    large = "large", "大型", "Large"
    agricultural = "agricultural", "农用", "Agricultural"


class Use(Code):
    """Whether others may use the same place at the same time."""

    shared = "shared", "共享", "Shared"
    exclusive = "exclusive", "独占", "Exclusive"


class Direction(Code):
    """Which way the stretches are used, relative to their geometry."""

    both = "both", "双向", "Both"
    forward = "forward", "正向", "Forward"
    backward = "backward", "反向", "Backward"


class Severity(Code):
    """What a finding demands, gravest first."""

    blocking = "blocking", "阻断", "Blocking"
    coordination = "coordination", "须协调", "Coordination"
    advisory = "advisory", "提示", "Advisory"


class RiskTier(Code):
    """How an application is supervised (Art. 46)."""

    high = "high", "高风险", "High"
    medium = "medium", "中风险", "Medium"
    low = "low", "低风险", "Low"


class Change(Code):
    """What an application alters against the permit it follows."""

    phase = "phase", "阶段", "Phase"
    period = "period", "期限", "Period"
    geometry = "geometry", "范围", "Geometry"
    vehicles = "vehicles", "车辆", "Vehicles"
    conditions = "conditions", "条件", "Conditions"


class ReviewDecision(Code):
    """What a department says of one version of an application."""

    approve = "approve", "同意", "Approve"
    return_ = "return", "退回", "Return"
    reject = "reject", "不同意", "Reject"


class ViolationKind(Code):
    """Which limit of its permit a vehicle broke."""

    out_of_area_automated = "out_of_area_automated", "超范围自动驾驶", "Automated outside the area"
    altitude = "altitude", "超高", "Altitude"
    speed = "speed", "超速", "Speed"
    supervision = "supervision", "监管方式不符", "Supervision"
    permit_not_active = "permit_not_active", "许可未生效", "Permit not active"
    vehicle_not_cleared = "vehicle_not_cleared", "车辆未放行", "Vehicle not cleared"
    implausible = "implausible", "数据不可信", "Implausible"


class ConditionKind(Code):
    """A machine-checked condition of a permit."""

    max_speed_mps = "max_speed_mps", "限速", "Speed limit"
    hours = "hours", "时段", "Hours"
    weather = "weather", "天气", "Weather"
    max_concurrent_vehicles = "max_concurrent_vehicles", "同时车辆数", "Concurrent vehicles"
    supervision_mode = "supervision_mode", "监管方式", "Supervision mode"


class Role(Code):
    """The office or capacity in which someone acts."""

    operator = "operator", "测试主体", "Operator"
    managing_unit = "managing_unit", "管理单位", "Managing unit"
    industry = "industry", "经信", "Industry"
    police = "police", "公安交管", "Police"
    transport = "transport", "交通运输", "Transport"
    planning = "planning", "规划自然资源", "Planning"
    emergency = "emergency", "应急管理", "Emergency"
    district = "district", "区（市）县", "District"
    atc = "atc", "空中交通管理机构", "Air traffic control"
    civil_aviation = "civil_aviation", "民航管理", "Civil aviation"
    expert = "expert", "专家委员会", "Experts"
    test_lab = "test_lab", "检测机构", "Test laboratory"
    auditor = "auditor", "审计", "Auditor"
    admin = "admin", "管理员", "Administrator"
    vehicle = "vehicle", "车辆", "Vehicle"
    public = "public", "公众", "Public"


AUTHORITIES = frozenset(
    {
        Role.managing_unit,
        Role.industry,
        Role.police,
        Role.transport,
        Role.planning,
        Role.emergency,
        Role.district,
        Role.atc,
        Role.civil_aviation,
    }
)
