"""The question before the application."""

from service.api.deps import Caller
from service.api.endpoint import router
from service.api.policy import needs
from service.domain.access import Action
from service.usecases import checks
from service.wire.checks import CheckIn, CheckOut

routes = router("applications", "/v1/checks")


@routes.post("", **needs(Action.check_run))
def run_check(call: Caller, body: CheckIn) -> CheckOut:
    """May this test happen here, at this height, at this time? Writes nothing."""
    intake = call.intake()
    request = body.to_domain(intake)
    with call.uow.read() as tx:
        result = checks.run(tx, call.actor, call.ctx, request)
    return CheckOut.from_domain(result, intake.warnings, call.reader)
