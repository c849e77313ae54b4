"""Which action a route stands for. Every route names one, or says that it is public.

The table of who may do what is service.domain.access; here it is only tied to routes. A route that
names nothing cannot be built: nothing is open by oversight.
"""

from typing import Any, Final

from fastapi.routing import APIRoute
from starlette.routing import BaseRoute

from service.domain.access import Action

PUBLIC: Final = "public"
_MARK = "x-action"


def needs(action: Action) -> dict[str, Any]:
    """What a route's decorator says to stand for an action."""
    return {"openapi_extra": {_MARK: action.value}}


def public() -> dict[str, Any]:
    """What a route's decorator says to be open to anyone, signed in or not."""
    return {"openapi_extra": {_MARK: PUBLIC}}


def action_of(route: BaseRoute) -> Action | str:
    """The action a route stands for, or PUBLIC; LookupError when it names none."""
    mark = (route.openapi_extra or {}).get(_MARK) if isinstance(route, APIRoute) else None
    if mark is None:
        raise LookupError(f"{getattr(route, 'path', route)} names no action")
    return PUBLIC if mark == PUBLIC else Action(mark)
