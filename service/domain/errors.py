"""What the registry refuses, and why. No HTTP here: api/errors.py maps each class to a status.

RegistryError
 +-- Malformed        the payload itself is wrong; each problem names its place
 +-- Unidentified     nobody known asks
 +-- Forbidden        known, may see, may not do
 +-- NotFound         absent, or not yours to know of
 +-- Stale            the caller looked at an older revision or version
 +-- Overloaded       more waits already than can be dealt with
 +-- Refused          the registry's state forbids it
      +-- IllegalStep     the state machine has no such step
      +-- Blocked         findings stand against it (in findings.py)
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from geo.text import Text
from service.domain.kinds import Code

_THINGS = {
    "account": Text("账户", "account"),
    "application": Text("申请", "application"),
    "dead_letter": Text("死信", "dead letter"),
    "district": Text("行政区", "district"),
    "finding": Text("核查结论", "finding"),
    "import_report": Text("导入记录", "import"),
    "incident": Text("事件", "incident"),
    "insurance": Text("保险", "insurance policy"),
    "obligation": Text("报告义务", "obligation"),
    "organisation": Text("单位", "organisation"),
    "permit": Text("许可", "permit"),
    "person": Text("人员", "person"),
    "resource": Text("资源", "resource"),
    "restriction": Text("限制", "restriction"),
    "road": Text("路段", "road stretch"),
    "rule": Text("规则", "rule"),
    "vehicle": Text("车辆", "vehicle"),
    "vehicle_key": Text("车辆密钥", "vehicle key"),
    "violation": Text("违规", "violation"),
    "zone": Text("区域", "zone"),
}
"""What people call the things of the registry."""

_STEPS = {
    "activate": Text("生效", "activated"),
    "assess": Text("评估", "assessed"),
    "check": Text("开始形式审查", "checked for completeness"),
    "close": Text("结案", "closed"),
    "confirm": Text("联合确认", "confirmed"),
    "edit": Text("修改", "edited"),
    "investigate": Text("调查", "investigated"),
    "issue_plate": Text("核发临牌", "given a plate"),
    "pass": Text("转联合审查", "passed on to joint review"),
    "publish": Text("发布", "published"),
    "refer": Text("转专家评审", "referred to the experts"),
    "reject": Text("不予确认", "rejected"),
    "report": Text("报告", "reported"),
    "resolve": Text("处理核查结论", "settled in its findings"),
    "resubmit": Text("重新提交", "submitted again"),
    "resume": Text("恢复", "resumed"),
    "return": Text("退回补正", "returned for correction"),
    "review": Text("签署意见", "reviewed"),
    "revoke": Text("撤销", "revoked"),
    "submit": Text("提交", "submitted"),
    "supersede": Text("更替", "superseded"),
    "suspend": Text("暂停", "suspended"),
    "terminate": Text("终止", "terminated"),
    "withdraw": Text("撤回", "withdrawn"),
}
"""What people call the steps of the state machines; in English, what becomes of the thing."""


def _called(names: Mapping[str, Text], code: str) -> Text:
    """The words for a code; its own letters where nobody has named it yet."""
    return names.get(code) or Text(code, code.replace("_", " "))


@dataclass(frozen=True)
class Problem:
    """One defect of a payload: where (JSON Pointer), which, and in words."""

    pointer: str
    code: str
    message: Text


class RegistryError(Exception):
    """Base of every refusal; `code` never changes, `message` is for people."""

    code = "registry_error"

    def __init__(self, message: Text, code: str | None = None) -> None:
        """Keep the message; a given `code` is more exact than the class's own."""
        super().__init__(message.en)
        self.message = message
        self.code = code or self.code


class Malformed(RegistryError):
    """The payload is wrong; every problem found is listed."""

    code = "malformed"

    def __init__(self, problems: Sequence[Problem]) -> None:
        """Keep all problems; the first one speaks for the whole."""
        super().__init__(problems[0].message)
        self.problems = tuple(problems)


class Unidentified(RegistryError):
    """The caller gave no valid proof of who they are."""

    code = "unidentified"


class Forbidden(RegistryError):
    """The caller may see this but not do that."""

    code = "forbidden"


class NotFound(RegistryError):
    """There is no such thing, or it is not the caller's; the two look alike on purpose."""

    code = "not_found"

    def __init__(self, what: str, key: str) -> None:
        """Name the kind and the key that were asked for."""
        thing = _called(_THINGS, what)
        super().__init__(Text(f"没有找到{thing.zh} {key}", f"There is no {thing.en} {key}"))
        self.what, self.key = what, key


class Stale(RegistryError):
    """Someone changed it since the caller looked."""

    code = "stale"

    def __init__(self, current: int, given: int) -> None:
        """Tell both numbers so that the caller can fetch the difference."""
        super().__init__(
            Text(
                f"内容已更新到第 {current} 版，您依据的是第 {given} 版",
                f"It is at version {current} now; you acted on version {given}",
            )
        )
        self.current, self.given = current, given


class Overloaded(RegistryError):
    """More waits already than can be dealt with; nothing was kept, `after_s` says when to retry."""

    code = "overloaded"

    def __init__(self, after_s: int) -> None:
        super().__init__(
            Text(
                f"系统繁忙，请 {after_s} 秒后重发",
                f"Too much is waiting; send it again in {after_s} s",
            )
        )
        self.after_s = after_s


class Refused(RegistryError):
    """The registry's state forbids it."""

    code = "refused"


class IllegalStep(Refused):
    """The state machine has no such step from here; `allowed` names those it has."""

    code = "illegal_step"

    def __init__(self, subject: str, state: Code, step: str, allowed: Sequence[str]) -> None:
        """Say it in words people use; the codes stay beside, for programs."""
        thing, wanted = _called(_THINGS, subject), _called(_STEPS, step)
        ways = [_called(_STEPS, name) for name in allowed]
        zh, en = "、".join(way.zh for way in ways), ", ".join(way.en for way in ways)
        now_zh = f"该{thing.zh}当前为“{state.title.zh}”，不能{wanted.zh}"
        now_en = f"This {thing.en} stands at “{state.title.en}” and cannot be {wanted.en}"
        if ways:
            words = Text(f"{now_zh}；可以：{zh}", f"{now_en}; it can be {en}")
        else:
            words = Text(f"{now_zh}；已无后续步骤", f"{now_en}; nothing follows that state")
        super().__init__(words)
        self.state, self.step, self.allowed = state, step, tuple(allowed)
