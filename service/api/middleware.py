"""What every answer carries: an id, the headers that keep browsers safe, one line in the log."""

import logging
from time import perf_counter
from uuid import uuid4

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.api.deps import Call

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "font-src 'self' data:; connect-src 'self'; worker-src 'self'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
_SAFE = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
_log = logging.getLogger("testzone.access")


class Envelope:
    """Marks each answer and notes it in the log."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, with its answer marked."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        key, started = str(uuid4()), perf_counter()

        async def mark(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["X-Request-Id"] = key
                for name, value in _SAFE.items():
                    headers.setdefault(name, value)
                if scope["path"].startswith("/v1/"):
                    headers.setdefault("Cache-Control", "no-store")
                _note(scope, message["status"], key, perf_counter() - started)
            await send(message)

        await self._app(scope, receive, mark)


def _note(scope: Scope, status: int, key: str, seconds: float) -> None:
    call: Call | None = scope.get("state", {}).get("call")
    _log.info(
        "%s %s %s %.1f ms actor=%s request=%s",
        scope["method"],
        scope["path"],
        status,
        seconds * 1000,
        call.actor.id if call else "-",
        key,
    )
