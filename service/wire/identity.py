"""Who is signed in, and the tokens that prove it."""

from typing import Literal, Self

from service.domain.access import Action, Allowed, decide
from service.domain.journal import Actor
from service.domain.kinds import Role
from service.domain.organisation import Organisation
from service.usecases.identity import Issued
from service.wire.common import Input, Line, Output
from service.wire.organisations import OrganisationNamed

# what can be begun without a thing at hand
BEGINNINGS = {
    "application.create": Action.application_write,
    "zone.create": Action.zone_write,
    "restriction.create": Action.restriction_write,
    "organisation.create": Action.organisation_write,
    "person.create": Action.person_write,
    "vehicle.create": Action.vehicle_write,
    "insurance.create": Action.insurance_write,
    "incident.create": Action.incident_report,
    "import.create": Action.import_run,
    "check.run": Action.check_run,
    "journal.read": Action.journal_read,
}


class TokenOut(Output):
    """A token; the secret is shown this once."""

    access_token: str
    token_type: Literal["bearer"] = "bearer"
    expires_in: int

    @classmethod
    def from_domain(cls, issued: Issued) -> Self:
        """The secret and the seconds it lasts."""
        return cls(access_token=issued.secret, expires_in=int(issued.lasts.total_seconds()))


class PersonalTokenIn(Input):
    """What a personal token is for."""

    label: Line = "personal"


class MeOut(Output):
    """Who asks, and what they may begin."""

    id: str
    username: str
    display_name: str
    roles: list[Role]
    organisation: OrganisationNamed | None
    district: str | None
    read_only: bool
    allowed_actions: list[str]

    @classmethod
    def from_domain(cls, actor: Actor, organisation: Organisation | None) -> Self:
        """The actor with the organisation they belong to."""
        return cls(
            id=actor.id,
            username=actor.name,
            display_name=actor.name,
            roles=[actor.role],
            organisation=OrganisationNamed.from_domain(organisation) if organisation else None,
            district=actor.district,
            read_only=actor.read_only,
            allowed_actions=[
                name
                for name, action in BEGINNINGS.items()
                if isinstance(decide(actor, action), Allowed)
            ],
        )
