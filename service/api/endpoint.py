"""The way into every route: who calls, may they, is it JSON; only then is the body read."""

from collections.abc import AsyncGenerator, Callable, Coroutine
from typing import Any, ClassVar

from fastapi import APIRouter, Request, Response, params
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool

from service.api.deps import Call, identify, registry_of, stranger
from service.api.policy import PUBLIC, action_of
from service.api.refusals import TooLarge, Unreadable, UnsupportedMediaType
from service.domain.access import Action, require
from service.wire.strict_json import read_json

_JSON = ("application/json",)
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


class StrictRequest(Request):
    """A request of bounded size, whose JSON has no NaN, no half characters, no endless nesting."""

    def __init__(self, request: Request, most_bytes: int, *, nan: bool = False) -> None:
        super().__init__(request.scope, request.receive)
        self._most_bytes = most_bytes
        self._nan = nan

    async def stream(self) -> AsyncGenerator[bytes, None]:
        """The body piece by piece; TooLarge as soon as it is."""
        read = 0
        async for piece in super().stream():
            read += len(piece)
            if read > self._most_bytes:
                raise TooLarge(self._most_bytes)
            yield piece

    async def json(self) -> Any:
        """The body; Unreadable when it is not JSON as RFC 8259 has it."""
        body = await self.body()
        try:
            return read_json(body, nan=self._nan)
        except ValueError as refused:
            raise Unreadable(str(refused)) from None


class Endpoint(APIRoute):
    """A route that stands for an action of the policy.

    `nan`: NaN in its JSON is left to the schema, which says where it is. `takes_file`: its body may
    be as large as any file.
    """

    nan: ClassVar[bool] = False
    takes_file: ClassVar[bool] = False

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """FastAPI's own handler, behind the door."""
        answer, action = super().get_route_handler(), action_of(self)

        async def handle(request: Request) -> Response:
            request.state.call = await run_in_threadpool(_admit, request, action)
            self._refuse_other_media(request)
            settings = registry_of(request).settings
            is_file = self.takes_file or self._takes_form
            most = settings.max_upload_bytes if is_file else settings.max_body_bytes
            return await answer(StrictRequest(request, most, nan=self.nan))

        return handle

    @property
    def _takes_form(self) -> bool:
        return self.body_field is not None and isinstance(self.body_field.field_info, params.Form)

    def _refuse_other_media(self, request: Request) -> None:
        if self.body_field is None or not _has_body(request):
            return
        sent = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        wanted = _FORMS if self._takes_form else _JSON
        if sent not in wanted and (self._takes_form or not sent.endswith("+json")):
            raise UnsupportedMediaType(sent, wanted)


def router(tag: str, prefix: str = "", **options: Any) -> APIRouter:
    """A router of endpoints, all under one heading of the documentation."""
    return APIRouter(prefix=prefix, tags=[tag], route_class=Endpoint, **options)


def _has_body(request: Request) -> bool:
    length = request.headers.get("content-length", "0")
    return length != "0" or "transfer-encoding" in request.headers


def _admit(request: Request, action: Action | str) -> Call:
    """The call, once the policy opens the action to its caller."""
    if not isinstance(action, Action):
        assert action == PUBLIC, "a route stands for an action or is public"
        return stranger(request)
    call = identify(request)
    # what answers a refusal wants to know who was refused
    request.state.call = call
    require(call.actor, action)
    return call
