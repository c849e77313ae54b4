"""The public register: what anyone may know of permits, without signing in (Art. 12)."""

from typing import Annotated

from fastapi import Query

from service.api.deps import Caller
from service.api.endpoint import router
from service.api.paging import PlacedListing
from service.api.policy import public
from service.api.showing import operators
from service.domain.kinds import PermitState
from service.wire.common import PageOut
from service.wire.permits import PublicPermit

routes = router("public", "/v1/public")
SHOWN = (PermitState.confirmed, PermitState.active, PermitState.suspended)


@routes.get("/permits", **public())
def list_public_permits(
    call: Caller, listing: Annotated[PlacedListing, Query()]
) -> PageOut[PublicPermit]:
    """Permits that hold a place: whose, which phase, where and when; coordinates are rounded."""
    with call.uow.read() as tx:
        page = tx.permits.page(listing.to_query().only("state", SHOWN))
        named = operators(tx, page.items)
    shown = [PublicPermit.from_domain(permit, named, call.reader) for permit in page.items]
    return PageOut[PublicPermit](items=shown, next=page.next)
