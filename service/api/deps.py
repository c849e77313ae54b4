"""What a route is given: who calls, the registry's parts, and the context of this request.

The caller is known and admitted before the body is read (endpoint.py). No dependency here opens a
transaction that outlives it: bodies open their own (decision 2).
"""

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Annotated, BinaryIO

from fastapi import Depends, Request

from geo.text import Text
from service.adapters.db.group_commit import GroupCommit
from service.adapters.db.uow import Store
from service.adapters.files import reading
from service.adapters.passwords import Passwords
from service.api.attempts import Attempts
from service.api.events import Streams
from service.domain.errors import RegistryError, Unidentified
from service.domain.importing import ImportKind
from service.domain.journal import NOBODY, Actor
from service.domain.kinds import Role
from service.domain.rulepack import LimitKey
from service.settings import Settings
from service.usecases import identity
from service.usecases.context import Context
from service.usecases.import_telemetry import Recorded, Told
from service.usecases.imports import Items
from service.usecases.live import Located, Telling, locate
from service.usecases.ports import Tx, UnitOfWork
from service.usecases.telemetry import Post, Receipt, receive
from service.wire.common import Language, Reader
from service.wire.intake import Intake


@dataclass(frozen=True)
class Registry:
    """The parts a composition root put together; one for a process."""

    settings: Settings
    store: Store
    passwords: Passwords
    attempts: Attempts
    context: Callable[[], Context]
    unfit: Callable[[], list[str]]
    streams: Streams = field(default_factory=Streams)
    singles: GroupCommit[Post, Receipt] = field(init=False)
    """Takes summaries that come one by one, many in one transaction."""
    heartbeats: GroupCommit[Telling, Located | RegistryError] = field(init=False)
    """Takes heartbeats likewise; one that is refused is answered so and stops no other."""

    def __post_init__(self) -> None:
        # a frozen value may not be assigned to, not even its own parts while it is made
        object.__setattr__(self, "singles", GroupCommit(self.store, self._receive))
        object.__setattr__(self, "heartbeats", GroupCommit(self.store, self._locate))

    @property
    def oversize(self) -> str | None:
        """What is to be said of an embedded database that has grown large; None when it has not."""
        file, most = self.settings.sqlite_file, self.settings.sqlite_large_bytes
        if file is None or not file.is_file() or file.stat().st_size <= most:
            return None
        size, limit = (f"{number / 2**30:.1f} GiB" for number in (file.stat().st_size, most))
        return f"the database file has {size}, more than {limit}: move to PostgreSQL, or export"

    def _receive(self, tx: Tx, posts: Sequence[Post]) -> Sequence[Receipt]:
        return receive(tx, self.context(), posts)

    def _locate(self, tx: Tx, tellings: Sequence[Telling]) -> Sequence[Located | RegistryError]:
        return locate(tx, self.context(), tellings)


@dataclass(frozen=True)
class Call:
    """One request: who asks, in what surroundings, and as whom the answer is read."""

    registry: Registry
    actor: Actor
    ctx: Context
    reader: Reader

    @property
    def uow(self) -> UnitOfWork:
        """Opens transactions."""
        return self.registry.store

    @property
    def owner(self) -> str:
        """The caller's organisation; empty for those who belong to none, whom no rule lets own."""
        return self.actor.organisation_id or ""

    def items_of(
        self, kind: ImportKind, stream: BinaryIO, file_name: str, crs: str | None
    ) -> Items:
        """The items of an uploaded file, checked one by one."""
        return reading.read(kind, stream, file_name, crs, self.ctx)

    def recording_of(self, stream: BinaryIO, file_name: str, told: Told) -> Recorded:
        """What an uploaded flight log or track holds."""
        return reading.read_telemetry(stream, file_name, told, self.ctx)

    def intake(self) -> Intake:
        """Where this request's payload meets the jurisdiction's frame."""
        return Intake(self.ctx.frame)


def call_of(request: Request) -> Call:
    """The call as it was admitted."""
    call: Call = request.state.call
    return call


Caller = Annotated[Call, Depends(call_of)]


def identify(request: Request) -> Call:
    """The call, its actor known by what the Authorization header proves; nobody without one."""
    registry = registry_of(request)
    ctx = registry.context()
    secret, needs_read_only = _secret(request.headers.get("authorization"))
    actor = NOBODY
    if secret is not None:
        with registry.store.read() as tx:
            actor = identity.actor_of(tx, ctx.now, secret)
        if needs_read_only and not actor.read_only:
            raise Unidentified(_ONLY_PERSONAL)
    return Call(registry, actor, ctx, reader_of(request, actor, ctx))


def stranger(request: Request) -> Call:
    """The call of whoever asks for what is public; proofs of identity are not looked at."""
    registry = registry_of(request)
    ctx = registry.context()
    return Call(registry, NOBODY, ctx, reader_of(request, NOBODY, ctx))


def registry_of(request: Request) -> Registry:
    """The parts that this process runs on."""
    registry: Registry = request.app.state.registry
    return registry


def reader_of(request: Request, actor: Actor, ctx: Context) -> Reader:
    """As whom and in which language the answer is read; the public sees rounded coordinates."""
    is_public = actor.role is Role.public
    decimals = int(ctx.pack.number(LimitKey.public_decimals)) if is_public else None
    return Reader(actor, language_of(request.headers.get("accept-language")), ctx.now, decimals)


def language_of(header: str | None) -> Language:
    """The language asked for first, by its weight; English where neither is asked for."""
    wanted: list[tuple[float, Language]] = []
    for part in (header or "").split(",")[:20]:
        tag, _, weight = part.strip().partition(";q=")
        for language in Language:
            if tag.lower().split("-")[0] == language.split("-")[0]:
                wanted.append((_weight(weight), language))
    return max(wanted, key=lambda pair: pair[0], default=(0.0, Language.en))[1]


def _weight(text: str) -> float:
    try:
        return float(text or 1)
    except ValueError:
        return 0.0


def _secret(header: str | None) -> tuple[str | None, bool]:
    """The secret in an Authorization header, and whether it may only be a personal token."""
    if header is None:
        return None, False
    scheme, _, rest = header.partition(" ")
    if scheme.lower() == "bearer" and rest.strip():
        return rest.strip(), False
    if scheme.lower() == "basic":
        return _basic_password(rest), True
    raise Unidentified(_UNREADABLE)


def _basic_password(encoded: str) -> str:
    try:
        pair = base64.b64decode(encoded, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        raise Unidentified(_UNREADABLE) from None
    return pair.partition(":")[2]


_UNREADABLE = Text("无法识别的 Authorization", "This Authorization header cannot be read")
_ONLY_PERSONAL = Text("基本认证只接受个人令牌", "Basic authentication takes personal tokens only")
