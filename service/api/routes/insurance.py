"""Liability cover of an organisation's vehicles."""

from typing import Annotated

from fastapi import Query, Response

from service.api.deps import Caller
from service.api.endpoint import router
from service.api.idempotency import Creating
from service.api.paging import Listing
from service.api.policy import needs
from service.domain.access import Action
from service.usecases import registry
from service.wire.common import Instant, Key, PageOut
from service.wire.insurance import InsuranceIn, InsuranceOut

routes = router("registry", "/v1/insurance")


class InsuranceListing(Listing):
    """Which policies; `at` keeps those valid then."""

    operator_id: tuple[Key, ...] = ()
    at: Instant | None = None


@routes.get("", **needs(Action.insurance_read))
def list_insurance(
    call: Caller, listing: Annotated[InsuranceListing, Query()]
) -> PageOut[InsuranceOut]:
    """Policies; an operator sees its own."""
    with call.uow.read() as tx:
        page = registry.page_insurance(tx, call.actor, listing.to_query())
    shown = [InsuranceOut.from_domain(policy) for policy in page.items]
    return PageOut[InsuranceOut](items=shown, next=page.next)


@routes.post("", status_code=201, response_model=InsuranceOut, **needs(Action.insurance_write))
def register_insurance(call: Caller, once: Creating, body: InsuranceIn) -> Response:
    """Register a policy of the caller's organisation."""
    value = body.to_domain(call.ctx.new_id(), call.owner)
    with call.uow.write() as tx:
        return once.create(
            tx,
            lambda: InsuranceOut.from_domain(
                registry.register_insurance(tx, call.actor, call.ctx, value)
            ),
        )


@routes.get("/{insurance_id}", **needs(Action.insurance_read))
def get_insurance(call: Caller, insurance_id: Key) -> InsuranceOut:
    """One policy."""
    with call.uow.read() as tx:
        return InsuranceOut.from_domain(registry.get_insurance(tx, call.actor, insurance_id))
