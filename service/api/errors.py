"""Refusals as RFC 9457 problems: one table from class to status, one shape for all of them.

Whatever a client sends, the answer is a problem that says what and where; a 500 has an id under
which the log tells the rest, and nothing else.
"""

import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any
from uuid import uuid4

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import iter_route_contexts
from starlette.exceptions import HTTPException

from geo.text import Text
from service.api.deps import Call, language_of
from service.api.policy import action_of
from service.api.refusals import (
    KeyReused,
    PreconditionRequired,
    TooLarge,
    TooMany,
    UnknownTag,
    Unreadable,
    UnsupportedMediaType,
)
from service.domain.errors import (
    Forbidden,
    IllegalStep,
    Malformed,
    NotFound,
    Overloaded,
    Problem,
    Refused,
    RegistryError,
    Stale,
    Unidentified,
)
from service.domain.findings import Blocked
from service.domain.journal import NOBODY
from service.usecases.completeness import Incomplete
from service.wire.common import Reader
from service.wire.findings import findings_out
from service.wire.problems import ProblemOut, of_schema

PROBLEM = "application/problem+json"
_log = logging.getLogger("testzone.api")


STATUS: dict[type[Exception], HTTPStatus] = {
    Unreadable: HTTPStatus.BAD_REQUEST,
    TooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    Malformed: HTTPStatus.UNPROCESSABLE_ENTITY,
    KeyReused: HTTPStatus.UNPROCESSABLE_ENTITY,
    Unidentified: HTTPStatus.UNAUTHORIZED,
    Forbidden: HTTPStatus.FORBIDDEN,
    NotFound: HTTPStatus.NOT_FOUND,
    Refused: HTTPStatus.CONFLICT,
    Stale: HTTPStatus.CONFLICT,
    UnsupportedMediaType: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    UnknownTag: HTTPStatus.PRECONDITION_FAILED,
    PreconditionRequired: HTTPStatus.PRECONDITION_REQUIRED,
    TooMany: HTTPStatus.TOO_MANY_REQUESTS,
    Overloaded: HTTPStatus.TOO_MANY_REQUESTS,
}

_TITLES = {
    400: Text("请求无法读取", "The request cannot be read"),
    401: Text("需要登录", "Sign in first"),
    403: Text("无权操作", "Not allowed"),
    404: Text("没有找到", "Not found"),
    405: Text("不支持该方法", "Method not allowed"),
    409: Text("当前状态不允许", "The registry's state forbids it"),
    412: Text("内容已被更新", "The content has changed"),
    413: Text("请求体过大", "The body is too large"),
    415: Text("不支持的内容类型", "Unsupported media type"),
    422: Text("内容不符合要求", "The content is not acceptable"),
    428: Text("需要 If-Match", "If-Match is required"),
    429: Text("请求过于频繁", "Too many requests"),
    500: Text("内部错误", "Internal error"),
    503: Text("暂时不可用", "Not available just now"),
}


def install(app: FastAPI, waits: Mapping[type[Exception], int]) -> None:
    """Answer every refusal and failure as a problem; `waits`: classes that are 503, and seconds."""
    app.exception_handler(RegistryError)(_refused)
    app.exception_handler(RequestValidationError)(_malformed)
    app.exception_handler(HTTPException)(_http)
    app.exception_handler(Exception)(_failed)
    for kind, after_s in waits.items():
        app.exception_handler(kind)(_waiting(after_s))


def problem(
    request: Request,
    status: int,
    code: str,
    detail: Text,
    headers: Mapping[str, str] | None = None,
    **members: Any,
) -> JSONResponse:
    """The answer to a refusal, in the caller's language."""
    reader = _reader(request)
    body = {
        "type": f"urn:testzone:problem:{code}",
        "title": reader.words(_TITLES.get(status, _TITLES[400])),
        "status": status,
        "detail": reader.words(detail),
        "code": code,
        **members,
    }
    return JSONResponse(body, status, headers, PROBLEM)


