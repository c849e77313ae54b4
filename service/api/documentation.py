"""What /openapi.json and /docs say: the routes, and what any of them may answer, said once.

/docs is a plain page made here: it needs no script and no other host.
"""

from collections.abc import Iterator, Mapping
from html import escape
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.responses import HTMLResponse

from service.api.endpoint import router
from service.api.policy import PUBLIC, public

PROBLEM_SCHEMA = {
    "title": "Problem",
    "description": "RFC 9457; `errors` for payloads, `findings` for what stands against it.",
    "type": "object",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "errors": {"type": "array", "items": {"$ref": "#/components/schemas/ProblemOut"}},
        "findings": {"type": "array", "items": {"$ref": "#/components/schemas/FindingOut"}},
    },
}
SCHEMES = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "Session token or vehicle key"},
    "basic": {"type": "http", "scheme": "basic", "description": "Personal token as password"},
}
_WRITES = frozenset({"post", "put", "patch", "delete"})
Operation = dict[str, Any]


def install(app: FastAPI) -> None:
    """Describe the routes of the app, in JSON and for people."""

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _document(app)
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]  # FastAPI's way of extending it
    pages = router("docs", include_in_schema=False)
    pages.get("/docs", **public())(lambda: HTMLResponse(_page(document())))
    app.include_router(pages)


def _document(app: FastAPI) -> dict[str, Any]:
    made = get_openapi(
        title=app.title, version=app.version, description=app.description, routes=app.routes
    )
    schemas = made["components"]["schemas"]
    schemas["Problem"] = PROBLEM_SCHEMA
    schemas.pop("HTTPValidationError", None)
    schemas.pop("ValidationError", None)
    made["components"]["securitySchemes"] = SCHEMES
    for path, method, operation in _operations(made):
        # FastAPI's own shape of a refusal, which no route answers with
        operation["responses"].pop("422", None)
        for status in sorted(_refusals(path, method, operation)):
            operation["responses"][str(status)] = _answer(status)
        if operation["x-action"] != PUBLIC:
            operation["security"] = [{"bearer": []}, {"basic": []}]
    return made


def _operations(document: Mapping[str, Any]) -> Iterator[tuple[str, str, Operation]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def _refusals(path: str, method: str, operation: Operation) -> set[int]:
    """The statuses with which a route may refuse, as follows from what it takes."""
    statuses = set()
    if operation["x-action"] != PUBLIC:
        statuses |= {401, 403}
    if "{" in path:
        statuses.add(404)
    if method in _WRITES:
        statuses |= {409, 503}
    if "requestBody" in operation:
        statuses |= {400, 413, 415, 422}
    where = {parameter["in"] for parameter in operation.get("parameters", ())}
    if where & {"query", "header"}:
        statuses.add(422)
    if any(p["name"] == "if-match" for p in operation.get("parameters", ())):
        statuses |= {412, 428}
    return statuses


def _answer(status: int) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        "description": HTTPStatus(status).phrase,
        "content": {"application/problem+json": {"schema": schema}},
    }


def _page(document: Mapping[str, Any]) -> str:
    rows = "".join(
        f"<tr><td><b>{method.upper()}</b></td><td><code>{escape(path)}</code></td>"
        f"<td>{escape(operation.get('description') or operation['summary'])}</td>"
        f"<td><code>{escape(operation['x-action'])}</code></td></tr>\n"
        for path, method, operation in _operations(document)
    )
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        f"<title>{escape(document['info']['title'])}</title>"
        f"<h1>{escape(document['info']['title'])} {escape(document['info']['version'])}</h1>"
        f"<p>{escape(document['info']['description'])}</p>"
        '<p>For programs: <a href="/openapi.json">/openapi.json</a>.</p>'
        "<table><tr><th></th><th>Path</th><th>What it does</th><th>Action of the policy</th></tr>\n"
        f"{rows}</table></html>"
    )
