"""Creating once, however often it is sent: Idempotency-Key on JSON creating POSTs (decision 14).

The answer is remembered in the transaction that created the thing, so that neither is without the
other. Only successes are remembered: what was refused may be tried again.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Header, Request, Response

from service.api.deps import Caller
from service.api.refusals import KeyReused
from service.domain.journal import Actor
from service.usecases.context import Context
from service.usecases.ports import Replay, Tx
from service.wire.common import Output

CREATED = 201


@dataclass(frozen=True)
class Once:
    """One creating request: by whom, where, under which key, with which body."""

    actor: Actor
    ctx: Context
    route: str
    key: str | None
    body_digest: str

    def create(self, tx: Tx, make: Callable[[], Output]) -> Response:
        """What `make` creates, shown; under a key seen before, the answer given then."""
        if self.key is None:
            return self._answer(make().model_dump_json(by_alias=True))
        about = (self.actor.id, self.route, self.key)
        known = tx.replays.get(*about, self.ctx.now)
        if known is None:
            body = make().model_dump_json(by_alias=True)
            known = Replay(self.body_digest, CREATED, body)
            tx.replays.put(*about, known, self.ctx.now)
        if known.body_digest != self.body_digest:
            raise KeyReused
        return self._answer(known.body)

    def _answer(self, body: str) -> Response:
        shown = json.loads(body)
        headers = {"Location": f"{self.route}/{shown['id']}"}
        revision = shown.get("version", shown.get("revision"))
        if revision is not None:
            headers["ETag"] = f'"{revision}"'
        return Response(body, CREATED, headers, "application/json")


async def _once(
    request: Request,
    caller: Caller,
    idempotency_key: Annotated[
        str | None, Header(min_length=1, max_length=200, pattern=r"^[\x21-\x7e]+$")
    ] = None,
) -> Once:
    body = await request.body()
    return Once(
        actor=caller.actor,
        ctx=caller.ctx,
        route=request.url.path,
        key=idempotency_key,
        body_digest=hashlib.sha256(body).hexdigest(),
    )


Creating = Annotated[Once, Depends(_once)]
