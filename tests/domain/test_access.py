"""Who may do what, on whose things; whatever the table does not name is denied."""

import pytest

from service.domain.access import (
    POLICY,
    Action,
    Allowed,
    Denied,
    Reach,
    decide,
    require,
    require_sight,
)
from service.domain.errors import Forbidden, NotFound, Unidentified
from service.domain.journal import NOBODY
from service.domain.kinds import AUTHORITIES, Role
from tests.builders import an_actor, an_operator

EVERYTHING = [(role, action) for role in Role for action in Action]


def a_vehicle_actor(vehicle_id: str = "vehicle-a", organisation_id: str = "organisation-a"):
    return an_actor(Role.vehicle, vehicle_id=vehicle_id, organisation_id=organisation_id)


@pytest.mark.parametrize(("role", "action"), [p for p in EVERYTHING if p not in POLICY])
def test_what_the_table_does_not_name_is_denied(role: Role, action: Action) -> None:
    assert isinstance(decide(an_actor(role), action), Denied)


@pytest.mark.parametrize(("role", "action"), [p for p in EVERYTHING if p in POLICY])
def test_what_the_table_names_is_open_to_that_role(role: Role, action: Action) -> None:
    assert decide(an_actor(role), action) == Allowed()


@pytest.mark.parametrize(
    ("role", "action"), [pair for pair, reach in POLICY.items() if reach is not Reach.any]
)
def test_what_is_open_on_ones_own_things_is_denied_on_anothers(role: Role, action: Action) -> None:
    actor = an_actor(role, organisation_id="organisation-a", vehicle_id="vehicle-a")
    assert decide(actor, action, "organisation-a", "vehicle-a") == Allowed()
    assert isinstance(decide(actor, action, "organisation-b"), Denied)


@pytest.mark.parametrize(
    ("role", "action"), [pair for pair, reach in POLICY.items() if reach is Reach.any]
)
def test_what_is_open_on_anything_is_open_on_every_organisations_things(
    role: Role, action: Action
) -> None:
    assert decide(an_actor(role), action, "organisation-b", "vehicle-b") == Allowed()


def test_an_operator_that_belongs_nowhere_owns_nothing() -> None:
    stray = an_actor(Role.operator, organisation_id=None)
    assert isinstance(decide(stray, Action.permit_read, "organisation-a"), Denied)


def test_a_vehicle_acts_for_itself_and_for_no_other_of_its_organisation() -> None:
    mine, post = a_vehicle_actor(), Action.telemetry_post
    assert decide(mine, post, "organisation-a", "vehicle-a") == Allowed()
    assert isinstance(decide(mine, post, "organisation-a", "vehicle-b"), Denied)


def test_a_vehicle_does_not_act_under_another_organisations_permit() -> None:
    post = Action.telemetry_post
    assert isinstance(decide(a_vehicle_actor(), post, "organisation-b", "vehicle-a"), Denied)


@pytest.mark.parametrize(
    ("action", "roles"),
    [
        (Action.permit_plate, {Role.police}),
        (Action.account_manage, {Role.admin}),
        (Action.journal_read, {Role.auditor, Role.admin}),
        (Action.application_confirm, AUTHORITIES),
        (Action.application_review, AUTHORITIES | {Role.expert}),
        (Action.application_submit, {Role.operator}),
        (Action.finding_resolve, AUTHORITIES),
        (Action.telemetry_post, {Role.operator, Role.vehicle}),
        (Action.vehicle_key, {Role.operator, Role.admin}),
    ],
)
def test_a_grave_action_is_open_to_these_roles_and_no_others(
    action: Action, roles: set[Role]
) -> None:
    assert {role for role, granted in POLICY if granted is action} == roles


@pytest.mark.parametrize("role", [Role.auditor, Role.public, Role.test_lab])
def test_who_only_looks_can_change_nothing(role: Role) -> None:
    granted = {action for someone, action in POLICY if someone is role}
    assert {a for a in granted if not a.endswith(".read")} <= {Action.me_token}


def test_a_read_only_token_reads_and_does_nothing_else() -> None:
    reader = an_operator(read_only=True)
    assert decide(reader, Action.permit_read) == Allowed()
    assert isinstance(decide(reader, Action.application_write), Denied)
    assert isinstance(decide(reader, Action.me_token), Denied)


def test_nobody_is_asked_to_sign_in() -> None:
    with pytest.raises(Unidentified):
        require(NOBODY, Action.permit_read)


def test_somebody_is_told_that_they_may_not() -> None:
    with pytest.raises(Forbidden, match="police"):
        require(an_actor(Role.police), Action.application_write)


def test_what_one_may_not_see_is_not_there() -> None:
    with pytest.raises(NotFound):
        require_sight(an_operator(), Action.permit_read, "permit", "p", "organisation-b")


def test_who_may_see_none_of_a_kind_is_told_so() -> None:
    with pytest.raises(Forbidden):
        require_sight(a_vehicle_actor(), Action.incident_read, "incident", "i", "organisation-a")


def test_what_is_ones_own_is_seen() -> None:
    require_sight(an_operator(), Action.permit_read, "permit", "p", "organisation-a")


def test_a_vehicle_does_not_see_another_vehicle() -> None:
    actor, read = a_vehicle_actor(), Action.vehicle_read
    require_sight(actor, read, "vehicle", "vehicle-a", "organisation-a", "vehicle-a")
    with pytest.raises(NotFound):
        require_sight(actor, read, "vehicle", "vehicle-b", "organisation-a", "vehicle-b")
