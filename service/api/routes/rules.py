"""The rules in force today, with their sources; public, as law is."""

from typing import Annotated

from fastapi import Query

from service.api.deps import Caller
from service.api.endpoint import router
from service.api.policy import public
from service.wire.common import Key, PageOut
from service.wire.rules import RuleOut

routes = router("reference", "/v1/rules")


@routes.get("", **public())
def list_rules(call: Caller, topic: Annotated[Key | None, Query()] = None) -> PageOut[RuleOut]:
    """Every rule in force, or those of one topic."""
    rules = (rule for rule in call.ctx.pack.rules if topic in (None, rule.topic))
    return PageOut[RuleOut](items=[RuleOut.from_domain(r, call.reader) for r in rules], next=None)


@routes.get("/{rule_id}", **public())
def get_rule(call: Caller, rule_id: Key) -> RuleOut:
    """One rule."""
    return RuleOut.from_domain(call.ctx.pack.rule(rule_id), call.reader)
