"""Who may do what: one table of role, action and reach; whatever is not in it is denied.

A `Reach` says on whose things the action may be done. What may be *seen* of another's permit is a
matter of redaction (decision 13, Art. 50) and decided where answers are made.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, auto

from geo.text import Text
from service.domain.errors import Forbidden, NotFound, Unidentified
from service.domain.journal import Actor
from service.domain.kinds import AUTHORITIES, Code, Role


class Action(Code):
    """Everything that can be done, as `resource.verb`."""

    account_manage = "account.manage", "管理账户", "Manage accounts"
    me_read = "me.read", "查看本人", "See oneself"
    me_token = "me.token", "生成个人令牌", "Make a personal token"
    task_read = "task.read", "查看待办", "See tasks"
    journal_read = "journal.read", "查看日志", "Read the journal"
    audit_read = "audit.read", "全库核查", "Audit the whole registry"
    import_run = "import.run", "导入数据", "Import data"
    import_read = "import.read", "查看导入", "See imports"
    road_read = "road.read", "查看道路", "See roads"
    zone_read = "zone.read", "查看区域", "See zones"
    zone_write = "zone.write", "提出或编辑区域", "Propose or edit zones"
    zone_assess = "zone.assess", "评估区域", "Assess zones"
    zone_publish = "zone.publish", "开放区域", "Publish zones"
    zone_withdraw = "zone.withdraw", "撤销区域", "Withdraw zones"
    restriction_read = "restriction.read", "查看限制", "See restrictions"
    restriction_write = "restriction.write", "编辑限制", "Edit restrictions"
    restriction_publish = "restriction.publish", "发布限制", "Publish restrictions"
    restriction_withdraw = "restriction.withdraw", "撤销限制", "Withdraw restrictions"
    organisation_read = "organisation.read", "查看单位", "See organisations"
    organisation_write = "organisation.write", "登记单位", "Register organisations"
    person_read = "person.read", "查看人员", "See people"
    person_write = "person.write", "登记人员", "Register people"
    vehicle_read = "vehicle.read", "查看车辆", "See vehicles"
    vehicle_write = "vehicle.write", "登记车辆", "Register vehicles"
    vehicle_key = "vehicle.key", "管理车辆密钥", "Manage vehicle keys"
    insurance_read = "insurance.read", "查看保险", "See insurance"
    insurance_write = "insurance.write", "登记保险", "Register insurance"
    check_run = "check.run", "预检", "Run a check"
    application_read = "application.read", "查看申请", "See applications"
    application_write = "application.write", "编辑申请", "Write applications"
    application_submit = "application.submit", "提交申请", "Submit applications"
    application_withdraw = "application.withdraw", "撤回申请", "Withdraw applications"
    application_review = "application.review", "审查申请", "Review applications"
    application_confirm = "application.confirm", "确认申请", "Confirm applications"
    finding_resolve = "finding.resolve", "处理核查结果", "Resolve findings"
    permit_read = "permit.read", "查看许可", "See permits"
    permit_activate = "permit.activate", "启用许可", "Activate permits"
    permit_suspend = "permit.suspend", "暂停许可", "Suspend permits"
    permit_resume = "permit.resume", "恢复许可", "Resume permits"
    permit_terminate = "permit.terminate", "终止许可", "Terminate permits"
    permit_revoke = "permit.revoke", "撤销许可", "Revoke permits"
    permit_plate = "permit.plate", "核发临牌", "Issue plates"
    telemetry_post = "telemetry.post", "上报遥测", "Post telemetry"
    telemetry_read = "telemetry.read", "查看遥测", "See telemetry"
    telemetry_replay = "telemetry.replay", "重新处理死信", "Hand in dead letters again"
    position_post = "position.post", "上报位置", "Tell a position"
    position_read = "position.read", "查看位置", "See positions"
    event_read = "event.read", "接收动态", "Follow events"
    statistics_read = "statistics.read", "查看统计", "See statistics"
    incident_read = "incident.read", "查看事件", "See incidents"
    incident_report = "incident.report", "报告事件", "Report incidents"
    incident_write = "incident.write", "更新事件", "Update incidents"
    incident_close = "incident.close", "结案", "Close incidents"


class Reach(Enum):
    """On whose things an action may be done."""

    any = auto()
    own = auto()
    """Of the actor's own organisation."""
    itself = auto()
    """Of the vehicle itself."""


@dataclass(frozen=True)
class Allowed:
    """Yes."""


@dataclass(frozen=True)
class Denied:
    """No, and why."""

    reason: Text


INSIDERS = AUTHORITIES | {Role.auditor, Role.admin}
"""Who sees places before they are published and restrictions that never are."""
STAFF = INSIDERS | {Role.expert, Role.test_lab}
SIGNERS = AUTHORITIES | {Role.expert}


def _rows(
    roles: Iterable[Role], reach: Reach, *actions: Action
) -> dict[tuple[Role, Action], Reach]:
    return {(role, action): reach for role in roles for action in actions}


