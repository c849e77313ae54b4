"""Who asks: local accounts, session and personal tokens, vehicle keys (decision 12)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from geo.text import Text
from service.domain.access import Action, require
from service.domain.errors import Malformed, Problem, Refused, Unidentified
from service.domain.journal import Actor
from service.domain.kinds import Role
from service.usecases.context import Context
from service.usecases.keys import digest_of
from service.usecases.ports import Account, Token, Tx

SESSION = timedelta(hours=12)
PERSONAL = timedelta(days=90)
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
    return _issue(tx, ctx, account.id, SESSION, read_only=False)


def personal_token(tx: Tx, actor: Actor, ctx: Context, label: str) -> Issued:
    """A read-only token of the actor's own, for QGIS, GDAL and scripts."""
    require(actor, Action.me_token)
    return _issue(tx, ctx, actor.id, PERSONAL, read_only=True, label=label)


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
        vehicle = tx.vehicles.get(key.vehicle_id)
        return Actor(
            id=vehicle.id,
            name=vehicle.plate or vehicle.registration or vehicle.id,
            role=Role.vehicle,
            organisation_id=vehicle.organisation_id,
            vehicle_id=vehicle.id,
        )
    raise Unidentified(Text("令牌无效或已过期", "The token is not valid, or no longer"))


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
    """A new account; refused when the name is taken, or an operator belongs to no organisation.

    Malformed for a role that no account has: vehicles hold keys, the public signs in nowhere.
    """
    require(actor, Action.account_manage)
    if role in (Role.vehicle, Role.public):
        no_account = Text("该角色不设账户", "This role has no account")
        raise Malformed([Problem("/role", "role_without_account", no_account)])
    if tx.identities.account(username) is not None:
        raise Refused(Text("用户名已存在", "This user name is taken"), code="username_taken")
    if (role is Role.operator) != (organisation_id is not None):
        wrong = Text(
            "测试主体账户须且仅须指定单位", "Operators, and only they, name an organisation"
        )
        raise Malformed([Problem("/organisation_id", "organisation_required", wrong)])
    if (role is Role.district) != (district is not None):
        wrong = Text(
            "区(市)县账户须且仅须指定辖区", "District offices, and only they, name a district"
        )
        raise Malformed([Problem("/district", "district_required", wrong)])
    if organisation_id is not None:
        tx.organisations.get(organisation_id)
    account = Account(ctx.new_id(), username, password_hash, role.value, organisation_id, district)
    tx.identities.add_account(account, ctx.deed(actor, "add_user"))
    return account


def _issue(
    tx: Tx, ctx: Context, account_id: str, lasts: timedelta, read_only: bool, label: str = ""
) -> Issued:
    secret = ctx.new_secret()
    tx.identities.add_token(Token(digest_of(secret), account_id, ctx.now + lasts, read_only, label))
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
