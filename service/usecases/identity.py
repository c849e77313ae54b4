"""Who asks: local accounts, session and personal tokens, vehicle keys (decision 12)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from geo.text import Text
from service.domain.access import Action, require
from service.domain.errors import Malformed, Problem, Refused, Unidentified
from service.domain.journal import Actor
from service.domain.kinds import Role
from service.domain.vehicle import Vehicle
from service.usecases.context import Context
from service.usecases.keys import digest_of
from service.usecases.ports import Account, Token, Tx

SESSION = timedelta(hours=12)
PERSONAL = timedelta(days=90)
ACCOUNT_ROLES = tuple(role for role in Role if role not in (Role.vehicle, Role.public))
"""Vehicles hold keys, and the public signs in nowhere."""
LONGEST_NAME = 64
WRONG = Text("用户名或密码不正确", "Wrong user name or password")


@dataclass(frozen=True)
class Issued:
    """A token's secret, shown this once, and how long it lasts."""

    secret: str
    lasts: timedelta


def sign_in(
    tx: Tx, ctx: Context, username: str, password: str, verify: Callable[[str, str | None], bool]
) -> Issued:
    """A session token; Unidentified, whichever of name and password was wrong.

    `verify(password, hash or None)` takes as long for an unknown name as for a wrong password.
    """
    account = tx.identities.account(username)
    if not verify(password, account.password_hash if account else None):
        raise Unidentified(WRONG, code="wrong_credentials")
    if account is None or account.disabled:
        raise Unidentified(WRONG, code="wrong_credentials")
    return _issue(tx, _person(account, read_only=False), ctx, SESSION, read_only=False)


def personal_token(tx: Tx, actor: Actor, ctx: Context, label: str) -> Issued:
    """A read-only token of the actor's own, for QGIS, GDAL and scripts."""
    require(actor, Action.me_token)
    return _issue(tx, actor, ctx, PERSONAL, read_only=True, label=label)


def actor_of(tx: Tx, now: datetime, secret: str) -> Actor:
    """Whoever holds the secret: an account by its token, or a vehicle by its key."""
    digest = digest_of(secret)
    token = tx.identities.token(digest)
    if token is not None and now < token.expires_at:
        account = tx.identities.account_by_id(token.account_id)
        if account is not None and not account.disabled:
            return _person(account, token.read_only)
    key = tx.identities.vehicle_key(digest)
    if key is not None and key.revoked_at is None:
        return of_vehicle(tx.vehicles.get(key.vehicle_id))
    raise Unidentified(Text("令牌无效或已过期", "The token is not valid, or no longer"))


def of_vehicle(vehicle: Vehicle) -> Actor:
    """The vehicle itself as the one who acts."""
    return Actor(
        id=vehicle.id,
        name=vehicle.plate or vehicle.registration or vehicle.id,
        role=Role.vehicle,
        organisation_id=vehicle.organisation_id,
        vehicle_id=vehicle.id,
    )


def add_user(
    tx: Tx,
    actor: Actor,
    ctx: Context,
    username: str,
    password_hash: str,
    role: Role,
    organisation_id: str | None = None,
    district: str | None = None,
) -> Account:
    """A new account; refused when the name is taken, or the organisation or district is unknown.

    Malformed when the name cannot be typed, no account has the role, or the role does not go with
    what is named. While no districts are loaded, any may be named.
    """
    require(actor, Action.account_manage)
    problems = [*_unusable(username), *_mismatched(role, organisation_id, district)]
    if problems:
        raise Malformed(problems)
    if tx.identities.account(username) is not None:
        raise Refused(Text("用户名已存在", "This user name is taken"), code="username_taken")
    if organisation_id is not None:
        tx.organisations.get(organisation_id)
    if district is not None and tx.districts.count():
        tx.districts.get(district)
    account = Account(ctx.new_id(), username, password_hash, role.value, organisation_id, district)
    tx.identities.add_account(account, ctx.deed(actor, "add_user"))
    return account


def _unusable(username: str) -> Iterator[Problem]:
    """A problem of a name that nobody could type, or HTTP not carry beside a password."""
    typed = username.isprintable() and not any(char.isspace() or char == ":" for char in username)
    if not typed or not 0 < len(username) <= LONGEST_NAME:
        words = Text(
            f"用户名须为 1 至 {LONGEST_NAME} 个字符，不含空格、冒号和控制字符",
            f"A user name has 1 to {LONGEST_NAME} characters: no space, colon or control character",
        )
        yield Problem("/username", "username_not_usable", words)


def _mismatched(role: Role, organisation_id: str | None, district: str | None) -> Iterator[Problem]:
    """A problem of a role without accounts, and of naming what does not go with the role."""
    if role not in ACCOUNT_ROLES:
        words = Text("该角色不设账户", "This role has no account")
        yield Problem("/role", "role_without_account", words)
    if (role is Role.operator) != (organisation_id is not None):
        words = Text(
            "测试主体账户须且仅须指定单位", "Operators, and only they, name an organisation"
        )
        yield Problem("/organisation_id", "organisation_required", words)
    if (role is Role.district) != (district is not None):
        words = Text(
            "区（市）县账户须且仅须指定辖区", "District offices, and only they, name a district"
        )
        yield Problem("/district", "district_required", words)


def _issue(
    tx: Tx, actor: Actor, ctx: Context, lasts: timedelta, read_only: bool, label: str = ""
) -> Issued:
    secret = ctx.new_secret()
    token = Token(digest_of(secret), actor.id, ctx.now + lasts, read_only, label)
    tx.identities.add_token(token, ctx.deed(actor, "issue_token"))
    return Issued(secret, lasts)


def _person(account: Account, read_only: bool) -> Actor:
    return Actor(
        id=account.id,
        name=account.username,
        role=Role(account.role),
        organisation_id=account.organisation_id,
        district=account.district,
        read_only=read_only,
    )
