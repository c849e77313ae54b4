"""What an application still lacks: people, insurance, documents, and limits overrun (Art. 45).

What has a pointer stops the completeness check and the permit; documents are listed for the
managing unit to judge.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from geo.text import Text
from service.domain.application import Application
from service.domain.deadlines import add_months
from service.domain.errors import Problem, Refused
from service.domain.organisation import PersonRole
from service.domain.rulepack import Case, CrewRule, LimitKey, Rule
from service.usecases.context import Context
from service.usecases.judging import case_now
from service.usecases.ports import Tx


@dataclass(frozen=True)
class Missing:
    """One thing that is lacking: a document, or a defect of the field at `pointer`."""

    rule: Rule
    code: str
    message: Text
    pointer: str | None = None
    document_kind: str | None = None


class Incomplete(Refused):
    """Fields of the application are still to be filled or put right; each problem names one."""

    code = "incomplete"

    def __init__(self, lacking: Iterable[Missing]) -> None:
        """Keep every lack that has a pointer; together they speak for the whole."""
        self.problems = tuple(
            Problem(item.pointer, item.code, item.message)
            for item in lacking
            if item.pointer is not None
        )
        super().__init__(
            Text(
                ";".join(problem.message.zh for problem in self.problems),
                "; ".join(problem.message.en for problem in self.problems),
            )
        )


def missing(tx: Tx, ctx: Context, application: Application) -> tuple[Missing, ...]:
    """Everything the application lacks, documents last."""
    case = _case(tx, ctx, application)
    return (*_unmet(tx, ctx, application, case), *_documents(ctx, application, case))


def incomplete(tx: Tx, ctx: Context, application: Application) -> Incomplete | None:
    """The refusal that names every field that is lacking; None when none is, whatever documents."""
    lacking = tuple(_unmet(tx, ctx, application, _case(tx, ctx, application)))
    return Incomplete(lacking) if lacking else None


def _case(tx: Tx, ctx: Context, application: Application) -> Case:
    case = case_now(tx, ctx, application, application.findings)
    return case.at_tier(ctx.pack.risk(case).tier)


def _unmet(tx: Tx, ctx: Context, application: Application, case: Case) -> Iterator[Missing]:
    yield from _uninsured(tx, ctx, application)
    yield from _unmanned(tx, ctx, application, case)
    content, longest = application.content, ctx.pack.limit(LimitKey.permit_period_months)
    if content.valid_to > add_months(content.valid_from, int(longest.value)):
        words = Text(
            f"期限超过 {longest.value:.0f} 个月", f"Longer than {longest.value:.0f} months"
        )
        yield Missing(longest.rule, "period_too_long", words, pointer="/valid_to")


def _uninsured(tx: Tx, ctx: Context, application: Application) -> Iterator[Missing]:
    """No vehicle, no policy, or a vehicle that none of the policies covers."""
    content, least = application.content, ctx.pack.limit(LimitKey.insurance_cny)
    if not content.vehicle_ids:
        words = Text("未填写车辆", "No vehicle is named")
        yield Missing(least.rule, "vehicle_required", words, pointer="/vehicle_ids")
    if not content.insurance_ids:
        words = Text("未填写保险", "No insurance is named")
        yield Missing(least.rule, "insurance_required", words, pointer="/insurance_ids")
        return
    policies = tx.insurance.find(content.insurance_ids).values()
    for index, key in enumerate(content.vehicle_ids):
        valid = (content.valid_from, content.valid_to)
        if not any(policy.covers(key, *valid, least.value) for policy in policies):
            words = Text(
                f"车辆 {key} 的保险未覆盖整个期限或限额不足 {least.value:,.0f} 元",
                f"Vehicle {key} is not insured for the whole period and {least.value:,.0f} CNY",
            )
            yield Missing(least.rule, "not_insured", words, pointer=f"/vehicle_ids/{index}")


def _unmanned(tx: Tx, ctx: Context, application: Application, case: Case) -> Iterator[Missing]:
    """Nobody is named who may watch over the test as it is to be watched over."""
    named = tx.people.find(application.content.person_ids).values()
    roles = {person.person_role for person in named}
    for row in ctx.pack.crew(case):
        if roles.isdisjoint(row.person_roles):
            yield Missing(row.rule, "person_required", _nobody(row), pointer="/person_ids")


def _nobody(row: CrewRule) -> Text:
    titles = [role.title for role in PersonRole if role in row.person_roles]
    zh, en = "或".join(title.zh for title in titles), " or ".join(title.en for title in titles)
    return Text(f"未填写{zh}", f"Nobody is named as {en.lower()}")


def _documents(ctx: Context, application: Application, case: Case) -> Iterator[Missing]:
    brought = {document.kind for document in application.content.documents}
    for row in ctx.pack.documents(case):
        if row.document not in brought:
            title = row.document.title
            words = Text(f"缺少{title.zh}", f"{title.en} is missing")
            yield Missing(row.rule, "document_required", words, document_kind=row.document)