def _refused(request: Request, error: RegistryError) -> JSONResponse:
    _note(request, error)
    status = _status(request, error)
    headers = {}
    if status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, TooMany | Overloaded):
        headers["Retry-After"] = str(error.after_s)
    members = _members(error, _reader(request))
    return problem(request, status, error.code, error.message, headers, **members)


def _note(request: Request, error: RegistryError) -> None:
    """Write down what was refused to someone known, outside the journal (decision 11)."""
    call: Call | None = getattr(request.state, "call", None)
    if call is None or not isinstance(error, Forbidden | Refused):
        return
    action = str(action_of(request.scope["route"]))
    about = (call.actor.id, action, request.url.path[:200], error.code)
    try:
        call.registry.store.record_attempt(*about, call.ctx.now)
    except RegistryError as late:
        # the refusal itself still goes out
        _log.warning("attempt not noted: %s %s", late.code, about)


def _status(request: Request, error: RegistryError) -> int:
    if isinstance(error, Stale) and "if-match" in request.headers:
        return HTTPStatus.PRECONDITION_FAILED
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def _members(error: RegistryError, reader: Reader) -> dict[str, Any]:
    """What a class of refusal tells beside its words."""
    if isinstance(error, Malformed | Incomplete):
        return {"errors": _listed(error.problems, reader)}
    if isinstance(error, Blocked):
        found = findings_out(error.findings, reader)
        return {"findings": [finding.model_dump(mode="json") for finding in found]}
    if isinstance(error, Stale):
        return {"current": error.current, "given": error.given}
    if isinstance(error, IllegalStep):
        return {"state": error.state, "allowed": list(error.allowed)}
    return {}


def _listed(problems: tuple[Problem, ...], reader: Reader) -> list[dict[str, Any]]:
    shown = (ProblemOut.from_domain(problem, reader) for problem in problems)
    return [out.model_dump(exclude_none=True) for out in shown]


def _malformed(request: Request, error: RequestValidationError) -> JSONResponse:
    defects = error.errors()
    if any(defect["loc"][:1] == ("path",) for defect in defects):
        return _refused(request, NotFound("resource", request.url.path))
    return _refused(request, Malformed(of_schema(defects, skip=1)))


def _http(request: Request, error: HTTPException) -> JSONResponse:
    """What the framework refuses by itself, such as a path or a method that is not there."""
    if isinstance(error.__cause__, RegistryError):
        # reading the body refused it, and the framework put its own words over that
        return _refused(request, error.__cause__)
    phrase = HTTPStatus(error.status_code).phrase
    title = _TITLES.get(error.status_code, Text(phrase, phrase))
    code = phrase.lower().replace(" ", "_").replace("-", "_")
    headers = dict(error.headers or {})
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        headers["Allow"] = ", ".join(_methods_at(request))
    return problem(request, error.status_code, code, title, headers)


def _methods_at(request: Request) -> list[str]:
    """The methods of every route of the path; the framework would name those of the first."""
    routes = iter_route_contexts(request.app.routes)
    here = (r.methods for r in routes if r.methods and r.path_regex.match(request.url.path))
    return sorted(set().union(*here))


def _failed(request: Request, error: Exception) -> JSONResponse:
    key = str(uuid4())
    _log.error("failure %s at %s %s", key, request.method, request.url.path, exc_info=error)
    words = Text(f"服务出错，编号 {key}", f"Something went wrong here; its id is {key}")
    return problem(request, 500, "internal_error", words, id=key)


def _waiting(after_s: int) -> Callable[[Request, Exception], JSONResponse]:
    def answer(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RegistryError), "only refusals of the registry ask to wait"
        headers = {"Retry-After": str(after_s)}
        return problem(request, 503, error.code, error.message, headers)

    return answer


def _reader(request: Request) -> Reader:
    """As whom a refusal is read: the caller, or nobody while they are not known."""
    call: Call | None = getattr(request.state, "call", None)
    if call is not None:
        return call.reader
    return Reader(NOBODY, language_of(request.headers.get("accept-language")), datetime.now(UTC))
