"""Events: what is done to a thing is told to whom may see the thing, and to nobody else."""

import pytest

from geo.text import Text
from service.domain.journal import Actor
from service.domain.kinds import Visibility
from service.usecases import applications, events, restrictions, zones
from tests.builders import a_permit, a_vehicle, a_vehicle_key, a_violation, an_incident
from tests.usecases.desk import (
    ATC,
    AUDITOR,
    EXPERT,
    POLICE,
    TRANSPORT,
    A,
    B,
    Desk,
    a_desk,
    a_request,
    a_restriction_request,
    a_zone_request,
)


def told(desk: Desk, actor: Actor, *kinds: str) -> list[str]:
    """What an actor is told of things of these kinds, as `kind.action`."""
    with desk.store.read() as tx:
        lines = events.told(tx, actor, tx.journal.page(0, 1000))
    named = [(line.subject.partition(":")[0], line.action) for line in lines]
    return [f"{kind}.{action}" for kind, action in named if kind in kinds]


def test_things_of_an_operator_are_told_to_it_and_to_the_offices() -> None:
    desk = Desk(a_vehicle(), a_permit(), an_incident())
    with desk.store.write() as tx:
        tx.violations.add(a_violation(), desk.ctx.deed(A, "given"))
    kinds = ("vehicle", "permit", "incident", "violation")
    everything = [f"{kind}.given" for kind in kinds]
    assert told(desk, A, *kinds) == told(desk, POLICE, *kinds) == everything
    assert told(desk, B, *kinds) == []
    assert told(desk, EXPERT, *kinds) == ["vehicle.given", "permit.given", "incident.given"]


def test_a_draft_is_its_authors_alone() -> None:
    desk = a_desk()
    draft = desk.do(applications.draft, A, a_request())
    assert told(desk, A, "application") == ["application.draft"]
    assert told(desk, POLICE, "application") == told(desk, B, "application") == []
    desk.do(applications.submit, A, draft.id)
    assert "application.submit" in told(desk, POLICE, "application")
    assert told(desk, B, "application") == []


def test_places_are_told_to_outsiders_from_their_publication_on() -> None:
    desk = Desk()
    zone = desk.do(zones.propose, TRANSPORT, a_zone_request())
    for step in ("assess", "publish", "withdraw"):
        desk.do(zones.step, TRANSPORT, zone.id, step)
    assert told(desk, A, "zone") == ["zone.publish", "zone.withdraw"]
    assert told(desk, ATC, "zone") == [
        f"zone.{step}" for step in ("propose", "assess", "publish", "withdraw")
    ]


def test_a_place_withdrawn_before_anyone_saw_it_is_not_told() -> None:
    desk = Desk()
    draft = desk.do(restrictions.draft, POLICE, a_restriction_request())
    desk.do(restrictions.step, POLICE, draft.id, "withdraw")
    assert told(desk, A, "restriction") == []


@pytest.mark.parametrize("visibility", Visibility)
def test_a_restriction_is_told_as_far_as_it_is_shown(visibility: Visibility) -> None:
    desk = Desk()
    request = a_restriction_request(visibility=visibility, name=Text("x", "x"))
    draft = desk.do(restrictions.draft, POLICE, request)
    desk.do(restrictions.step, POLICE, draft.id, "publish")
    shown = [] if visibility is Visibility.authorities else ["restriction.publish"]
    assert told(desk, A, "restriction") == shown
    assert told(desk, ATC, "restriction") == ["restriction.draft", "restriction.publish"]


def test_keys_are_told_to_readers_of_the_journal_alone() -> None:
    desk = Desk()
    with desk.store.write() as tx:
        tx.identities.put_vehicle_key(a_vehicle_key(), desk.ctx.deed(A, "issue_key"))
    assert told(desk, AUDITOR, "vehicle_key") == ["vehicle_key.issue_key"]
    assert told(desk, A, "vehicle_key") == told(desk, POLICE, "vehicle_key") == []
