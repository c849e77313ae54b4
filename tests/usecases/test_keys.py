"""Keys of vehicles: shown once, kept as a digest, two at most, revoked for good."""

import pytest

from service.domain.errors import Forbidden, NotFound, Refused, Unidentified
from service.domain.kinds import Role
from service.usecases import identity, keys
from tests.usecases.desk import ADMIN, POLICE, A, B, Desk, a_desk


def issued(desk: Desk) -> tuple[str, str]:
    key, secret = desk.do(keys.issue, A, "vehicle-a")
    return key.id, secret


def test_the_secret_is_shown_once_and_only_its_digest_kept() -> None:
    desk = a_desk()
    key, secret = desk.do(keys.issue, A, "vehicle-a")
    assert key.digest == keys.digest_of(secret) != secret
    assert desk.ask(keys.of_vehicle, A, "vehicle-a") == (key,)


def test_whoever_holds_the_secret_is_the_vehicle() -> None:
    desk = a_desk()
    _, secret = issued(desk)
    actor = desk.ask(identity.actor_of, desk.now, secret)
    assert (actor.role, actor.vehicle_id, actor.organisation_id) == (
        Role.vehicle,
        "vehicle-a",
        "organisation-a",
    )


def test_two_keys_are_valid_for_rotation_and_a_third_is_refused() -> None:
    desk = a_desk()
    first, _ = issued(desk)
    issued(desk)
    with pytest.raises(Refused) as refused:
        issued(desk)
    assert refused.value.code == "too_many_keys"
    desk.do(keys.revoke, A, "vehicle-a", first)
    issued(desk)


def test_a_revoked_key_opens_nothing_and_stays_revoked_since_then() -> None:
    desk = a_desk()
    key, secret = issued(desk)
    revoked = desk.do(keys.revoke, A, "vehicle-a", key)
    desk.later(hours=1)
    assert desk.do(keys.revoke, A, "vehicle-a", key) == revoked
    with pytest.raises(Unidentified):
        desk.ask(identity.actor_of, desk.now, secret)


def test_a_key_of_another_vehicle_is_not_found() -> None:
    desk = a_desk()
    key, _ = issued(desk)
    with pytest.raises(NotFound):
        desk.do(keys.revoke, B, "vehicle-b", key)


def test_keys_are_their_operators_and_the_admins_affair() -> None:
    desk = a_desk()
    desk.do(keys.issue, ADMIN, "vehicle-a")
    with pytest.raises(NotFound):
        desk.do(keys.issue, B, "vehicle-a")
    with pytest.raises(Forbidden):
        desk.do(keys.issue, POLICE, "vehicle-a")
    with pytest.raises(Forbidden):
        desk.ask(keys.of_vehicle, POLICE, "vehicle-a")
