"""Who asks: accounts and their tokens; what is wrong about a sign-in is not told."""

from typing import Any

import pytest

from service.domain.errors import Forbidden, Malformed, NotFound, Refused, Unidentified
from service.domain.kinds import Role
from service.usecases import identity
from service.usecases.keys import digest_of
from tests.builders import a_deed, a_district, a_token, an_account
from tests.usecases.desk import ADMIN, A, Desk, a_desk


def verify(password: str, kept: str | None) -> bool:
    return kept == f"hash of {password}"


def with_police(**changes: Any) -> Desk:
    desk = a_desk()
    desk.do(identity.add_user, ADMIN, "police", "hash of right", Role.police)
    return desk


def signed_in(desk: Desk, username: str = "police", password: str = "right") -> identity.Issued:
    with desk.store.write() as tx:
        return identity.sign_in(tx, desk.ctx, username, password, verify)


def test_a_session_is_the_account_until_it_ends() -> None:
    desk = with_police()
    issued = signed_in(desk)
    actor = desk.ask(identity.actor_of, desk.now, issued.secret)
    assert (actor.name, actor.role, actor.read_only) == ("police", Role.police, False)
    desk.now += issued.lasts
    with pytest.raises(Unidentified):
        desk.ask(identity.actor_of, desk.now, issued.secret)


@pytest.mark.parametrize(("username", "password"), [("police", "wrong"), ("nobody", "right")])
def test_whether_name_or_password_was_wrong_is_not_told(username: str, password: str) -> None:
    with pytest.raises(Unidentified) as refused:
        signed_in(with_police(), username, password)
    assert refused.value.code == "wrong_credentials"


def test_an_unknown_name_takes_the_same_way_through_the_hash() -> None:
    asked = []
    desk = a_desk()
    with desk.store.write() as tx, pytest.raises(Unidentified):
        identity.sign_in(tx, desk.ctx, "nobody", "x", lambda *about: bool(asked.append(about)))
    assert asked == [("x", None)]


def test_a_personal_token_reads_and_does_not_write() -> None:
    desk = with_police()
    actor = desk.ask(identity.actor_of, desk.now, signed_in(desk).secret)
    token = desk.do(lambda tx, a, ctx: identity.personal_token(tx, a, ctx, "QGIS"), actor)
    reader = desk.ask(identity.actor_of, desk.now, token.secret)
    assert reader.read_only
    assert reader.id == actor.id
    with pytest.raises(Forbidden):
        desk.do(lambda tx, a, ctx: identity.personal_token(tx, a, ctx, "another"), reader)


def test_a_disabled_account_neither_signs_in_nor_goes_on() -> None:
    desk = a_desk()
    account = an_account(username="gone", password_hash="hash of right", disabled=True)
    token = a_token(account, digest=digest_of("still remembered"))
    with desk.store.write() as tx:
        tx.identities.add_account(account, desk.ctx.deed(ADMIN, "add"))
        tx.identities.add_token(token, a_deed("issue_token"))
    with pytest.raises(Unidentified):
        signed_in(desk, "gone")
    with pytest.raises(Unidentified):
        desk.ask(identity.actor_of, desk.now, "still remembered")


def test_a_secret_nobody_holds_is_nobodys() -> None:
    desk = with_police()
    with pytest.raises(Unidentified):
        desk.ask(identity.actor_of, desk.now, "made up")


def test_a_name_is_taken_once() -> None:
    desk = with_police()
    with pytest.raises(Refused) as refused:
        desk.do(identity.add_user, ADMIN, "police", "hash", Role.police)
    assert refused.value.code == "username_taken"


@pytest.mark.parametrize(
    ("role", "organisation_id"), [(Role.operator, None), (Role.police, "organisation-a")]
)
def test_operators_and_only_they_belong_to_an_organisation(
    role: Role, organisation_id: str | None
) -> None:
    with pytest.raises(Malformed):
        a_desk().do(identity.add_user, ADMIN, "someone", "hash", role, organisation_id)


@pytest.mark.parametrize(("role", "district"), [(Role.district, None), (Role.police, "510107")])
def test_district_offices_and_only_they_name_a_district(role: Role, district: str | None) -> None:
    with pytest.raises(Malformed):
        a_desk().do(identity.add_user, ADMIN, "someone", "hash", role, None, district)


@pytest.mark.parametrize("role", [Role.vehicle, Role.public])
def test_vehicles_and_the_public_have_no_account(role: Role) -> None:
    with pytest.raises(Malformed):
        a_desk().do(identity.add_user, ADMIN, "someone", "hash", role)


@pytest.mark.parametrize("name", ["", " ", "a b", "a\n", "a:b", "\x00", "\ud800", "x" * 65])
def test_a_name_that_nobody_could_type_is_refused(name: str) -> None:
    with pytest.raises(Malformed) as refused:
        a_desk().do(identity.add_user, ADMIN, name, "hash", Role.police)
    assert [p.code for p in refused.value.problems] == ["username_not_usable"]


@pytest.mark.parametrize("name", ["x", "x" * 64, "operator-a", "交警一处", "a.b@c"])
def test_a_name_that_can_be_typed_is_taken(name: str) -> None:
    added = a_desk().do(identity.add_user, ADMIN, name, "hash", Role.police)
    assert added.username == name


def test_a_district_has_to_be_one_of_those_that_are_known_once_any_is() -> None:
    desk = a_desk()
    about = ("hash", Role.district, None)
    assert desk.do(identity.add_user, ADMIN, "early", *about, "999999").district == "999999"
    with desk.store.write() as tx:
        tx.districts.add(a_district(id="510107", code="510107"), desk.ctx.deed(ADMIN, "import"))
    with pytest.raises(NotFound):
        desk.do(identity.add_user, ADMIN, "wrong", *about, "999999")
    assert desk.do(identity.add_user, ADMIN, "right", *about, "510107").district == "510107"


def test_the_organisation_has_to_be_registered() -> None:
    with pytest.raises(NotFound):
        a_desk().do(identity.add_user, ADMIN, "someone", "hash", Role.operator, "organisation-z")


def test_only_the_admin_adds_users() -> None:
    with pytest.raises(Forbidden):
        a_desk().do(identity.add_user, A, "someone", "hash", Role.admin)
