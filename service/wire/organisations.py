"""Test subjects, as they register and as they are shown."""

from typing import Self

from service.domain.organisation import Organisation
from service.wire.common import Input, Line, Output, Words


class OrganisationIn(Input):
    """A test subject."""

    name: Words
    registration_number: Line
    contact: Line | None = None

    def to_domain(self, key: str, revision: int = 1) -> Organisation:
        """The organisation under that id."""
        return Organisation(
            id=key,
            revision=revision,
            name=self.name.to_domain(),
            registration_number=self.registration_number,
            contact=self.contact,
        )


class OrganisationOut(Output):
    """A test subject."""

    id: str
    revision: int
    name: Words
    registration_number: str
    contact: str | None

    @classmethod
    def from_domain(cls, organisation: Organisation) -> Self:
        """The organisation as it registered."""
        return cls(
            id=organisation.id,
            revision=organisation.revision,
            name=Words.from_domain(organisation.name),
            registration_number=organisation.registration_number,
            contact=organisation.contact,
        )


class OrganisationNamed(Output):
    """Whose it is."""

    id: str
    name: Words

    @classmethod
    def from_domain(cls, organisation: Organisation) -> Self:
        """The organisation by its name only."""
        return cls(id=organisation.id, name=Words.from_domain(organisation.name))
