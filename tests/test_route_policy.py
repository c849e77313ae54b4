"""Every route of the composed service names its action, and the policy has a row for it."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from fastapi import APIRouter, FastAPI
from fastapi.routing import RouteContext, iter_route_contexts
from starlette.routing import BaseRoute, Mount

from service.api.policy import PUBLIC, action_of
from service.app import create_app
from service.domain.access import POLICY
from service.settings import Settings


def answering(routes: Iterable[BaseRoute]) -> Iterator[RouteContext]:
    """The routes that answer requests, those of included routers and mounted apps too."""
    for route in iter_route_contexts(list(routes)):
        if isinstance(route.original_route, Mount):
            yield from answering(route.original_route.routes)
        else:
            yield route


def test_every_route_has_a_policy_row(tmp_path: Path) -> None:
    app = create_app(Settings(database_url=f"sqlite:///{tmp_path / 'registry.sqlite'}"))
    known = {action for _, action in POLICY} | {PUBLIC}
    routes = [route for route in answering(app.routes) if route.path != app.openapi_url]
    assert routes
    assert [r.path for r in routes if action_of(r.original_route) not in known] == []


def test_routes_of_included_routers_and_mounted_apps_are_walked() -> None:
    app, router, mounted = FastAPI(openapi_url=None), APIRouter(), FastAPI(openapi_url=None)
    router.get("/included")(lambda: None)
    mounted.get("/mounted")(lambda: None)
    app.include_router(router, prefix="/v1")
    app.mount("/ogc", mounted)
    assert [route.path for route in answering(app.routes)] == ["/v1/included", "/mounted"]
