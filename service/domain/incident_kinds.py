"""The codes of incidents: what happened, how grave, how surely known, how far worked."""

from datetime import timedelta

from service.domain.kinds import Code


class IncidentKind(Code):
    """What happened."""

    crash = "crash", "碰撞", "Crash"
    near_miss = "near_miss", "危险接近", "Near miss"
    unplanned_stop = "unplanned_stop", "异常停车", "Unplanned stop"
    ads_disengaged = "ads_disengaged", "自动驾驶脱离", "ADS disengaged"
    remote_takeover = "remote_takeover", "远程接管", "Remote takeover"
    traffic_violation = "traffic_violation", "交通违法", "Traffic violation"
    out_of_area_automated = "out_of_area_automated", "超范围自动驾驶", "Automated outside the area"
    fire = "fire", "起火", "Fire"
    vehicle_loss = "vehicle_loss", "车辆毁损", "Vehicle loss"
    cyber_data = "cyber_data", "网络与数据安全", "Cyber or data security"
    lost_link = "lost_link", "指挥控制链路失效", "Lost link"
    fly_away = "fly_away", "失控飞离", "Fly-away"
    airspace_incursion = "airspace_incursion", "误入空域", "Airspace incursion"
    loss_of_separation = "loss_of_separation", "间隔不足", "Loss of separation"
    forced_landing = "forced_landing", "迫降", "Forced landing"
    battery = "battery", "电池故障", "Battery"
    bird = "bird", "鸟击", "Bird"
    payload_drop = "payload_drop", "载荷坠落", "Payload drop"
    other = "other", "其他", "Other"


class IncidentState(Code):
    """How far an incident has been worked."""

    draft = "draft", "草稿", "Draft"
    reported = "reported", "已报告", "Reported"
    investigating = "investigating", "调查中", "Investigating"
    closed = "closed", "已结案", "Closed"


class IncidentSeverity(Code):
    """Class of an incident; the upper four are those of Order 493 Art. 3."""

    no_harm = "no_harm", "无损害", "No harm"
    property_only = "property_only", "仅财产损失", "Property only"
    ordinary = "ordinary", "一般", "Ordinary"
    larger = "larger", "较大", "Larger"
    major = "major", "重大", "Major"
    extraordinary = "extraordinary", "特别重大", "Extraordinary"


class Liability(Code):
    """The test side's share of blame, as found."""

    none = "none", "无责任", "None"
    partial = "partial", "部分责任", "Partial"
    main = "main", "主要责任", "Main"
    full = "full", "全部责任", "Full"
    undetermined = "undetermined", "未认定", "Undetermined"


class TimePrecision(Code):
    """How exactly the time of an incident is known."""

    instant = "instant", "时刻", "Instant"
    hour = "hour", "小时", "Hour"
    day = "day", "日", "Day"
    month = "month", "月", "Month"

    @property
    def spread(self) -> timedelta:
        """How far the true time may lie from the one told, before it or after."""
        return _SPREAD[self]


_SPREAD = {
    TimePrecision.instant: timedelta(0),
    TimePrecision.hour: timedelta(hours=1),
    TimePrecision.day: timedelta(days=1),
    TimePrecision.month: timedelta(days=31),
}


class PlacePrecision(Code):
    """How exactly the place of an incident is known."""

    point = "point", "点位", "Point"
    road = "road", "路段", "Road"
    district = "district", "区县", "District"
    unknown = "unknown", "不详", "Unknown"
