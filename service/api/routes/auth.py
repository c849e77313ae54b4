"""Signing in, who one is, and personal tokens."""

from typing import Annotated, Literal

from fastapi import Form, Request
from pydantic import BaseModel, ConfigDict

from service.api.deps import Caller
from service.api.endpoint import router
from service.api.policy import needs, public
from service.domain.access import Action
from service.usecases import identity
from service.wire.common import Line
from service.wire.identity import MeOut, PersonalTokenIn, TokenOut

routes = router("identity", "/v1")
UNNAMED = PersonalTokenIn()


class SignIn(BaseModel):
    """The password grant of RFC 6749."""

    model_config = ConfigDict(extra="ignore")

    grant_type: Literal["password"] = "password"
    username: Line
    password: Line


@routes.post("/auth/token", **public())
def sign_in(request: Request, call: Caller, form: Annotated[SignIn, Form()]) -> TokenOut:
    """A session token for a local account."""
    registry, attempts = call.registry, call.registry.attempts
    client = request.client.host if request.client else ""
    attempts.admit(form.username, client, call.ctx.now)
    with call.uow.read() as tx:
        account = tx.identities.account(form.username)
    # outside the transaction: argon2 takes a good part of a second
    kept = account.password_hash if account else None
    matches = registry.passwords.verify(form.password, kept)
    if not matches:
        attempts.failed(form.username, client, call.ctx.now)
    with call.uow.write() as tx:
        issued = identity.sign_in(
            tx, call.ctx, form.username, form.password, lambda _, now: matches and now == kept
        )
    return TokenOut.from_domain(issued)


@routes.get("/me", **needs(Action.me_read))
def whoami(call: Caller) -> MeOut:
    """Who the caller is and what they may begin."""
    organisation = None
    if call.actor.organisation_id is not None:
        with call.uow.read() as tx:
            organisation = tx.organisations.get(call.actor.organisation_id)
    return MeOut.from_domain(call.actor, organisation)


@routes.post("/me/tokens", status_code=201, **needs(Action.me_token))
def make_personal_token(call: Caller, body: PersonalTokenIn = UNNAMED) -> TokenOut:
    """A read-only token of the caller's own, for QGIS, GDAL and scripts."""
    with call.uow.write() as tx:
        return TokenOut.from_domain(identity.personal_token(tx, call.actor, call.ctx, body.label))
