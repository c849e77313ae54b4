"""Incidents: reported, revised, their obligations met, closed."""

from typing import Annotated

from fastapi import Query, Response

from service.api.deps import Caller
from service.api.endpoint import router
from service.api.etags import IfMatch, tag
from service.api.idempotency import Creating
from service.api.paging import PlacedListing
from service.api.policy import needs
from service.domain.access import Action
from service.domain.incident_kinds import IncidentKind, IncidentSeverity, IncidentState
from service.usecases import incidents
from service.wire.common import Key, PageOut
from service.wire.incidents import FactsBody, IncidentOut, Patch, ProofIn, patched

routes = router("incidents", "/v1/incidents")


class IncidentListing(PlacedListing):
    """Which incidents; `at`: those that may have occurred then, as exactly as that is known."""

    state: tuple[IncidentState, ...] = ()
    incident_kind: tuple[IncidentKind, ...] = ()
    severity: tuple[IncidentSeverity, ...] = ()
    permit_id: tuple[Key, ...] = ()
    operator_id: tuple[Key, ...] = ()


@routes.get("", **needs(Action.incident_read))
def list_incidents(
    call: Caller, listing: Annotated[IncidentListing, Query()]
) -> PageOut[IncidentOut]:
    """Incidents; an operator sees its own."""
    with call.uow.read() as tx:
        page = incidents.page(tx, call.actor, listing.to_query())
    shown = [IncidentOut.from_domain(incident, call.reader) for incident in page.items]
    return PageOut[IncidentOut](items=shown, next=page.next)


@routes.post("", status_code=201, response_model=IncidentOut, **needs(Action.incident_report))
def report_incident(call: Caller, once: Creating, body: FactsBody) -> Response:
    """Log what is known; severity and due times follow from the rule pack."""
    facts = body.to_domain(call.intake())
    with call.uow.write() as tx:
        return once.create(
            tx,
            lambda: IncidentOut.from_domain(
                incidents.report(tx, call.actor, call.ctx, facts), call.reader
            ),
        )


@routes.get("/{incident_id}", **needs(Action.incident_read))
def get_incident(call: Caller, response: Response, incident_id: Key) -> IncidentOut:
    """One incident."""
    with call.uow.read() as tx:
        incident = incidents.get(tx, call.actor, incident_id)
    tag(response, incident.version)
    return IncidentOut.from_domain(incident, call.reader)


@routes.patch("/{incident_id}", **needs(Action.incident_write))
def revise_incident(
    call: Caller, response: Response, incident_id: Key, version: IfMatch, body: Patch
) -> IncidentOut:
    """A new version: the fields sent replace those held."""
    with call.uow.write() as tx:
        held = incidents.get(tx, call.actor, incident_id).facts
        facts = patched(held, body, call.intake(), call.reader)
        incident = incidents.revise(tx, call.actor, call.ctx, incident_id, facts, version)
    tag(response, incident.version)
    return IncidentOut.from_domain(incident, call.reader)


@routes.post("/{incident_id}/obligations/{obligation_id}/fulfil", **needs(Action.incident_write))
def fulfil_obligation(
    call: Caller, incident_id: Key, obligation_id: Key, body: ProofIn
) -> IncidentOut:
    """Note that an obligation was met, and by what that is shown."""
    about = (incident_id, obligation_id, body.proof)
    with call.uow.write() as tx:
        incident = incidents.fulfil(tx, call.actor, call.ctx, *about)
    return IncidentOut.from_domain(incident, call.reader)


@routes.post("/{incident_id}/close", **needs(Action.incident_close))
def close_incident(call: Caller, incident_id: Key) -> IncidentOut:
    """Close it; refused while an obligation is open."""
    with call.uow.write() as tx:
        incident = incidents.close(tx, call.actor, call.ctx, incident_id)
    return IncidentOut.from_domain(incident, call.reader)
