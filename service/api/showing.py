"""What needs the transaction to be shown: names of operators, what an application lacks."""

from collections.abc import Iterable, Mapping, Sequence

from service.api.deps import Call
from service.domain.application import Application
from service.domain.organisation import Organisation
from service.domain.permit import Permit
from service.usecases.completeness import missing
from service.usecases.ports import Tx
from service.wire.applications import ApplicationListed, ApplicationOut
from service.wire.permits import PermitOut


def application_out(tx: Tx, call: Call, application: Application) -> ApplicationOut:
    """One application in full."""
    lacking = missing(tx, call.ctx, application)
    return ApplicationOut.in_full(application, operators(tx, [application]), lacking, call.reader)


def applications_out(
    tx: Tx, call: Call, applications: Sequence[Application]
) -> list[ApplicationListed]:
    """Several applications, as a queue shows them."""
    named = operators(tx, applications)
    return [ApplicationListed.from_domain(item, named, call.reader) for item in applications]


def permit_out(tx: Tx, call: Call, permit: Permit) -> PermitOut:
    """One permit."""
    return PermitOut.from_domain(permit, operators(tx, [permit]), call.reader)


def permits_out(tx: Tx, call: Call, permits: Sequence[Permit]) -> list[PermitOut]:
    """Several permits."""
    named = operators(tx, permits)
    return [PermitOut.from_domain(permit, named, call.reader) for permit in permits]


def operators(tx: Tx, things: Iterable[Application | Permit]) -> Mapping[str, Organisation]:
    """The organisations that they belong to, by id."""
    return tx.organisations.find({thing.organisation_id for thing in things})
