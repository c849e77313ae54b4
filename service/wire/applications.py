"""Applications on their way to a decision: state, signatures, findings, what is lacking."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Self

from service.domain.access import Action, Allowed, decide
from service.domain.application import EDITABLE, STATES, Application, RequiredReview, Risk
from service.domain.disclosure import knows
from service.domain.documents import DocumentKind
from service.domain.findings import CONFIDENTIAL
from service.domain.kinds import ApplicationState, Change, RiskTier
from service.domain.organisation import Organisation
from service.usecases.completeness import Missing
from service.wire.actions import allowed
from service.wire.common import Output, Reader
from service.wire.content import ContentOut, content_fields
from service.wire.findings import FindingOut, findings_out
from service.wire.organisations import OrganisationNamed
from service.wire.reviews import ReviewLineOut

NEEDS = {
    "edit": Action.application_write,
    "submit": Action.application_submit,
    "resubmit": Action.application_submit,
    "withdraw": Action.application_withdraw,
}


class RiskOut(Output):
    """How closely it is supervised, and why (Art. 46)."""

    tier: RiskTier
    reasons: list[str]

    @classmethod
    def from_domain(cls, risk: Risk | None, reader: Reader) -> Self | None:
        """The risk; None before it was assessed."""
        if risk is None:
            return None
        hidden = risk.undisclosed if knows(reader.actor, CONFIDENTIAL) else ()
        reasons = [reader.words(reason) for reason in (*risk.reasons, *hidden)]
        return cls(tier=risk.tier, reasons=reasons)


class MissingOut(Output):
    """One thing that is lacking: a document, or a defect of the field at `pointer`."""

    pointer: str | None
    document_kind: DocumentKind | None
    rule_id: str
    article: str | None
    message: str

    @classmethod
    def from_domain(cls, missing: Missing, reader: Reader) -> Self:
        """What is lacking, in the reader's language."""
        kind = missing.document_kind
        return cls(
            pointer=missing.pointer,
            document_kind=None if kind is None else DocumentKind(kind),
            rule_id=missing.rule.id,
            article=missing.rule.article,
            message=reader.words(missing.message),
        )


class ApplicationListed(ContentOut):
    """An application as a queue shows it."""

    id: str
    version: int
    state: ApplicationState
    operator: OrganisationNamed
    created_at: datetime
    submitted_at: datetime | None
    risk: RiskOut | None
    required_reviews: list[ReviewLineOut]
    permit_id: str | None
    allowed_actions: list[str]

    @classmethod
    def from_domain(
        cls, application: Application, operators: Mapping[str, Organisation], reader: Reader
    ) -> Self:
        """The application among others; `operators` holds the organisation it is of."""
        return cls(**_listed(application, operators, reader))


class ApplicationOut(ApplicationListed):
    """An application in full, as far as the reader may know of it."""

    changes: list[Change]
    missing: list[MissingOut]
    findings: list[FindingOut]
    rule_pack_version: str | None

    @classmethod
    def in_full(
        cls,
        application: Application,
        operators: Mapping[str, Organisation],
        missing: Iterable[Missing],
        reader: Reader,
    ) -> Self:
        """The application with its findings and what it lacks."""
        return cls(
            **_listed(application, operators, reader),
            changes=list(application.changes),
            missing=[MissingOut.from_domain(item, reader) for item in missing],
            findings=findings_out(application.findings, reader),
            rule_pack_version=application.pack_version,
        )


def allowed_actions(application: Application, reader: Reader) -> list[str]:
    """What the reader may do with the application now, in the order in which it is done."""
    edit = ["edit"] if application.state in EDITABLE else []
    steps = [*edit, *STATES.steps(application.state)]
    own = allowed(steps, NEEDS, reader, application.organisation_id)
    return [*own, *_of_offices(application, reader)]


def _of_offices(application: Application, reader: Reader) -> Iterator[str]:
    role, district = reader.actor.role, reader.actor.district
    mine = any(line.is_of(role, district) for line in application.signable)
    if mine and _may(reader, Action.application_review):
        yield "review"
    if application.awaits(role) and _may(reader, Action.application_confirm):
        yield "confirm"


def _may(reader: Reader, action: Action) -> bool:
    return isinstance(decide(reader.actor, action), Allowed)


def _listed(
    application: Application, operators: Mapping[str, Organisation], reader: Reader
) -> dict[str, Any]:
    return {
        **content_fields(application.content, reader),
        "id": application.id,
        "version": application.version,
        "state": application.state,
        "operator": OrganisationNamed.from_domain(operators[application.organisation_id]),
        "created_at": application.created_at,
        "submitted_at": application.submitted_at,
        "risk": RiskOut.from_domain(application.risk, reader),
        "required_reviews": [_line(application, line) for line in application.required_reviews],
        "permit_id": application.permit_id,
        "allowed_actions": allowed_actions(application, reader),
    }


def _line(application: Application, line: RequiredReview) -> ReviewLineOut:
    """The line with the last word of its office."""
    office = (line.role, line.district)
    said = (r for r in reversed(application.reviews) if (r.role, r.district) == office)
    return ReviewLineOut.from_domain(line, next(said, None))