A = Action
POLICY: dict[tuple[Role, Action], Reach] = {
    **_rows({Role.public, Role.vehicle}, Reach.any, A.zone_read, A.restriction_read, A.road_read),
    **_rows(
        STAFF | {Role.operator},
        Reach.any,
        *(A.me_read, A.me_token, A.road_read, A.zone_read, A.restriction_read),
    ),
    **_rows(STAFF, Reach.any, A.organisation_read, A.vehicle_read, A.permit_read, A.task_read),
    **_rows(STAFF, Reach.any, A.application_read, A.incident_read, A.statistics_read),
    **_rows(STAFF - {Role.expert, Role.test_lab}, Reach.any, A.telemetry_read, A.position_read),
    **_rows(STAFF | {Role.operator}, Reach.any, A.event_read),
    **_rows(AUTHORITIES, Reach.any, A.check_run, A.insurance_read, A.person_read),
    **_rows(AUTHORITIES, Reach.any, A.incident_report, A.incident_write, A.incident_close),
    **_rows(AUTHORITIES, Reach.any, A.finding_resolve),
    **_rows(SIGNERS, Reach.any, A.application_review),
    **_rows(AUTHORITIES, Reach.any, A.application_confirm),
    **_rows(AUTHORITIES, Reach.any, A.zone_write, A.zone_assess, A.restriction_write),
    **_rows(
        AUTHORITIES - {Role.district, Role.planning},
        Reach.any,
        *(A.zone_publish, A.zone_withdraw, A.restriction_publish, A.restriction_withdraw),
    ),
    **_rows(
        AUTHORITIES - {Role.district, Role.planning},
        Reach.any,
        *(A.permit_suspend, A.permit_resume, A.permit_terminate, A.permit_revoke),
        A.permit_activate,
    ),
    **_rows({Role.police}, Reach.any, A.permit_plate),
    **_rows(AUTHORITIES | {Role.admin}, Reach.any, A.import_run, A.import_read),
    **_rows({Role.managing_unit, Role.admin}, Reach.any, A.organisation_write),
    **_rows({Role.auditor, Role.admin}, Reach.any, A.journal_read),
    **_rows(INSIDERS, Reach.any, A.audit_read),
    **_rows({Role.admin}, Reach.any, A.account_manage, A.vehicle_key, A.person_read),
    **_rows({Role.admin, Role.auditor}, Reach.any, A.insurance_read),
    **_rows(
        {Role.operator},
        Reach.own,
        *(A.organisation_read, A.person_read, A.person_write, A.vehicle_read, A.vehicle_write),
        *(A.vehicle_key, A.insurance_read, A.insurance_write, A.check_run, A.task_read),
        *(A.application_read, A.application_write, A.application_submit, A.application_withdraw),
        *(A.permit_read, A.permit_activate, A.permit_terminate),
        *(A.telemetry_post, A.telemetry_read, A.telemetry_replay, A.statistics_read),
        *(A.position_post, A.position_read),
        *(A.incident_read, A.incident_report, A.incident_write),
    ),
    **_rows({Role.vehicle}, Reach.itself, A.telemetry_post, A.me_read, A.vehicle_read),
    **_rows({Role.vehicle}, Reach.itself, A.position_post, A.position_read),
    **_rows({Role.vehicle}, Reach.own, A.permit_read),
}

READING = frozenset(action for action in Action if action.value.endswith(".read"))


def decide(
    actor: Actor,
    action: Action,
    organisation_id: str | None = None,
    vehicle_id: str | None = None,
) -> Allowed | Denied:
    """Whether `actor` may do `action` on a thing of that organisation or vehicle.

    Leave both ids out to ask whether the action is open to the actor at all. A vehicle is held to
    its organisation too.
    """
    reach = POLICY.get((actor.role, action))
    if reach is None:
        return Denied(
            Text(f"{actor.role.title.zh} 无权{action.title.zh}", f"{actor.role} may not {action}")
        )
    if actor.read_only and action not in READING:
        return Denied(Text("该令牌只读", "This token is read-only"))
    if reach is not Reach.any and organisation_id not in (None, actor.organisation_id):
        return Denied(Text("不属于本单位", "It belongs to another organisation"))
    if reach is Reach.itself and vehicle_id not in (None, actor.vehicle_id):
        return Denied(Text("不是本车", "It is another vehicle's"))
    return Allowed()


def require(
    actor: Actor,
    action: Action,
    organisation_id: str | None = None,
    vehicle_id: str | None = None,
) -> None:
    """Return when the action is allowed; Unidentified for nobody, Forbidden otherwise."""
    answer = decide(actor, action, organisation_id, vehicle_id)
    if isinstance(answer, Denied):
        if actor.role is Role.public:
            raise Unidentified(Text("请先登录", "Sign in first"))
        raise Forbidden(answer.reason)


def require_sight(
    actor: Actor,
    action: Action,
    what: str,
    key: str,
    organisation_id: str,
    vehicle_id: str | None = None,
) -> None:
    """Return when the actor may see the thing at all; NotFound otherwise, which leaks nothing."""
    require(actor, action)
    if isinstance(decide(actor, action, organisation_id, vehicle_id), Denied):
        raise NotFound(what, key)
