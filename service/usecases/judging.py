"""An application as the authorities meet it: findings, risk tier, and the lines to be signed.

Used on submitting and again on confirming, so that both look at the same things.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from service.domain.application import Application, RequiredReview, Risk
from service.domain.casework import case_of, changes
from service.domain.deadlines import working_days_after
from service.domain.findings import Finding
from service.domain.journal import Actor
from service.domain.kinds import AUTHORITIES, Change, Role, Severity
from service.domain.question import Answer, Law, Question
from service.domain.rulepack import Case, ReviewLine, ReviewStage
from service.usecases.checks import ask, chain_of
from service.usecases.context import Context
from service.usecases.ports import Tx


def findings_for(actor: Actor, application: Application) -> tuple[Finding, ...]:
    """The findings the actor may see: others' pending applications are advice to authorities."""
    if actor.role in AUTHORITIES:
        return application.findings
    mine = (None, actor.organisation_id)
    return tuple(
        finding
        for finding in application.findings
        if all(a.type != "application" or a.owner_id in mine for a in finding.against)
    )


def answer_for(tx: Tx, ctx: Context, application: Application) -> Answer:
    """The answer to what the application asks, as of now, with what was settled of this version."""
    content = application.content
    question = Question(
        domain=content.domain,
        phase=content.phase,
        volumes=content.volumes,
        organisation_id=application.organisation_id,
        chain=chain_of(tx, content.follows),
        application_id=application.id,
        vehicles=len(content.vehicle_ids),
    )
    answer = ask(tx, ctx, question, pending=True)
    settled = {f.id: f.resolution for f in application.findings}
    findings = (replace(f, id=f"{application.id}.{f.id}") for f in answer.findings)
    return replace(
        answer, findings=tuple(replace(f, resolution=settled.get(f.id)) for f in findings)
    )


def judged(tx: Tx, ctx: Context, application: Application, answer: Answer) -> Application:
    """The application with its findings, changes, risk and the lines that must be signed."""
    case = case_now(tx, ctx, application, answer.findings)
    risk = ctx.pack.risk(case)
    return replace(
        application,
        findings=answer.findings,
        changes=tuple(change for change in Change if change in (case.changes or ())),
        risk=Risk(risk.tier, tuple(factor.rule.title for factor in risk.factors)),
        required_reviews=_lines(ctx, application, case.at_tier(risk.tier), answer.findings),
        pack_version=ctx.pack.version,
    )


def case_now(tx: Tx, ctx: Context, application: Application, findings: Iterable[Finding]) -> Case:
    """The application as rules look at it, given what stands against it."""
    content = application.content
    previous = tx.permits.get(content.follows).content if content.follows else None
    findings = tuple(findings)
    met = {a.id for f in findings for a in f.against if a.type == "restriction"}
    return case_of(
        content,
        None if previous is None else changes(content, previous),
        tx.vehicles.find(content.vehicle_ids).values(),
        findings,
        tx.restrictions.find(met).values(),
        Law(ctx.pack, ctx.frame),
    )


def _lines(
    ctx: Context, application: Application, case: Case, findings: tuple[Finding, ...]
) -> tuple[RequiredReview, ...]:
    """The pack's lines for this case, and a joint line for every office a coordination calls in.

    A line that stood before keeps its due time. An office that a finding calls in which was not
    there before has to sign after it, whatever it has signed already.
    """
    lines = [_line(ctx, line) for line in ctx.pack.reviews(case)]
    lead = next(line for line in lines if line.lead)
    present = {line.role for line in lines}
    lines += [
        RequiredReview(office, ReviewStage.joint, False, finding.rule.id, due_at=lead.due_at)
        for office, finding in _called_in(findings).items()
        if office not in present
    ]
    before = {(line.role, line.stage): line for line in application.required_reviews}
    known = {finding.id for finding in application.findings}
    anew = _called_in(finding for finding in findings if finding.id not in known)
    standing = ((line, before.get((line.role, line.stage), line)) for line in lines)
    return tuple(
        replace(
            line,
            due_at=old.due_at,
            asked_at=ctx.now if line.role in anew else old.asked_at,
        )
        for line, old in standing
    )


def _called_in(findings: Iterable[Finding]) -> Mapping[Role, Finding]:
    """The offices that coordinations call in, each with the first finding that does."""
    called: dict[Role, Finding] = {}
    for finding in findings:
        if finding.severity is Severity.coordination:
            for office in finding.offices:
                called.setdefault(office, finding)
    return called


def _line(ctx: Context, line: ReviewLine) -> RequiredReview:
    due = working_days_after(ctx.local_now, line.working_days, ctx.workdays)
    return RequiredReview(line.role, line.stage, line.lead, line.rule.id, due_at=due.at)
