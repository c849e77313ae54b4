"""Live: heartbeats taken in order, states shown to whom they belong, silent vehicles found."""

from datetime import timedelta
from typing import Any

import pytest

from service.domain.errors import Forbidden, Malformed, NotFound, RegistryError
from service.domain.journal import Actor
from service.domain.kinds import PermitState, Role, Standing
from service.domain.live import Presence, geofence_etag
from service.domain.permit import PermitVehicle
from service.usecases import live
from service.usecases.live import Receipt, Telling
from service.usecases.ports import Query
from tests.builders import LAT, LON, NOW, a_permit, a_summary, a_vehicle, an_actor, some_evidence
from tests.builders.live import a_heartbeat
from tests.usecases.desk import AUDITOR, EXPERT, POLICE, A, B, Desk

CAR = an_actor(Role.vehicle, vehicle_id="vehicle-a", organisation_id="organisation-a")
OTHER_CAR = an_actor(Role.vehicle, vehicle_id="vehicle-c", organisation_id="organisation-a")


def a_desk(**permit: Any) -> Desk:
    """Two cars of A and one of B; A's first is under an active permit."""
    theirs = {"organisation_id": "organisation-b"}
    return Desk(
        a_vehicle(id="vehicle-a"),
        a_vehicle(id="vehicle-c"),
        a_vehicle(id="vehicle-b", **theirs),
        a_permit(id="permit-a", **permit),
        a_permit(id="permit-b", vehicles=(PermitVehicle("vehicle-b", Standing.cleared),), **theirs),
    )


def tell(desk: Desk, actor: Actor = CAR, vehicle_id: str = "vehicle-a", **told: Any) -> Receipt:
    (answer,) = tell_all(desk, a_telling(desk, vehicle_id, actor, **told))
    if isinstance(answer, RegistryError):
        raise answer
    return answer[0]


def a_telling(
    desk: Desk, vehicle_id: str = "vehicle-a", actor: Actor | None = None, **told: Any
) -> Telling:
    """By the vehicle itself unless an actor is named."""
    return Telling(vehicle_id, a_heartbeat(**{"at": desk.now, **told}), actor)


def tell_all(desk: Desk, *tellings: Telling) -> tuple[live.Located | RegistryError, ...]:
    with desk.store.write() as tx:
        return live.locate(tx, desk.ctx, tellings)


def state(desk: Desk, actor: Actor = POLICE, vehicle_id: str = "vehicle-a") -> live.VehicleState:
    with desk.store.read() as tx:
        return live.state(tx, actor, desk.ctx, vehicle_id)


def silent(desk: Desk) -> list[tuple[str, str]]:
    with desk.store.read() as tx:
        return [(s.vehicle_id, s.permit_id) for s in live.silent(tx, desk.ctx, Query())]


@pytest.mark.parametrize("actor", [CAR, A])
def test_the_vehicle_and_its_operator_tell_where_it_is(actor: Actor) -> None:
    desk = a_desk()
    assert tell(desk, actor) is Receipt.accepted
    position = state(desk).heard.position
    assert position is not None
    assert (position.heartbeat, position.received_at) == (a_heartbeat(), NOW)


@pytest.mark.parametrize(
    ("actor", "refusal"), [(B, NotFound), (OTHER_CAR, NotFound), (POLICE, Forbidden)]
)
def test_nobody_else_does(actor: Actor, refusal: type[Exception]) -> None:
    desk = a_desk()
    with pytest.raises(refusal):
        tell(desk, actor)
    assert desk.committed.positions.head() == 0


def test_what_is_no_newer_changes_nothing_and_says_so() -> None:
    desk = a_desk()
    tell(desk)
    later = [tell(desk, at=NOW - timedelta(seconds=s), lon=LON) for s in (0, 1)]
    assert later == [Receipt.outdated] * 2
    known = state(desk).heard.position
    assert known is not None
    assert known.heartbeat == a_heartbeat()
    assert tell(desk, at=NOW + timedelta(seconds=1)) is Receipt.accepted


def test_of_many_at_once_each_is_answered_for_itself_and_the_newest_is_kept() -> None:
    desk = a_desk()
    seconds = {n: NOW + timedelta(seconds=n) for n in (1, 2)}
    answers = tell_all(
        desk,
        a_telling(desk, at=seconds[1]),
        a_telling(desk, "vehicle-x"),
        a_telling(desk, "vehicle-b", A),
        a_telling(desk, "vehicle-c"),
        a_telling(desk, at=seconds[2]),
        a_telling(desk, at=seconds[1]),
    )
    told = [answer.code if isinstance(answer, RegistryError) else answer[0] for answer in answers]
    assert told == ["accepted", "not_found", "not_found", "accepted", "accepted", "outdated"]
    with desk.store.read() as tx:
        last = tx.positions.last(["vehicle-a", "vehicle-b", "vehicle-c"])
    assert {key: known.heartbeat.at for key, known in last.items()} == {
        "vehicle-a": seconds[2],
        "vehicle-c": NOW,
    }


