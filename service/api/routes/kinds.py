"""What anyone may ask before signing in: codes with their titles, and where this registry holds."""

from service.api.deps import Caller
from service.api.endpoint import router
from service.api.policy import public
from service.wire.kinds import JurisdictionOut, KindsOut

routes = router("reference", "/v1")


@routes.get("/kinds", **public())
def list_kinds() -> KindsOut:
    """Every code with its titles in both languages."""
    return KindsOut.all()


@routes.get("/jurisdiction", **public())
def get_jurisdiction(call: Caller) -> JurisdictionOut:
    """The place, its clock and the rule pack in force."""
    pack = call.ctx.pack
    with call.uow.read() as tx:
        demo = tx.identities.account("operator-a") is not None
    return JurisdictionOut.from_domain(pack.jurisdiction, pack, demo=demo)
