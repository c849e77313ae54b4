"""Whether the process lives, and whether it can serve."""

from fastapi import Request, Response
from fastapi.responses import JSONResponse

from geo.text import Text
from service.api.deps import Caller
from service.api.endpoint import router
from service.api.errors import problem
from service.api.policy import public

routes = router("health")


@routes.get("/healthz", **public())
def healthz() -> dict[str, str]:
    """The process lives."""
    return {"status": "ok"}


@routes.get("/readyz", response_model=dict[str, str], **public())
def readyz(request: Request, call: Caller) -> Response:
    """The database is reachable and migrated; 503 says what is wrong with it.

    `detail` says what will be wrong with it if nobody does anything.
    """
    defects = call.registry.unfit()
    if defects:
        words = Text("数据库不可用", "The database cannot serve")
        return problem(request, 503, "not_ready", words, {"Retry-After": "5"}, defects=defects)
    remark = call.registry.oversize
    return JSONResponse({"status": "ready", **({"detail": remark} if remark else {})})