@pytest.mark.parametrize(
    ("told", "pointer", "code"),
    [
        ({"at": NOW + timedelta(minutes=3)}, "/at", "in_the_future"),
        ({"permit_id": "permit-x"}, "/permit_id", "permit_unknown"),
        ({"permit_id": "permit-b"}, "/permit_id", "permit_unknown"),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(
    told: dict[str, Any], pointer: str, code: str
) -> None:
    with pytest.raises(Malformed) as refused:
        tell(a_desk(), **told)
    assert [(p.pointer, p.code) for p in refused.value.problems] == [(pointer, code)]


def test_a_permit_that_does_not_name_the_vehicle_is_refused() -> None:
    with pytest.raises(Malformed) as refused:
        tell(a_desk(), A, "vehicle-c", permit_id="permit-a")
    assert refused.value.problems[0].code == "vehicle_not_on_permit"


def test_a_clock_that_is_a_little_fast_is_taken() -> None:
    assert tell(a_desk(), at=NOW + timedelta(minutes=2)) is Receipt.accepted


@pytest.mark.parametrize("actor", [A, CAR, POLICE, AUDITOR])
def test_a_state_tells_permit_fence_and_presence(actor: Actor) -> None:
    desk = a_desk()
    tell(desk)
    known = state(desk, actor)
    assert known.permit is not None
    assert (known.permit.id, known.presence) == ("permit-a", Presence.inside)
    assert known.geofence_etag == geofence_etag(known.permit, desk.now)


@pytest.mark.parametrize(
    ("actor", "refusal"), [(B, NotFound), (OTHER_CAR, NotFound), (EXPERT, Forbidden)]
)
def test_a_state_is_not_for_others(actor: Actor, refusal: type[Exception]) -> None:
    desk = a_desk()
    tell(desk)
    with pytest.raises(refusal):
        state(desk, actor)


def test_a_vehicle_never_heard_of_has_a_state_too() -> None:
    known = state(a_desk(), vehicle_id="vehicle-c")
    assert (known.heard.at, known.permit, known.presence, known.silent_since) == (None,) * 4


def test_a_stopped_permit_is_still_told_with_the_tag_of_its_fence() -> None:
    desk = a_desk(state=PermitState.suspended)
    tell(desk)
    known = state(desk)
    assert known.permit is not None
    assert known.geofence_etag == geofence_etag(known.permit, desk.now)


def test_of_several_permits_the_one_that_was_named_counts() -> None:
    desk = a_desk()
    desk.given(a_permit(id="permit-2"))
    tell(desk)
    assert state(desk).permit is None
    desk.later(seconds=1)
    tell(desk, permit_id="permit-2")
    permit = state(desk).permit
    assert permit is not None
    assert permit.id == "permit-2"


def listed(desk: Desk, actor: Actor, query: Query | None = None) -> list[str]:
    with desk.store.read() as tx:
        page = live.states(tx, actor, desk.ctx, query or Query())
    return [known.vehicle_id for known in page.items]


def test_an_operator_lists_its_own_and_a_vehicle_itself() -> None:
    desk = a_desk()
    tell(desk, A, "vehicle-c")
    tell(desk)
    tell(desk, B, "vehicle-b", lon=103.5)
    assert listed(desk, A) == ["vehicle-c", "vehicle-a"]
    assert listed(desk, CAR) == ["vehicle-a"]
    assert listed(desk, POLICE) == ["vehicle-c", "vehicle-a", "vehicle-b"]
    here = Query(bbox=(LON, LAT, LON + 0.01, LAT + 0.01))
    assert listed(desk, POLICE, here) == ["vehicle-c", "vehicle-a"]


def test_who_spoke_today_and_stops_speaking_is_silent() -> None:
    desk = a_desk()
    tell(desk)
    desk.later(minutes=5)
    assert (silent(desk), state(desk).silent_since) == ([], None)
    desk.later(minutes=1)
    assert (silent(desk), state(desk).silent_since) == ([("vehicle-a", "permit-a")], NOW)
    tell(desk)
    assert (silent(desk), state(desk).silent_since) == ([], None)


def test_a_summary_breaks_the_silence() -> None:
    desk = a_desk()
    tell(desk)
    desk.later(minutes=6)
    summary = a_summary()
    with desk.store.write() as tx:
        tx.telemetry.record([(summary, some_evidence(summary))], desk.now)
    known = state(desk)
    assert (silent(desk), known.silent_since) == ([], None)
    assert known.heard.summary is not None
    assert known.heard.summary.received_at == desk.now


@pytest.mark.parametrize(
    "permit",
    [
        {"state": PermitState.suspended},
        {"vehicles": (PermitVehicle("vehicle-a", Standing.suspended),)},
    ],
)
def test_who_may_not_drive_may_be_silent(permit: dict[str, Any]) -> None:
    desk = a_desk(**permit)
    tell(desk)
    desk.later(minutes=6)
    assert (silent(desk), state(desk).silent_since) == ([], None)


def test_who_was_silent_yesterday_need_not_be_in_use_today() -> None:
    desk = a_desk()
    tell(desk)
    desk.later(hours=15)
    assert silent(desk) == []
