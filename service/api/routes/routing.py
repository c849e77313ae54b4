"""A way on the road network."""

from service.api.deps import Caller
from service.api.endpoint import router
from service.api.policy import needs
from service.domain.access import Action
from service.usecases import routing
from service.wire.routing import RouteIn, RouteOut

routes = router("roads", "/v1/routes")


@routes.post("", **needs(Action.check_run))
def find_route(call: Caller, body: RouteIn) -> RouteOut:
    """The shortest way on the network through places pointed at. Writes nothing."""
    request = body.to_domain(call.intake())
    with call.uow.read() as tx:
        return RouteOut.from_domain(routing.find(tx, call.actor, call.ctx, request), call.reader)
