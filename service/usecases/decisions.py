"""What authorities decide: sign or return a version, settle a finding, confirm (Art. 24-25).

Confirming asks the whole question again inside the transaction that issues the permit (decision 2).
What it then finds is stored even when it refuses, so that the office newly called in can sign.
"""

from dataclasses import dataclass, replace

from geo.text import Text
from service.domain.access import Action, require
from service.domain.application import (
    PENDING,
    STAGES,
    STATES,
    Application,
    Condition,
    Remark,
    RequiredReview,
    Review,
)
from service.domain.errors import (
    Forbidden,
    IllegalStep,
    Malformed,
    NotFound,
    Refused,
    RegistryError,
)
from service.domain.findings import Blocked, Finding, Resolution
from service.domain.journal import Actor
from service.domain.kinds import (
    ApplicationState,
    Domain,
    PermitState,
    ReviewDecision,
    Standing,
)
from service.domain.permit import ALLOCATING, Permit, PermitVehicle
from service.domain.rulepack import ReviewStage
from service.usecases.applications import get
from service.usecases.completeness import incomplete
from service.usecases.content import unsound
from service.usecases.context import Context
from service.usecases.judging import answer_for, judged
from service.usecases.ports import Tx


@dataclass(frozen=True)
class ReviewRequest:
    """What an office says of one version."""

    version: int
    decision: ReviewDecision
    remarks: tuple[Remark, ...] = ()
    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True)
class Withheld:
    """A confirmation that was refused: the refreshed application, and why."""

    application: Application
    refusal: RegistryError


def review(tx: Tx, actor: Actor, ctx: Context, key: str, request: ReviewRequest) -> Application:
    """The application after an office's word on one version; the last signature moves it on.

    The completeness check is not passed while a field is lacking: Incomplete names each.
    """
    require(actor, Action.application_review)
    application = get(tx, actor, key).at_version(request.version)
    line = _line_of(actor, application)
    problems = list(unsound("/conditions", request.conditions, application.content.domain))
    if problems:
        raise Malformed(problems)
    if application.state is ApplicationState.submitted:
        application = application.after("check")
    approved = request.decision is ReviewDecision.approve
    if approved and line.stage is ReviewStage.completeness:
        lacking = incomplete(tx, ctx, application)
        if lacking is not None:
            raise lacking
    said = replace(application, reviews=(*application.reviews, _said(actor, ctx, line, request)))
    decided = _moved_on(said) if approved else said.after(request.decision)
    tx.applications.put(decided, ctx.deed(actor, f"review_{request.decision}"))
    return decided


def resolve_finding(
    tx: Tx,
    actor: Actor,
    ctx: Context,
    finding_id: str,
    basis: str,
    reason: str,
    condition: str | None = None,
) -> Finding:
    """The finding with its settlement; a blocking conflict cannot be settled away."""
    require(actor, Action.finding_resolve)
    application = get(tx, actor, finding_id.partition(".")[0])
    finding = next((f for f in application.findings if f.id == finding_id), None)
    if finding is None:
        raise NotFound("finding", finding_id)
    if actor.role not in (*finding.offices, application.lead_role):
        raise Forbidden(Text("不属于本部门职责", "It is not your office's to settle"))
    if application.state not in PENDING:
        raise IllegalStep("application", application.state, "resolve", _steps_of(application))
    if finding.stops_submit:
        words = Text("阻断性冲突不能以说明消除", "A blocking conflict cannot be resolved away")
        raise Refused(words, code="blocking_conflict")
    settled = finding.resolved(
        Resolution(actor.name, actor.role, ctx.now, basis, reason, condition)
    )
    findings = tuple(settled if f.id == finding_id else f for f in application.findings)
    tx.applications.put(replace(application, findings=findings), ctx.deed(actor, "resolve_finding"))
    return settled


def confirm(tx: Tx, actor: Actor, ctx: Context, key: str, version: int) -> Permit | Withheld:
    """The permit, issued by the lead office; Withheld, with every reason, when something stands."""
    require(actor, Action.application_confirm)
    application = get(tx, actor, key)
    if actor.role is not application.lead_role:
        raise Forbidden(Text("须由牵头部门确认", "Only the lead office confirms"))
    moved = application.at_version(version).after("confirm")
    fresh = judged(tx, ctx, application, answer_for(tx, ctx, application))
    refusal = _refusal(tx, ctx, fresh, actor)
    if refusal is not None:
        if fresh != application:
            tx.applications.put(fresh, ctx.deed(actor, "recheck"))
        return Withheld(fresh, refusal)
    signed = replace(fresh, reviews=(*fresh.reviews, *_leads_word(actor, ctx, fresh)))
    permit = _issued(tx, ctx, signed)
    if fresh.content.follows is not None:
        _supersede(tx, actor, ctx, fresh.content.follows)
    confirmed = replace(signed, state=moved.state, permit_id=permit.id)
    tx.applications.put(confirmed, ctx.deed(actor, "confirm"))
    tx.permits.add(permit, ctx.deed(actor, "issue"))
    return permit


