"""What an application still lacks: documents, insurance, and limits overrun (Art. 45; rule pack).

Documents are listed for the managing unit to judge; insurance and the longest period stop a permit.
"""

from dataclasses import dataclass

from geo.text import Text
from service.domain.application import Application
from service.domain.deadlines import add_months
from service.domain.rulepack import LimitKey, Rule
from service.usecases.context import Context
from service.usecases.judging import case_now
from service.usecases.ports import Tx


@dataclass(frozen=True)
class Missing:
    """One thing that is lacking: a document, or a defect of the field at `pointer`."""

    rule: Rule
    message: Text
    pointer: str | None = None
    document_kind: str | None = None


def missing(tx: Tx, ctx: Context, application: Application) -> tuple[Missing, ...]:
    """Everything the application lacks, documents last."""
    return (*unmet(tx, ctx, application), *_documents(tx, ctx, application))


def unmet(tx: Tx, ctx: Context, application: Application) -> tuple[Missing, ...]:
    """What stops a permit: a vehicle not insured for the sum and the time, or too long a period."""
    content = application.content
    sum_cny = ctx.pack.limit(LimitKey.insurance_cny)
    policies = tx.insurance.find(content.insurance_ids).values()
    lacking = [
        Missing(
            sum_cny.rule,
            Text(
                f"车辆 {key} 的保险未覆盖整个期限或限额不足 {sum_cny.value:,.0f} 元",
                f"Vehicle {key} is not insured for the whole period and {sum_cny.value:,.0f} CNY",
            ),
            pointer=f"/vehicle_ids/{index}",
        )
        for index, key in enumerate(content.vehicle_ids)
        if not any(
            policy.covers(key, content.valid_from, content.valid_to, sum_cny.value)
            for policy in policies
        )
    ]
    longest = ctx.pack.limit(LimitKey.permit_period_months)
    if content.valid_to > add_months(content.valid_from, int(longest.value)):
        words = Text(
            f"期限超过 {longest.value:.0f} 个月", f"Longer than {longest.value:.0f} months"
        )
        lacking.append(Missing(longest.rule, words, pointer="/valid_to"))
    if not content.vehicle_ids:
        words = Text("未填写车辆", "No vehicle is named")
        lacking.append(Missing(sum_cny.rule, words, pointer="/vehicle_ids"))
    return tuple(lacking)


def _documents(tx: Tx, ctx: Context, application: Application) -> tuple[Missing, ...]:
    case = case_now(tx, ctx, application, application.findings)
    case = case.at_tier(ctx.pack.risk(case).tier)
    brought = {document.kind for document in application.content.documents}
    return tuple(
        Missing(
            rule.rule,
            Text(f"缺少{rule.document.title.zh}", f"{rule.document.title.en} is missing"),
            document_kind=rule.document,
        )
        for rule in ctx.pack.documents(case)
        if rule.document not in brought
    )
