"""An application as the authorities meet it: findings, risk tier, and the lines to be signed.

Used on submitting and again on confirming, so that both look at the same things.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from service.domain.application import Application, RequiredReview, Risk
from service.domain.casework import case_of, changes
from service.domain.deadlines import working_days_after
from service.domain.disclosure import UNDISCLOSED, is_hidden, is_withheld
from service.domain.findings import Finding
from service.domain.kinds import Change, Role, Severity
from service.domain.question import Answer, Law, Question
from service.domain.rulepack import Case, ReviewLine, ReviewStage
from service.usecases.checks import ask, chain_of
from service.usecases.context import Context
from service.usecases.ports import Tx


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
    public = case_now(tx, ctx, application, _public(answer.findings))
    risk = _risk(ctx, case, public)
    case, public = case.at_tier(risk.tier), public.at_tier(risk.tier)
    return replace(
        application,
        findings=answer.findings,
        changes=tuple(change for change in Change if change in (case.changes or ())),
        risk=risk,
        required_reviews=_lines(ctx, application, case, public, answer.findings),
        pack_version=ctx.pack.version,
    )


def case_now(tx: Tx, ctx: Context, application: Application, findings: Iterable[Finding]) -> Case:
    """The application as rules look at it, given what stands against it.

    What follows from it is open to its operator, so that hidden advice must not weigh in it.
    """
    content = application.content
    previous = tx.permits.get(content.follows).content if content.follows else None
    findings = tuple(finding for finding in findings if not is_withheld(finding))
    met = {a.id for f in findings for a in f.against if a.type == "restriction"}
    return case_of(
        content,
        None if previous is None else changes(content, previous),
        tx.vehicles.find(content.vehicle_ids).values(),
        findings,
        tx.restrictions.find(met).values(),
        Law(ctx.pack, ctx.frame),
    )


def _public(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(finding for finding in findings if not is_hidden(finding))


def _risk(ctx: Context, case: Case, public: Case) -> Risk:
    """The risk of the case; what only the hidden adds to it is kept apart (see `Risk`)."""
    risk = ctx.pack.risk(case)
    public_ids = {factor.rule.id for factor in ctx.pack.risk(public).factors}
    return Risk(
        risk.tier,
        tuple(f.rule.title for f in risk.factors if f.rule.id in public_ids),
        tuple(f.rule.title for f in risk.factors if f.rule.id not in public_ids),
    )


def _lines(
    ctx: Context,
    application: Application,
    case: Case,
    public: Case,
    findings: tuple[Finding, ...],
) -> tuple[RequiredReview, ...]:
    """The lines asked for now, as far as they stood before with the due time they had.

    An office that a finding calls in which was not there before has to sign after it, whatever it
    has signed already.
    """
    lines = _asked(ctx, case, public, findings)
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


def _asked(
    ctx: Context, case: Case, public: Case, findings: tuple[Finding, ...]
) -> list[RequiredReview]:
    """The pack's lines for this case, and a joint line for every office a coordination calls in.

    A line that only what is hidden asks for does not name its rule.
    """
    public_ids = {line.rule.id for line in ctx.pack.reviews(public)}
    lines = [_line(ctx, line, line.rule.id in public_ids) for line in ctx.pack.reviews(case)]
    lead = next(line for line in lines if line.lead)
    present = {line.role for line in lines}
    openly = _called_in(_public(findings))
    named = {office: finding.rule.id for office, finding in openly.items()}
    called_in = [office for office in _called_in(findings) if office not in present]
    return lines + [
        RequiredReview(
            office,
            ReviewStage.joint,
            False,
            named.get(office, UNDISCLOSED),
            due_at=lead.due_at,
        )
        for office in called_in
    ]


def _line(ctx: Context, line: ReviewLine, is_named: bool) -> RequiredReview:
    due = working_days_after(ctx.local_now, line.working_days, ctx.workdays)
    rule_id = line.rule.id if is_named else UNDISCLOSED
    return RequiredReview(line.role, line.stage, line.lead, rule_id, due_at=due.at)


def _called_in(findings: Iterable[Finding]) -> Mapping[Role, Finding]:
    """The offices that coordinations call in, each with the first finding that does."""
    called: dict[Role, Finding] = {}
    for finding in findings:
        if finding.severity is Severity.coordination:
            for office in finding.offices:
                called.setdefault(office, finding)
    return called
