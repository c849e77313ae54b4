"""What offices say of an application, and the lines that must be signed."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import Field

from service.domain.application import Remark, RequiredReview, Review
from service.domain.kinds import ReviewDecision, Role
from service.domain.rulepack import ReviewStage
from service.usecases.decisions import ReviewRequest
from service.wire.common import Input, Output, Pointer, Prose
from service.wire.conditions import ConditionBody, Conditions

Version = Annotated[int, Field(strict=True, ge=1, le=2**31)]


class VersionIn(Input):
    """The version the sender looked at; without it, whatever is current."""

    version: Version | None = None


class ConfirmIn(Input):
    """The version to be confirmed."""

    version: Version


class RemarkBody(Input):
    """A reviewer's word on one field of the application."""

    pointer: Pointer = ""
    text: Prose


class ReviewIn(Input):
    """What an office says of one version."""

    version: Version
    decision: ReviewDecision
    remarks: Annotated[tuple[RemarkBody, ...], Field(max_length=200)] = ()
    conditions: Conditions = ()

    def to_domain(self) -> ReviewRequest:
        """The office's word."""
        return ReviewRequest(
            version=self.version,
            decision=self.decision,
            remarks=tuple(Remark(remark.pointer, remark.text) for remark in self.remarks),
            conditions=tuple(condition.to_domain() for condition in self.conditions),
        )


class ReviewLineOut(Output):
    """A line to be signed; `signed_version` is the version its office approved last."""

    role: Role
    district: str | None
    stage: ReviewStage
    lead: bool
    rule_id: str
    due_at: datetime | None
    signed_version: int | None
    decision: ReviewDecision | None
    signed_by: str | None
    signed_at: datetime | None
    remarks: list[RemarkBody]
    conditions: list[ConditionBody]

    @classmethod
    def from_domain(cls, line: RequiredReview, said: Review | None) -> Self:
        """The line, and what its office said last."""
        approved = said is not None and said.decision is ReviewDecision.approve
        return cls(
            role=line.role,
            district=line.district,
            stage=ReviewStage(line.stage),
            lead=line.lead,
            rule_id=line.rule_id,
            due_at=line.due_at,
            signed_version=said.version if said and approved else None,
            decision=said.decision if said else None,
            signed_by=said.by if said else None,
            signed_at=said.at if said else None,
            remarks=[RemarkBody.model_construct(**vars(r)) for r in said.remarks] if said else [],
            conditions=[ConditionBody.from_domain(c) for c in said.conditions] if said else [],
        )
