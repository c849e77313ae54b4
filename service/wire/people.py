"""Safety drivers, pilots and monitors; names are personal, for their own and the authorities."""

from typing import Self

from service.domain.organisation import Person, PersonRole
from service.wire.common import Input, Line, Output


class PersonIn(Input):
    """Someone who watches over tests of the sender's organisation."""

    name: Line
    person_role: PersonRole
    licence_class: Line | None = None
    licence_number: Line | None = None

    def to_domain(self, key: str, organisation_id: str) -> Person:
        """The person under that id, of that organisation."""
        return Person(
            id=key,
            revision=1,
            organisation_id=organisation_id,
            name=self.name,
            person_role=self.person_role,
            licence_class=self.licence_class,
            licence_number=self.licence_number,
        )


class PersonOut(Output):
    """Someone who watches over tests."""

    id: str
    revision: int
    organisation_id: str
    name: str
    person_role: PersonRole
    licence_class: str | None
    licence_number: str | None

    @classmethod
    def from_domain(cls, person: Person) -> Self:
        """The person as registered."""
        return cls(
            id=person.id,
            revision=person.revision,
            organisation_id=person.organisation_id,
            name=person.name,
            person_role=person.person_role,
            licence_class=person.licence_class,
            licence_number=person.licence_number,
        )