def _line_of(actor: Actor, application: Application) -> RequiredReview:
    """The line that the actor's office may sign now."""
    lines = [r for r in application.required_reviews if r.is_of(actor.role, actor.district)]
    if not lines:
        raise Forbidden(Text("本部门不在该申请的会签名单中", "Your office has no line on this one"))
    line = next((line for line in application.signable if line in lines), None)
    if line is not None:
        return line
    if application.state in PENDING and not any(line in application.unsigned() for line in lines):
        words = Text("本部门已签署该版本", "Your office has signed this version already")
        raise Refused(words, code="already_signed")
    raise IllegalStep("application", application.state, "review", _steps_of(application))


def _steps_of(application: Application) -> tuple[str, ...]:
    return STATES.steps(application.state)


def _said(actor: Actor, ctx: Context, line: RequiredReview, request: ReviewRequest) -> Review:
    return Review(
        role=line.role,
        district=line.district,
        version=request.version,
        decision=request.decision,
        by=actor.name,
        at=ctx.now,
        remarks=request.remarks,
        conditions=request.conditions,
    )


def _moved_on(application: Application) -> Application:
    """The application in its next stage once every line of this one is signed."""
    stage = STAGES[application.state]
    if stage is ReviewStage.joint or application.unsigned(stage):
        return application
    if stage is ReviewStage.completeness and application.unsigned(ReviewStage.expert):
        return application.after("refer")
    return application.after("pass")


def _refusal(tx: Tx, ctx: Context, application: Application, actor: Actor) -> RegistryError | None:
    """Why no permit can be issued now, gravest reason first; None when nothing stands."""
    standing = [finding for finding in application.findings if finding.stops_confirm]
    if standing:
        words = Text("存在未解决的冲突或不确定项", "Conflicts or open questions stand against it")
        return Blocked(words, standing)
    unsigned = application.unsigned_by_others(actor.role)
    if unsigned:
        zh = "、".join(line.role.title.zh for line in unsigned)
        en = ", ".join(line.role.title.en for line in unsigned)
        return Refused(Text(f"尚未会签：{zh}", f"Not yet signed by: {en}"), code="unsigned")
    lacking = incomplete(tx, ctx, application)
    if lacking is not None:
        return lacking
    if ctx.now >= application.content.valid_to:
        return Refused(Text("申请期限已过", "The validity applied for is over"), code="expired")
    return None


def _leads_word(actor: Actor, ctx: Context, application: Application) -> tuple[Review, ...]:
    """Confirming is the lead's approval where it has not signed before."""
    unsigned = [line for line in application.unsigned() if line.role is actor.role]
    request = ReviewRequest(application.version, ReviewDecision.approve)
    return tuple(_said(actor, ctx, line, request) for line in unsigned)


def _supersede(tx: Tx, actor: Actor, ctx: Context, permit_id: str) -> None:
    """End the permit that is followed, unless it is over already."""
    previous = tx.permits.get(permit_id)
    if previous.state_at(ctx.now) in ALLOCATING:
        tx.permits.put(previous.after("supersede", ctx.now), ctx.deed(actor, "supersede"))


def _issued(tx: Tx, ctx: Context, application: Application) -> Permit:
    content = application.content
    chain = tx.permits.get(content.follows).chain_with_itself if content.follows else ()
    plated = content.domain is Domain.ground
    return Permit(
        id=ctx.new_id(),
        number=_number(ctx, tx.permits.count() + 1),
        state=PermitState.confirmed,
        organisation_id=application.organisation_id,
        application_id=application.id,
        application_version=application.version,
        chain=chain,
        content=content,
        conditions=_conditions(application),
        vehicles=tuple(
            PermitVehicle(key, Standing.plate_pending if plated else Standing.cleared)
            for key in content.vehicle_ids
        ),
        confirmed_at=ctx.now,
        pack_version=ctx.pack.version,
    )


def _number(ctx: Context, count: int) -> str:
    """The number of the permit that is the `count`-th of the city: CHENGDU-2026-00001."""
    city = ctx.pack.jurisdiction.code.rpartition("-")[2].upper()
    return f"{city}-{ctx.local_now.year}-{count:05d}"


def _conditions(application: Application) -> tuple[Condition, ...]:
    """What the operator offered and what the offices asked for on the confirmed version."""
    asked = [
        condition
        for said in application.reviews
        if said.version == application.version
        for condition in said.conditions
    ]
    return tuple(dict.fromkeys([*application.content.requested_conditions, *asked]))
