"""The topics of a rule pack: which row each table of a pack file describes, and what to call it.

The fields of a row class are the schema of its table; a new kind of rule is one class and one line
here.
"""

from dataclasses import dataclass

from geo.text import Text
from service.domain.rulebook_aircraft import AerodromeClearance, BufferRule, UasClassRow
from service.domain.rulebook_gate import (
    CleanRecordGate,
    ContainmentGate,
    ExposureGate,
    ExpresswayGate,
    PreviousPhaseGate,
    ReportsFiledGate,
    TimeInPhaseGate,
)
from service.domain.rulebook_incident import (
    ConductRule,
    ObligationRule,
    SeverityRow,
    SuspensionGround,
)
from service.domain.rulebook_limit import EvidenceWindow, HourBand, Limit, Reference, Switch
from service.domain.rulebook_place import (
    CalendarRow,
    ExtentRow,
    GeoidRow,
    GroundRow,
    PlaneRow,
    RoadBand,
    TerrainRow,
)
from service.domain.rulebook_review import CrewRule, DocumentRule, ReviewLine
from service.domain.rulebook_risk import RiskFactor, RiskScale
from service.domain.rulebook_rule import RuleRow
from service.domain.rulebook_sharing import SeparationRule, SharingRow
from service.domain.rulebook_term import DeadlineRule


@dataclass(frozen=True)
class Topic:
    """A table of a pack file: the rows it holds and its title."""

    row: type[RuleRow]
    title: Text


TOPICS: dict[str, Topic] = {
    "calendar": Topic(CalendarRow, Text("时区与节假日", "Time zone and holidays")),
    "extent": Topic(ExtentRow, Text("受理范围", "Extent")),
    "plane": Topic(PlaneRow, Text("工作平面", "Working plane")),
    "ground": Topic(GroundRow, Text("地形与大地水准面", "Terrain and geoid")),
    "terrain": Topic(TerrainRow, Text("分区地形高程", "Terrain by region")),
    "geoid": Topic(GeoidRow, Text("大地水准面格网", "Table of the geoid")),
    "sharing": Topic(SharingRow, Text("共享与冲突", "Sharing and conflicts")),
    "separation": Topic(SeparationRule, Text("间隔标准", "Separations")),
    "review": Topic(ReviewLine, Text("审查与会签", "Reviews and signatures")),
    "crew": Topic(CrewRule, Text("人员配备", "People in charge")),
    "document": Topic(DocumentRule, Text("申请材料", "Documents")),
    "previous_phase_gate": Topic(PreviousPhaseGate, Text("阶段次序", "Order of the phases")),
    "exposure_gate": Topic(ExposureGate, Text("时长与里程门槛", "Gates: hours and kilometres")),
    "clean_record_gate": Topic(CleanRecordGate, Text("无违法无责任事故", "Gates: clean record")),
    "containment_gate": Topic(ContainmentGate, Text("路段覆盖门槛", "Gates: stretches passed")),
    "expressway_gate": Topic(ExpresswayGate, Text("高速公路门槛", "Gates: expressway")),
    "time_gate": Topic(TimeInPhaseGate, Text("阶段时长门槛", "Gates: time in phase")),
    "reports_gate": Topic(ReportsFiledGate, Text("报告提交门槛", "Gates: reports filed")),
    "risk_scale": Topic(RiskScale, Text("风险分级", "Risk tiers")),
    "risk_factor": Topic(RiskFactor, Text("风险因素", "Risk factors")),
    "limit": Topic(Limit, Text("限值", "Limits")),
    "switch": Topic(Switch, Text("开关", "Switches")),
    "hours": Topic(HourBand, Text("时段", "Hours")),
    "deadline": Topic(DeadlineRule, Text("时限", "Deadlines")),
    "obligation": Topic(ObligationRule, Text("事件报告义务", "Obligations after an incident")),
    "severity": Topic(SeverityRow, Text("事件等级", "Severity classes")),
    "conduct": Topic(ConductRule, Text("测试行为要求", "Conduct during tests")),
    "suspension": Topic(SuspensionGround, Text("暂停与撤销情形", "Suspension and revocation")),
    "evidence_window": Topic(EvidenceWindow, Text("数据留存窗口", "Recording around an event")),
    "uas_class": Topic(UasClassRow, Text("无人驾驶航空器分类", "Classes of unmanned aircraft")),
    "buffer": Topic(BufferRule, Text("避让距离", "Buffers")),
    "aerodrome_clearance": Topic(AerodromeClearance, Text("净空保护区", "Aerodrome clearance")),
    "road_band": Topic(RoadBand, Text("公路建筑控制区", "Building control beside roads")),
    "reference": Topic(Reference, Text("参考数值", "Reference values")),
}
