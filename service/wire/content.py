"""What an operator asks for, in and out; an application and its permit show the same content."""

from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import Field

from service.domain.application import AttachedDocument, Content
from service.domain.documents import DocumentKind
from service.domain.kinds import Domain, Phase, SupervisionMode
from service.usecases.content import ContentRequest
from service.wire.common import Flag, Input, Instant, Key, Keys, Line, Output, Reader, Returned
from service.wire.conditions import ConditionBody, Conditions
from service.wire.intake import Intake
from service.wire.volumes import VolumeIn, VolumeOut, requests, throughout


class DocumentBody(Input):
    """A document handed in."""

    kind: DocumentKind
    document_id: Key

    @classmethod
    def from_domain(cls, document: AttachedDocument) -> Self:
        """The document as it was handed in."""
        return cls(kind=DocumentKind(document.kind), document_id=document.document_id)


class ApplicationIn(Returned):
    """Everything an operator asks for; a volume without a schedule is used throughout."""

    unread = frozenset(
        """
        id version state operator created_at submitted_at changes risk missing required_reviews
        findings rule_pack_version permit_id allowed_actions
        """.split()
    )

    title: Line
    domain: Domain
    phase: Phase
    follows: Key | None = None
    volumes: Annotated[tuple[VolumeIn, ...], Field(min_length=1, max_length=1000)]
    vehicle_ids: Keys = ()
    person_ids: Keys = ()
    supervision_mode: SupervisionMode
    passengers: Flag = False
    cargo: Flag = False
    over_people: Flag = False
    valid_from: Instant
    valid_to: Instant
    requested_conditions: Conditions = ()
    documents: Annotated[tuple[DocumentBody, ...], Field(max_length=200)] = ()
    insurance_ids: Keys = ()

    def to_domain(self, intake: Intake) -> ContentRequest:
        """The content asked for; Malformed names everything that cannot be read."""
        schedule = throughout(intake, self.valid_from, self.valid_to)
        volumes = requests(intake, self.volumes, schedule, routes=False)
        intake.close()
        return ContentRequest(
            title=self.title,
            domain=self.domain,
            phase=self.phase,
            follows=self.follows,
            volumes=volumes,
            vehicle_ids=self.vehicle_ids,
            person_ids=self.person_ids,
            supervision_mode=self.supervision_mode,
            passengers=self.passengers,
            cargo=self.cargo,
            over_people=self.over_people,
            valid_from=self.valid_from,
            valid_to=self.valid_to,
            requested_conditions=tuple(c.to_domain() for c in self.requested_conditions),
            documents=tuple(AttachedDocument(d.kind, d.document_id) for d in self.documents),
            insurance_ids=self.insurance_ids,
        )


class ContentOut(Output):
    """What was asked for, with every volume's place resolved."""

    title: str
    domain: Domain
    phase: Phase
    follows: str | None
    volumes: list[VolumeOut]
    vehicle_ids: list[str]
    person_ids: list[str]
    supervision_mode: SupervisionMode
    passengers: bool
    cargo: bool
    over_people: bool
    valid_from: datetime
    valid_to: datetime
    requested_conditions: list[ConditionBody]
    documents: list[DocumentBody]
    insurance_ids: list[str]


def content_fields(content: Content, reader: Reader) -> dict[str, Any]:
    """The fields of ContentOut, for whatever is built around them."""
    return {
        **vars(content),
        "volumes": [VolumeOut.from_domain(volume, reader) for volume in content.volumes],
        "requested_conditions": [
            ConditionBody.from_domain(condition) for condition in content.requested_conditions
        ],
        "documents": [DocumentBody.from_domain(document) for document in content.documents],
    }
