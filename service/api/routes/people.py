"""Safety drivers, pilots and monitors of an organisation."""

from typing import Annotated

from fastapi import Query, Response

from service.api.deps import Caller
from service.api.endpoint import router
from service.api.idempotency import Creating
from service.api.paging import Listing
from service.api.policy import needs
from service.domain.access import Action
from service.domain.organisation import PersonRole
from service.usecases import registry
from service.wire.common import Key, PageOut
from service.wire.people import PersonIn, PersonOut

routes = router("registry", "/v1/people")


class PersonListing(Listing):
    """Which people."""

    person_role: tuple[PersonRole, ...] = ()
    operator_id: tuple[Key, ...] = ()


@routes.get("", **needs(Action.person_read))
def list_people(call: Caller, listing: Annotated[PersonListing, Query()]) -> PageOut[PersonOut]:
    """People; an operator sees its own."""
    with call.uow.read() as tx:
        page = registry.page_people(tx, call.actor, listing.to_query())
    shown = [PersonOut.from_domain(person) for person in page.items]
    return PageOut[PersonOut](items=shown, next=page.next)


@routes.post("", status_code=201, response_model=PersonOut, **needs(Action.person_write))
def register_person(call: Caller, once: Creating, body: PersonIn) -> Response:
    """Register someone of the caller's organisation."""
    value = body.to_domain(call.ctx.new_id(), call.owner)
    with call.uow.write() as tx:
        return once.create(
            tx,
            lambda: PersonOut.from_domain(
                registry.register_person(tx, call.actor, call.ctx, value)
            ),
        )


@routes.get("/{person_id}", **needs(Action.person_read))
def get_person(call: Caller, person_id: Key) -> PersonOut:
    """One person."""
    with call.uow.read() as tx:
        return PersonOut.from_domain(registry.get_person(tx, call.actor, person_id))
