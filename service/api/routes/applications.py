"""Applications: drafted and submitted by operators, signed by offices, confirmed by the lead."""

from typing import Annotated

from fastapi import Query, Response

from service.api.deps import Caller
from service.api.endpoint import router
from service.api.etags import IfMatch, tag
from service.api.idempotency import Creating
from service.api.paging import PlacedListing
from service.api.policy import needs
from service.api.showing import application_out, applications_out, permit_out
from service.domain.access import Action
from service.domain.kinds import ApplicationState, Domain, Phase
from service.usecases import applications, decisions
from service.wire.applications import ApplicationListed, ApplicationOut
from service.wire.common import Key, PageOut
from service.wire.content import ApplicationIn
from service.wire.findings import FindingOut, ResolveIn, findings_out
from service.wire.journal import EntryOut
from service.wire.permits import PermitOut
from service.wire.reviews import ConfirmIn, ReviewIn, VersionIn

routes = router("applications", "/v1/applications")
findings = router("applications", "/v1/findings")
WHATEVER_IS_CURRENT = VersionIn()


class ApplicationListing(PlacedListing):
    """Which applications."""

    state: tuple[ApplicationState, ...] = ()
    domain: tuple[Domain, ...] = ()
    phase: tuple[Phase, ...] = ()
    district: tuple[Key, ...] = ()
    operator_id: tuple[Key, ...] = ()


@routes.get("", **needs(Action.application_read))
def list_applications(
    call: Caller, listing: Annotated[ApplicationListing, Query()]
) -> PageOut[ApplicationListed]:
    """The queue: an operator sees its own, offices see what was handed in."""
    with call.uow.read() as tx:
        page = applications.page(tx, call.actor, listing.to_query())
        shown = applications_out(tx, call, page.items)
    return PageOut[ApplicationListed](items=shown, next=page.next)


@routes.post("", status_code=201, response_model=ApplicationOut, **needs(Action.application_write))
def draft_application(call: Caller, once: Creating, body: ApplicationIn) -> Response:
    """A new draft of the caller's organisation."""
    request = body.to_domain(call.intake())
    with call.uow.write() as tx:
        return once.create(
            tx,
            lambda: application_out(
                tx, call, applications.draft(tx, call.actor, call.ctx, request)
            ),
        )


@routes.get("/{application_id}", **needs(Action.application_read))
def get_application(call: Caller, response: Response, application_id: Key) -> ApplicationOut:
    """One application in full."""
    with call.uow.read() as tx:
        application = applications.get(tx, call.actor, application_id)
        tag(response, application.version)
        return application_out(tx, call, application)


@routes.put("/{application_id}", **needs(Action.application_write))
def edit_application(
    call: Caller, response: Response, application_id: Key, version: IfMatch, body: ApplicationIn
) -> ApplicationOut:
    """A new version of a draft or returned application."""
    request = body.to_domain(call.intake())
    with call.uow.write() as tx:
        edited = applications.edit(tx, call.actor, call.ctx, application_id, request, version)
        tag(response, edited.version)
        return application_out(tx, call, edited)


@routes.post("/{application_id}/submit", **needs(Action.application_submit))
def submit_application(
    call: Caller, application_id: Key, body: VersionIn = WHATEVER_IS_CURRENT
) -> ApplicationOut:
    """Hand it in; refused, and the draft kept, when a conflict or a gap stands."""
    with call.uow.write() as tx:
        submitted = applications.submit(tx, call.actor, call.ctx, application_id, body.version)
        return application_out(tx, call, submitted)


@routes.post("/{application_id}/resubmit", **needs(Action.application_submit))
def resubmit_application(
    call: Caller, application_id: Key, body: VersionIn = WHATEVER_IS_CURRENT
) -> ApplicationOut:
    """Hand it in again after it was returned."""
    return submit_application(call, application_id, body)


@routes.post("/{application_id}/withdraw", **needs(Action.application_withdraw))
def withdraw_application(
    call: Caller, application_id: Key, body: VersionIn = WHATEVER_IS_CURRENT
) -> ApplicationOut:
    """Take it back."""
    with call.uow.write() as tx:
        if body.version is not None:
            applications.get(tx, call.actor, application_id).at_version(body.version)
        withdrawn = applications.withdraw(tx, call.actor, call.ctx, application_id)
        return application_out(tx, call, withdrawn)


@routes.post("/{application_id}/reviews", **needs(Action.application_review))
def review_application(call: Caller, application_id: Key, body: ReviewIn) -> ApplicationOut:
    """An office's word on one version; the last signature moves it on."""
    with call.uow.write() as tx:
        reviewed = decisions.review(tx, call.actor, call.ctx, application_id, body.to_domain())
        return application_out(tx, call, reviewed)


@routes.post("/{application_id}/confirm", **needs(Action.application_confirm))
def confirm_application(call: Caller, application_id: Key, body: ConfirmIn) -> PermitOut:
    """The permit, issued by the lead office; 409 names everything that stands against it."""
    with call.uow.write() as tx:
        outcome = decisions.confirm(tx, call.actor, call.ctx, application_id, body.version)
        if not isinstance(outcome, decisions.Withheld):
            return permit_out(tx, call, outcome)
    # raised only now: what the check found is kept, so that offices newly called in can sign
    raise outcome.refusal


@routes.get("/{application_id}/findings", **needs(Action.application_read))
def list_findings(call: Caller, application_id: Key) -> PageOut[FindingOut]:
    """What stands against it, as far as the caller may know."""
    with call.uow.read() as tx:
        application = applications.get(tx, call.actor, application_id)
    shown = findings_out(application.findings, call.reader)
    return PageOut[FindingOut](items=shown, next=None)


@routes.get("/{application_id}/history", **needs(Action.application_read))
def application_history(call: Caller, application_id: Key) -> PageOut[EntryOut]:
    """What was done to it, line by line."""
    with call.uow.read() as tx:
        entries = applications.history(tx, call.actor, application_id)
    return PageOut[EntryOut](items=[EntryOut.from_domain(e) for e in entries], next=None)


@findings.post("/{finding_id}/resolve", **needs(Action.finding_resolve))
def resolve_finding(call: Caller, finding_id: Key, body: ResolveIn) -> FindingOut:
    """Settle what geometry could not, with a basis and a reason."""
    settled = (body.basis, body.reason, body.condition)
    with call.uow.write() as tx:
        finding = decisions.resolve_finding(tx, call.actor, call.ctx, finding_id, *settled)
    return FindingOut.from_domain(finding, call.reader)
