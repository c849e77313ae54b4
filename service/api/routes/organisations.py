"""Test subjects."""

from typing import Annotated

from fastapi import Query, Response

from service.api.deps import Caller
from service.api.endpoint import router
from service.api.idempotency import Creating
from service.api.paging import Listing
from service.api.policy import needs
from service.domain.access import Action
from service.usecases import registry
from service.wire.common import Key, PageOut
from service.wire.organisations import OrganisationIn, OrganisationOut

routes = router("registry", "/v1/organisations")


@routes.get("", **needs(Action.organisation_read))
def list_organisations(
    call: Caller, listing: Annotated[Listing, Query()]
) -> PageOut[OrganisationOut]:
    """Organisations; an operator sees its own."""
    with call.uow.read() as tx:
        page = registry.page_organisations(tx, call.actor, listing.to_query())
    shown = [OrganisationOut.from_domain(organisation) for organisation in page.items]
    return PageOut[OrganisationOut](items=shown, next=page.next)


@routes.post(
    "", status_code=201, response_model=OrganisationOut, **needs(Action.organisation_write)
)
def register_organisation(call: Caller, once: Creating, body: OrganisationIn) -> Response:
    """Register a test subject."""
    value = body.to_domain(call.ctx.new_id())
    with call.uow.write() as tx:
        return once.create(
            tx,
            lambda: OrganisationOut.from_domain(
                registry.register_organisation(tx, call.actor, call.ctx, value)
            ),
        )


@routes.get("/{organisation_id}", **needs(Action.organisation_read))
def get_organisation(call: Caller, organisation_id: Key) -> OrganisationOut:
    """One organisation."""
    with call.uow.read() as tx:
        organisation = registry.get_organisation(tx, call.actor, organisation_id)
    return OrganisationOut.from_domain(organisation)
