"""One rule of a pack: what it is called, where it is written, how it binds, when it is in force.

Every typed row of a pack is a RuleRow and carries its Rule, so that whatever a row decides can be
cited. Rules are data (decision 10): the numbers live in service/rulepacks, never here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import TypeAlias, TypeVar

from geo.text import Text
from service.domain.kinds import Code

Param: TypeAlias = "str | int | float | bool | date | time | Sequence[Param] | Mapping[str, Param]"
AnyCode = TypeVar("AnyCode", bound=Code)


class Binding(Code):
    """How a rule binds in the jurisdiction that uses it."""

    law = "law", "法律", "Law"
    regulation = "regulation", "行政法规与部门规定", "Regulation"
    local_rule = "local_rule", "地方规定", "Local rule"
    standard = "standard", "标准", "Standard"
    draft = "draft", "征求意见稿", "Draft"
    project_default = "project_default", "项目默认值", "Project default"


@dataclass(frozen=True)
class Source:
    """A document that rules come from, named in our own words.

    `binding` and `valid_from` hold for its rules unless a rule says otherwise.
    """

    id: str
    title: Text
    binding: Binding
    valid_from: date | None = None


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A rule as people cite it; `params` are its numbers and codes as written in the pack.

    In force from `valid_from` to `valid_to`, both days included; None is open. `overrides` names
    the wider jurisdictions whose rule of the same id this one replaces.
    """

    id: str
    topic: str
    title: Text
    source: Source
    article: str | None
    binding: Binding
    verified: bool
    jurisdiction: str
    valid_from: date | None
    valid_to: date | None
    params: Mapping[str, Param]
    note: Text | None = None
    overrides: tuple[str, ...] = ()

    def in_force(self, day: date) -> bool:
        """True when the rule holds on `day`."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day <= self.valid_to
        )

    def code(self, codes: type[AnyCode], prefix: str) -> AnyCode:
        """The code that the id names after `prefix`; ValueError when it names none."""
        for code in codes:
            if self.id == f"{prefix}{code}":
                return code
        known = ", ".join(f"{prefix}{code}" for code in codes)
        raise ValueError(f"the id must be one of {known}")

    @property
    def mark(self) -> Text | None:
        """The warning shown beside the rule until a person has verified it; None when verified."""
        if self.verified:
            return None
        if self.binding is Binding.project_default:
            return Text("项目默认值，未核实", "Project default, unverified")
        return Text("未核实", "Unverified")


@dataclass(frozen=True, kw_only=True)
class RuleRow:
    """A typed row of a pack; its fields beside `rule` are the rule's params."""

    rule: Rule
